-- SPDX-License-Identifier: MIT
local profile = require "dynamo.call.credentials.profile"

-- Options over two files' texts; a nil text is a missing file.
local function options(config, shared, variables, chosen)
  local files = { ["/h/.aws/config"] = config, ["/h/.aws/credentials"] = shared }
  return {
    profile = chosen,
    getenv = function(name) return name == "HOME" and "/h" or (variables or {})[name] end,
    read_file = function(path)
      if files[path] then return files[path] end
      return nil, path .. ": No such file or directory"
    end,
  }
end

local KEYS = "aws_access_key_id = AK\naws_secret_access_key = s\n"

describe("credentials from a profile", function()
  local good = {
    { "the credentials file", options(nil, "[default]\n" .. KEYS) },
    { "the config file", options("[default]\n" .. KEYS, nil) },
    { "both, the credentials file first", options(
      "[default]\naws_access_key_id = no\naws_secret_access_key = no\n", "[default]\n" .. KEYS) },
    { "AWS_PROFILE", options("[profile work]\n" .. KEYS, nil, { AWS_PROFILE = "work" }) },
    { "the option before AWS_PROFILE",
      options("[profile work]\n" .. KEYS, nil, { AWS_PROFILE = "other" }, "work") },
    { "upper-case names", options(nil, "[default]\n" .. KEYS:upper():gsub("= S", "= s")) },
  }
  for _, case in ipairs(good) do
    it("come from " .. case[1], function()
      assert.are.same({ access_key_id = "AK", secret_access_key = "s" },
        assert(profile.credentials(case[2])))
    end)
  end

  it("come with token and account", function()
    local found = profile.credentials(options(nil,
      "[default]\n" .. KEYS .. "aws_session_token = t\naws_account_id = 123456789012\n"))
    assert.are.equal("t", found.session_token)
    assert.are.equal("123456789012", found.account_id)
  end)

  local bad = {
    { "no files", options(), 'no profile "default"', false },
    { "a chosen profile that is not there", options("", "", nil, "work"), 'no profile "work"',
      true },
    { "no keys", options("[default]\nregion = x\n"), "no aws_access_key_id", false },
    { "half a pair", options("[default]\naws_access_key_id = AK\n"), "no aws_secret_access_key",
      true },
    { "a damaged file", options("[default\n"), "/h/.aws/config: line 1", true },
    { "a role", options("[default]\nrole_arn = x\n" .. KEYS), "role_arn", true },
    { "SSO", options("[default]\nsso_session = x\n"), "sso_session", true },
    { "a process", options("[default]\ncredential_process = x\n"), "credential_process", true },
  }
  for _, case in ipairs(bad) do
    it("do not come from " .. case[1], function()
      local found, message, broken = profile.credentials(case[2])
      assert.is_nil(found)
      assert.matches(case[3], message, 1, true)
      assert.are.equal(case[4], broken or false)
    end)
  end

  it("prefer keys to a process beside them", function()
    assert.is_not_nil(profile.credentials(options("[default]\ncredential_process = x\n" .. KEYS)))
  end)

  it("say when there is no home", function()
    local found, message = profile.credentials {
      getenv = function() return nil end,
      read_file = function() error("nothing to read") end,
    }
    assert.is_nil(found)
    assert.matches("HOME is not set", message)
  end)
end)
