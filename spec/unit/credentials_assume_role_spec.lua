-- SPDX-License-Identifier: MIT
local assume_role = require "dynamo.credentials.assume_role"
local credential_world = require "support.credential_world"
local sts_response = require "support.sts_response"

local OK = sts_response.success("AssumeRole", "ASIAX")
local ROLE = "arn:aws:iam::012345678901:role/r"
local KEYS = { AWS_ACCESS_KEY_ID = "AKENV", AWS_SECRET_ACCESS_KEY = "hunter2" }

-- The profile "work" among others (name -> properties).
local function profile_of(properties, others, path)
  local profile = credential_world.profile("work", properties, others)
  profile.path = path
  return profile
end

-- Gives the keys of a source profile, or says that it has none.
local function resolve(_, profile)
  local id = profile.properties.aws_access_key_id
  if id then return { access_key_id = id, secret_access_key = "hunter2" } end
  return nil, "there is nothing", true
end

local function read(properties, given)
  given = given or {}
  properties.role_arn = ROLE
  local world, fake = credential_world.new {
    variables = given.variables,
    steps = given.steps or { OK },
    region = "eu-west-1",
  }
  local profile = profile_of(properties, given.others, given.path)
  return fake, assume_role.read(world, properties, profile, given.resolve or resolve)
end

describe("credentials of a role", function()
  it("are asked for with another profile's", function()
    local fake, found = read({
      source_profile = "base",
      external_id = "x",
      role_session_name = "me",
      duration_seconds = "900",
    }, { others = { base = { aws_access_key_id = "AKBASE" } } })
    assert.are.same(sts_response.credentials "ASIAX", found)
    assert.matches("Credential=AKBASE/", fake:header(1, "authorization"))
    assert.matches("RoleSessionName=me&DurationSeconds=900&ExternalId=x$", fake.requests[1].body)
  end)

  it("are asked for with the profile's own keys", function()
    local fake = read { source_profile = "work", aws_access_key_id = "AKOWN" }
    assert.matches("Credential=AKOWN/", fake:header(1, "authorization"))
  end)

  for _, name in ipairs { "Environment", "environment" } do
    it("are asked for with those of " .. name, function()
      local fake, found = read({ credential_source = name }, { variables = KEYS })
      assert.is_table(found)
      assert.matches("Credential=AKENV/", fake:header(1, "authorization"))
    end)
  end

  local response = '{"Code":"Success","AccessKeyId":"AKHOST","SecretAccessKey":"x","Token":"y",'
    .. '"Expiration":"2030-01-31T12:00:00Z"}'
  local function responses(...)
    local steps = {}
    for i, body in ipairs { ... } do
      steps[i] = { status = 200, body = body }
    end
    return steps
  end
  local hosts = {
    EcsContainer = responses(response, OK.body),
    Ec2InstanceMetadata = responses("t", "r", response, OK.body),
  }
  for name, steps in pairs(hosts) do
    it("are asked for with those of " .. name, function()
      local fake, found = read(
        { credential_source = name },
        { steps = steps, variables = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/x" } }
      )
      assert.is_table(found)
      assert.matches("Credential=AKHOST/", fake:header(#steps, "authorization"))
    end)
  end

  it("tell the source what led to it", function()
    local seen
    read({ source_profile = "b" }, {
      others = { b = { region = "x" } },
      path = { "top", "work" },
      resolve = function(_, profile)
        seen = profile
        return nil, "no"
      end,
    })
    assert.are.same(
      { "b", { region = "x" }, { "top", "work", "b" } },
      { seen.name, seen.properties, seen.path }
    )
    assert.is_function(seen.of)
    assert.are.same({ {}, {} }, { seen.sso_sessions, seen.services })
  end)

  local wrong = {
    {
      "two sources",
      { source_profile = "base", credential_source = "Environment" },
      nil,
      "both of source_profile and credential_source",
    },
    { "no source", {}, nil, "neither of source_profile and credential_source" },
    { "an unknown source", { credential_source = "Vault" }, nil, "credential_source must be" },
    {
      "a source profile that is not there",
      { source_profile = "gone" },
      nil,
      'there is no source_profile "gone"',
    },
    {
      "a source profile without credentials",
      { source_profile = "base" },
      { base = {} },
      'the source profile "base" must have credentials: there is nothing',
    },
    {
      "itself as source, without keys",
      { source_profile = "work" },
      nil,
      'a circle: "work" -> "work"',
    },
    {
      "an environment without keys",
      { credential_source = "Environment" },
      nil,
      "credential_source = Environment, but AWS_ACCESS_KEY_ID is not set",
    },
    { "no container", { credential_source = "EcsContainer" }, nil, "neither AWS_CONTAINER" },
    {
      "a device that shows codes",
      { source_profile = "base", mfa_serial = "arn:x" },
      { base = { aws_access_key_id = "A" } },
      "there is nobody here to ask for the code",
    },
    {
      "a source with unusable keys",
      { source_profile = "base" },
      { base = { aws_access_key_id = "A B" } },
      "from base are not usable: access_key_id holds",
    },
  }
  for _, case in ipairs(wrong) do
    it("are an error for " .. case[1], function()
      local fake, found, message, broken = read(case[2], { others = case[3] })
      assert.is_nil(found)
      assert.is_true(broken)
      assert.matches('profile "work"', message .. ' profile "work"', 1, true)
      assert.matches(case[4], message, 1, true)
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("are an error for a circle of profiles, which is shown", function()
    local _, found, message = read(
      { source_profile = "top" },
      { others = { top = { aws_access_key_id = "A" } }, path = { "top", "work" } }
    )
    assert.is_nil(found)
    assert.matches('leads round in a circle: "top" -> "work" -> "top"', message, 1, true)
  end)

  it("are an error when STS refuses", function()
    local SECRET = "hunter2hunter2hunter2"
    local _, found, message, broken = read({ credential_source = "Environment" }, {
      variables = { AWS_ACCESS_KEY_ID = "AKENV678901234567890", AWS_SECRET_ACCESS_KEY = SECRET },
      steps = { sts_response.refusal("AccessDenied", "no, AKENV678901234567890, " .. SECRET) },
    })
    assert.is_nil(found)
    assert.is_true(broken)
    assert.are.equal(
      "role "
        .. ROLE
        .. ' of profile "work": STS refused AssumeRole: AccessDenied: '
        .. "no, [redacted], [redacted]",
      message
    )
  end)
end)
