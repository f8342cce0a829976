-- SPDX-License-Identifier: MIT
local credential_world = require "support.credential_world"
local profile = require "dynamo.credentials.profile_source"
local profiles = require "dynamo.settings.profile"
local sts_response = require "support.sts_response"

-- Returns the chosen profile of a config file's text, and a world with more in it.
local function record_of(config, given)
  given = given or {}
  given.variables = given.variables or {}
  given.variables.HOME = "/h"
  given.files = given.files or {}
  given.files["/h/.aws/config"] = config
  given.region = "eu-west-1"
  local world, fake = credential_world.new(given)
  return assert(profiles.read(world)), world, fake
end

local function read(config, given)
  local record, world, fake = record_of(config, given)
  return fake, profile.read(world, record.properties, record)
end

local function role(config, given)
  local record, world, fake = record_of(config, given)
  return fake, profile.role(world, record.properties, record)
end

local KEYS = "aws_access_key_id = AK\naws_secret_access_key = s\n"
local PROCESS =
  { prog = { status = 0, stdout = '{"Version":1,"AccessKeyId":"AKPROG","SecretAccessKey":"s"}' } }

-- Sources that only few profiles name are loaded for them; here, fakes of them.
describe("a profile's sources that are loaded late", function()
  local names = { sso = { "sso_account_id", "sso_role_name" }, login = { "login_session" } }
  for name, properties in pairs(names) do
    local path = "dynamo.credentials." .. name
    local before = package.loaded[path]
    before_each(function()
      package.loaded[path] = {
        read = function(world, given, record)
          return { access_key_id = name, world = world, given = given, record = record }
        end,
      }
    end)
    after_each(function()
      package.loaded[path] = before
    end)

    for _, property in ipairs(properties) do
      it("are chosen by " .. property, function()
        local _, found = read(("[default]\n%s = x\n"):format(property))
        assert.are.equal(name, found.access_key_id)
        assert.are.equal("x", found.given[property])
        assert.are.equal("default", found.record.name)
        assert.is_table(found.record.sso_sessions)
        assert.is_function(found.world.getenv)
      end)
    end
  end

  it("come before keys, or after them", function()
    assert.are.equal("sso", select(2, read("[default]\nsso_role_name = x\n" .. KEYS)).access_key_id)
    assert.are.equal("AK", select(2, read("[default]\nlogin_session = x\n" .. KEYS)).access_key_id)
    local _, found = read("[default]\nlogin_session = x\ncredential_process = prog\n")
    assert.are.equal("login", found.access_key_id)
  end)
end)

describe("credentials from a profile", function()
  it("are its keys, with token and account", function()
    local _, found =
      read("[default]\n" .. KEYS .. "aws_session_token = t\naws_account_id = 123456789012\n")
    assert.are.same({
      access_key_id = "AK",
      secret_access_key = "s",
      session_token = "t",
      account_id = "123456789012",
    }, found)
  end)

  it("prefer keys to a process beside them", function()
    local _, found = read("[default]\ncredential_process = x\n" .. KEYS)
    assert.are.equal("AK", found.access_key_id)
  end)

  it("are what its process prints", function()
    local _, found = read("[default]\ncredential_process = prog\n", { results = PROCESS })
    assert.are.equal("AKPROG", found.access_key_id)
  end)

  it("are those of its web identity, before its keys", function()
    local fake, found =
      read("[default]\nrole_arn = r\nweb_identity_token_file = /token\n" .. KEYS, {
        files = { ["/token"] = "a.token" },
        steps = { sts_response.success("AssumeRoleWithWebIdentity", "ASIA") },
      })
    assert.are.equal("ASIA", found.access_key_id)
    assert.matches("WebIdentityToken=a.token", fake.requests[1].body)
  end)

  local none = {
    { "no keys", "region = x\n", "no aws_access_key_id", false },
    { "half a pair", "aws_access_key_id = AK\n", "no aws_secret_access_key", true },
    { "the other half", "aws_secret_access_key = hunter2\n", "no aws_access_key_id", true },
    {
      "a source without a role",
      "source_profile = x\n",
      "it has source_profile, but not role_arn",
      false,
    },
    {
      "an SSO session alone",
      "sso_session = x\n",
      "but not sso_account_id and sso_role_name",
      false,
    },
    { "a token without a role", "web_identity_token_file = /x\n", "but no role_arn", true },
    { "a process that is not there", "credential_process = gone\n", "cannot run gone", true },
  }
  for _, case in ipairs(none) do
    it("are not there for " .. case[1], function()
      local _, found, message, broken = read("[default]\n" .. case[2])
      assert.is_nil(found)
      assert.matches(case[3], message, 1, true)
      assert.are.equal(case[4], broken or false)
      assert.is_nil(message:find("hunter2"))
    end)
  end
end)

describe("a profile's role", function()
  it("is none without role_arn, or with a web identity", function()
    for _, text in ipairs { "", "role_arn = \n", "role_arn = r\nweb_identity_token_file = /x\n" } do
      local _, found, message = role("[default]\n" .. text .. KEYS)
      assert.is_nil(found)
      assert.is_nil(message)
    end
  end)

  it("counts before its keys", function()
    local fake, found = role(
      "[default]\nrole_arn = r\nsource_profile = default\n" .. KEYS,
      { steps = { sts_response.success("AssumeRole", "ASIA") } }
    )
    assert.are.equal("ASIA", found.access_key_id)
    assert.matches("Credential=AK/", fake:header(1, "authorization"))
  end)

  local CHAIN = [[
[default]
role_arn = r1
source_profile = b
[profile b]
role_arn = r2
source_profile = c
[profile c]
]]

  it("is reached through others", function()
    local fake, found = role(CHAIN .. KEYS, {
      steps = {
        sts_response.success("AssumeRole", "ASIA2"),
        sts_response.success("AssumeRole", "ASIA1"),
      },
    })
    assert.are.equal("ASIA1", found.access_key_id)
    assert.matches("RoleArn=r2&", fake.requests[1].body)
    assert.matches("RoleArn=r1&", fake.requests[2].body)
    assert.matches("Credential=AK/", fake:header(1, "authorization"))
    assert.matches("Credential=ASIA2/", fake:header(2, "authorization"))
    assert.are.equal("t", fake:header(2, "x-amz-security-token"))
  end)

  it("takes a source's keys rather than its role", function()
    local fake = role(
      "[default]\nrole_arn = r1\nsource_profile = b\n[profile b]\nrole_arn = r2\n"
        .. "source_profile = default\n"
        .. KEYS,
      { steps = { sts_response.success("AssumeRole", "ASIA1") } }
    )
    assert.are.equal(1, #fake.requests)
    assert.matches("Credential=AK/", fake:header(1, "authorization"))
  end)

  it("takes whatever else a source names", function()
    local fake = role(
      "[default]\nrole_arn = r1\nsource_profile = b\n[profile b]\n" .. "credential_process = prog\n",
      { results = PROCESS, steps = { sts_response.success("AssumeRole", "ASIA1") } }
    )
    assert.matches("Credential=AKPROG/", fake:header(1, "authorization"))
  end)

  local wrong = {
    {
      "a circle",
      CHAIN .. "role_arn = r3\nsource_profile = b\n",
      '"default" -> "b" -> "c" -> "b"',
    },
    {
      "a source's source without credentials",
      CHAIN .. "region = x\n",
      'the source profile "c" must have credentials',
    },
    { "half a pair at the end", CHAIN .. "aws_access_key_id = A\n", "no aws_secret_access_key" },
  }
  for _, case in ipairs(wrong) do
    it("is an error for " .. case[1], function()
      local fake, found, message, broken = role(case[2])
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches(case[3], message, 1, true)
      assert.are.equal(0, #fake.requests)
    end)
  end
end)
