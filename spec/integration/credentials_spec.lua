-- SPDX-License-Identifier: MIT
-- Roles from an STS that was written by others: moto's.
local credentials = require "dynamo.credentials"

local MOTO = os.getenv "DYNAMO_MOTO_ENDPOINT"
local ROLE = "arn:aws:iam::123456789012:role/a/path/admin+x"

-- Returns what a chain over these variables and files finds.
local function fetch(variables, files)
  variables.AWS_ENDPOINT_URL_STS, variables.AWS_REGION = MOTO, "eu-west-1"
  return credentials
    .new({
      proxy = false,
      getenv = function(name)
        return variables[name]
      end,
      read_file = function(path)
        if files[path] then return files[path] end
        return nil, path .. ": No such file or directory"
      end,
    })
    :get()
end

local function assert_role(found, message)
  assert.is_table(found, message)
  assert.are.equal("123456789012", found.account_id)
  assert.matches("^ASIA", found.access_key_id)
  assert.is_true(#found.secret_access_key >= 40 and #found.session_token > 100)
  local left = found.expires_at - os.time()
  assert.is_true(left > 800 and left < 910, left .. " s")
end

describe("moto's STS", function()
  if not MOTO then return pending "there is no moto" end

  it("gives a role's credentials", function()
    assert_role(fetch({ HOME = "/h" }, {
      ["/h/.aws/config"] = "[default]\nrole_arn = "
        .. ROLE
        .. "\nsource_profile = base\nduration_seconds = 900\nexternal_id = a b&c=d/é\n"
        .. "[profile base]\naws_access_key_id = AKID\naws_secret_access_key = secret\n",
    }))
  end)

  it("gives them for a web identity", function()
    assert_role(fetch({ HOME = "/h" }, {
      ["/h/.aws/config"] = "[default]\nrole_arn = "
        .. ROLE
        .. "\nduration_seconds = 900\n"
        .. "web_identity_token_file = /token\nrole_session_name = me@example\n",
      ["/token"] = "a.web.token\n",
    }))
  end)
end)
