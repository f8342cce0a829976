-- SPDX-License-Identifier: MIT
local profiles = require "dynamo.profile"

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
    getenv = function(name) return name == "HOME" and "/h" or nil end,
    read_file = function(path) return path:find("config$") and CONFIG or SHARED end,
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
    assert.are.equal("AK", profile.of("base").aws_access_key_id)
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
end)
