-- SPDX-License-Identifier: MIT
local credential_world = require "support.credential_world"
local sts_response = require "support.sts_response"
local web_identity = require "dynamo.credentials.web_identity"

local OK = sts_response.success("AssumeRoleWithWebIdentity", "ASIAX")

local function world_of(variables, steps, token)
  return credential_world.new {
    variables = variables,
    steps = steps,
    files = { ["/token"] = token or "a.token\n" },
    region = "eu-west-1",
  }
end

local VARIABLES = { AWS_WEB_IDENTITY_TOKEN_FILE = "/token", AWS_ROLE_ARN = "role" }
local PROFILE = { name = "work" }

describe("credentials for a web identity", function()
  it("come from the environment's token, unsigned", function()
    local world, fake = world_of(VARIABLES, { OK })
    assert.are.same(sts_response.credentials "ASIAX", web_identity.read(world))
    assert.are.equal(
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=role"
        .. "&RoleSessionName=dynamo-1700000100&WebIdentityToken=a.token",
      fake.requests[1].body
    )
    assert.is_nil(fake:header(1, "authorization"))
  end)

  it("come from a profile's, and from nothing else then", function()
    local others = { AWS_ROLE_ARN = "other", AWS_ROLE_SESSION_NAME = "other" }
    local world, fake = world_of(others, { OK })
    assert.is_table(web_identity.read(world, {
      web_identity_token_file = "/token",
      role_arn = "role",
      role_session_name = "me",
      duration_seconds = "900",
    }, PROFILE))
    assert.are.equal(
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=role"
        .. "&RoleSessionName=me&DurationSeconds=900&WebIdentityToken=a.token",
      fake.requests[1].body
    )
  end)

  it("come for the token of the moment", function()
    local world, fake = world_of(VARIABLES, { OK })
    web_identity.read(world)
    world.files["/token"] = "another.token"
    web_identity.read(world)
    assert.matches("WebIdentityToken=another.token$", fake.requests[2].body)
  end)

  it("are not looked for without a token file", function()
    local found, message, broken = web_identity.read((world_of { AWS_ROLE_ARN = "role" }))
    assert.is_nil(found)
    assert.is_nil(broken)
    assert.matches("AWS_WEB_IDENTITY_TOKEN_FILE is not set", message)
  end)

  local wrong = {
    { "no role", { AWS_WEB_IDENTITY_TOKEN_FILE = "/token" }, nil, nil, "but no AWS_ROLE_ARN" },
    {
      "no role in the profile",
      { AWS_ROLE_ARN = "role" },
      { web_identity_token_file = "/token" },
      nil,
      'profile "work" has web_identity_token_file, but no role_arn',
    },
    {
      "no file",
      { AWS_WEB_IDENTITY_TOKEN_FILE = "/gone", AWS_ROLE_ARN = "role" },
      nil,
      nil,
      "/gone: No such file",
    },
    { "an empty file", VARIABLES, nil, " \n", "/token: it holds no token" },
    { "a file of something else", VARIABLES, nil, "hunter2\r\nX-Evil: 1", "it holds no token" },
    { "a huge file", VARIABLES, nil, ("x"):rep(20001), "it holds no token" },
  }
  for _, case in ipairs(wrong) do
    it("are an error for " .. case[1], function()
      local world, fake = world_of(case[2], { OK }, case[4])
      local found, message, broken = web_identity.read(world, case[3], PROFILE)
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches(case[5], message, 1, true)
      assert.is_nil(message:find("hunter2"))
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("are an error when STS refuses, which repeats the token", function()
    local world = world_of(
      VARIABLES,
      { sts_response.refusal("InvalidIdentityToken", "Value 'canary.token.of.mine' is bad") },
      "canary.token.of.mine"
    )
    local found, message, broken = web_identity.read(world)
    assert.is_nil(found)
    assert.is_true(broken)
    assert.matches(
      "role role, for the environment: STS refused AssumeRoleWithWebIdentity: "
        .. "InvalidIdentityToken",
      message,
      1,
      true
    )
    assert.is_nil(message:find("canary"))
  end)
end)
