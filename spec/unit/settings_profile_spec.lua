-- SPDX-License-Identifier: MIT
local profiles = require "dynamo.settings.profile"

local CONFIG = [[
[profile work]
region = eu-north-1
source_profile = base
services = local
[sso-session corporate]
sso_region = us-east-1
[services local]
dynamodb =
  endpoint_url = http://localhost:8000
]]
local SHARED = "[base]\naws_access_key_id = AK\n[work]\nregion = eu-west-3\n"

local function read(chosen)
  return profiles.read {
    profile = chosen,
    getenv = function(name)
      return name == "HOME" and "/h" or nil
    end,
    read_file = function(path)
      return path:find("config$") and CONFIG or SHARED
    end,
  }
end

describe("profile.read", function()
  it("joins the two files, the credentials file first", function()
    local profile = assert(read "work")
    assert.are.equal("work", profile.name)
    assert.are.equal("eu-west-3", profile.properties.region)
    assert.are.equal("base", profile.properties.source_profile)
  end)

  it("knows which file a property is from", function()
    local profile = assert(read "work")
    assert.are.equal("/h/.aws/credentials", profile.file_of("region"))
    assert.are.equal("/h/.aws/config", profile.file_of("services"))
  end)

  it("knows the other profiles and the other kinds of section", function()
    local profile = assert(read "work")
    assert.are.equal("AK", profile.of("base").properties.aws_access_key_id)
    assert.is_nil(profile.of("nobody"))
    assert.are.equal("us-east-1", profile.sso_sessions.corporate.sso_region)
    assert.matches("endpoint_url = http://localhost:8000", profile.services["local"].dynamodb)
  end)

  it("names a chosen profile that is not there, as a mistake", function()
    local profile, message, broken = read "nobody"
    assert.is_nil(profile)
    assert.matches('no profile "nobody"', message, 1, true)
    assert.is_true(broken)
    assert.is_false(select(3, read()))
  end)

  -- Reads the default or a chosen profile of other files; nil is no file.
  local function read_files(config, shared, chosen, variables)
    return profiles.read {
      profile = chosen,
      getenv = function(name)
        return name == "HOME" and "/h" or (variables or {})[name]
      end,
      read_file = function(path)
        local text = shared
        if path:find("config$") then text = config end
        return text, text == nil and "no file" or nil
      end,
    }
  end

  it("says of each file why there is no profile in it", function()
    local config, shared = "/h/.aws/config", "/h/.aws/credentials"
    for _, row in ipairs {
      { "", "", "not in " .. config, "not in " .. shared },
      { nil, "", "no file", "not in " .. shared },
      { "", nil, "not in " .. config, "no file" },
    } do
      local message = select(2, read_files(row[1], row[2]))
      assert.matches(("(%s; %s)"):format(row[3], row[4]), message, 1, true)
    end
  end)

  local hints = {
    { "[work]\n", "", "line 1 of /h/.aws/config has [work]: write [profile work] there" },
    { "", "[profile work]\n", "/h/.aws/credentials has [profile work]: write [work] there" },
  }
  for _, case in ipairs(hints) do
    it("hints at the prefix: " .. case[3], function()
      local profile, message = read_files(case[1], case[2], "work")
      assert.is_nil(profile)
      assert.matches('there is no profile "work"', message, 1, true)
      assert.matches(case[3], message, 1, true)
    end)
  end

  it("hints at quotes for a name with other characters", function()
    local profile, message = read_files("\n[profile foo!bar]\n", "", "foo!bar")
    assert.is_nil(profile)
    assert.matches(
      "line 2 of /h/.aws/config has [profile foo!bar]: write [profile 'foo!bar']",
      message,
      1,
      true
    )
  end)

  it("takes AWS_DEFAULT_PROFILE after AWS_PROFILE", function()
    local config = "[profile one]\n[profile two]\n"
    local profile = read_files(config, "", nil, { AWS_DEFAULT_PROFILE = "two" })
    assert.are.same({ "two", "AWS_DEFAULT_PROFILE" }, { profile.name, profile.chosen_by })
    profile = read_files(config, "", nil, { AWS_DEFAULT_PROFILE = "two", AWS_PROFILE = "one" })
    assert.are.same({ "one", "AWS_PROFILE" }, { profile.name, profile.chosen_by })
    profile = read_files(config, "", nil, { AWS_DEFAULT_PROFILE = "two", AWS_PROFILE = " " })
    assert.are.equal("two", profile.name)
    assert.is_nil(assert(read_files(config, "", "one", { AWS_PROFILE = "two" })).chosen_by)
  end)

  it("names the variable that chose a profile which is not there", function()
    for _, name in ipairs { "AWS_PROFILE", "AWS_DEFAULT_PROFILE" } do
      local _, message, broken = read_files("", "", nil, { [name] = "nobody" })
      assert.matches('there is no profile "nobody", which ' .. name .. " chooses", message, 1, true)
      assert.is_true(broken)
    end
  end)

  it("takes a file that is there and cannot be read for damaged, not for none", function()
    local profile, message, broken = profiles.read {
      getenv = function(name)
        return name == "HOME" and "/h" or nil
      end,
      read_file = function(path)
        return nil, path .. ": Permission denied", path:find("config$") ~= nil
      end,
    }
    assert.is_nil(profile)
    assert.are.equal("/h/.aws/config: Permission denied", message)
    assert.is_true(broken)
  end)
end)
