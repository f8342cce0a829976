-- SPDX-License-Identifier: MIT
local chain = require "dynamo.credentials.default_chain"
local credential_world = require "support.credential_world"
local sts_response = require "support.sts_response"

local OFF = "AWS_EC2_METADATA_DISABLED"
local KEYS = { AWS_ACCESS_KEY_ID = "ENV", AWS_SECRET_ACCESS_KEY = "s" }
local FILE_KEYS = "aws_access_key_id = FILE\naws_secret_access_key = s\n"

local function variables_of(...)
  local variables = { HOME = "/h", [OFF] = "true" }
  for _, more in ipairs { ... } do
    for name, value in pairs(more) do
      variables[name] = value
    end
  end
  return variables
end

local WEB = { AWS_WEB_IDENTITY_TOKEN_FILE = "/token", AWS_ROLE_ARN = "r", AWS_REGION = "x" }
local CONTAINER = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/x" }
local HOST = '{"Code":"Success","AccessKeyId":"HOST","SecretAccessKey":"s","Token":"t",'
  .. '"Expiration":"2030-01-31T12:00:00Z"}'

describe("the order of the chain", function()
  -- name, variables, config, option profile, steps, access key
  local cases = {
    {
      "the environment's keys first",
      variables_of(KEYS, WEB, CONTAINER),
      "[default]\nrole_arn = r\nsource_profile = default\n" .. FILE_KEYS,
      nil,
      nil,
      "ENV",
    },
    {
      "then the profile's role",
      variables_of(WEB, CONTAINER),
      "[default]\nrole_arn = r\nsource_profile = default\n" .. FILE_KEYS,
      nil,
      { sts_response.success("AssumeRole", "ROLE") },
      "ROLE",
    },
    {
      "then the environment's web identity",
      variables_of(WEB, CONTAINER),
      "[default]\n" .. FILE_KEYS,
      nil,
      { sts_response.success("AssumeRoleWithWebIdentity", "WEB") },
      "WEB",
    },
    {
      "then the profile's keys",
      variables_of(CONTAINER),
      "[default]\n" .. FILE_KEYS,
      nil,
      nil,
      "FILE",
    },
    {
      "then the keys of the profile that the environment chooses",
      variables_of({ AWS_PROFILE = "work" }, CONTAINER),
      "[profile work]\n" .. FILE_KEYS,
      nil,
      nil,
      "FILE",
    },
    {
      "then the container",
      variables_of(CONTAINER),
      "[default]\nregion = x\n",
      nil,
      { { status = 200, body = HOST } },
      "HOST",
    },
    {
      "then the instance",
      { HOME = "/h" },
      nil,
      nil,
      { { status = 200, body = "t" }, { status = 200, body = "r" }, { status = 200, body = HOST } },
      "HOST",
    },
    {
      "not the environment for a chosen profile",
      variables_of(KEYS, WEB),
      "[profile w]\n" .. FILE_KEYS,
      "w",
      nil,
      "FILE",
    },
    {
      "the environment before AWS_PROFILE",
      variables_of(KEYS, { AWS_PROFILE = "w" }),
      "[profile w]\n" .. FILE_KEYS,
      nil,
      nil,
      "ENV",
    },
    {
      "the host for a chosen profile without credentials",
      variables_of(KEYS, WEB, CONTAINER),
      "[profile w]\nregion = x\n",
      "w",
      { { status = 200, body = HOST } },
      "HOST",
    },
  }
  for _, case in ipairs(cases) do
    it("is: " .. case[1], function()
      local world = credential_world.new {
        variables = case[2],
        profile = case[4],
        steps = case[5],
        files = { ["/h/.aws/config"] = case[3], ["/token"] = "a.token" },
      }
      assert.are.equal(case[6], assert(chain.fetch(world)).access_key_id)
    end)
  end
end)

describe("an error of the chain", function()
  it("names the variable that chose the profile it is from", function()
    for _, variable in ipairs { "AWS_PROFILE", "AWS_DEFAULT_PROFILE" } do
      for _, name in ipairs { "half", "nobody" } do
        local world = credential_world.new {
          variables = variables_of { [variable] = name },
          files = { ["/h/.aws/config"] = "[profile half]\naws_access_key_id = AK\n" },
        }
        local _, message = chain.fetch(world)
        assert.matches(variable .. " chooses", message, 1, true)
      end
    end
    local world = credential_world.new {
      variables = variables_of {},
      profile = "half",
      files = { ["/h/.aws/config"] = "[profile half]\naws_access_key_id = AK\n" },
    }
    assert.is_nil(select(2, chain.fetch(world)):find("AWS_PROFILE", 1, true))
  end)

  it("hints at a source profile and an SSO session as the config file has them", function()
    local config = "[default]\nrole_arn = r\nsource_profile = my base\n[my base]\n"
      .. "[profile sso]\nsso_session = a!\nsso_account_id = 1\nsso_role_name = r\n"
      .. "[sso-session a!]\n"
    local expected = {
      default = "has [my base]: write [profile my base] there",
      sso = "has [sso-session a!]: write [sso-session 'a!'] there",
    }
    for name, part in pairs(expected) do
      local _, message = chain.fetch(credential_world.new {
        variables = variables_of {},
        profile = name,
        files = { ["/h/.aws/config"] = config },
      })
      assert.matches(part, message, 1, true)
    end
  end)
end)

describe("the chain's region for STS", function()
  local config = "[default]\nregion = of-profile\nrole_arn = r\nsource_profile = default\n"
    .. FILE_KEYS
  local cases = {
    { "of-option", { AWS_REGION = "of-env" }, "of-option" },
    { "of-env", { AWS_REGION = "of-env", AWS_DEFAULT_REGION = "no" } },
    { "of-default", { AWS_DEFAULT_REGION = "of-default" } },
    { "of-profile", {} },
  }
  for _, case in ipairs(cases) do
    it("is " .. case[1], function()
      local world, fake = credential_world.new {
        variables = variables_of(case[2]),
        region = case[3],
        files = { ["/h/.aws/config"] = config },
        steps = { sts_response.success("AssumeRole", "ROLE") },
      }
      assert(chain.fetch(world))
      assert.are.equal("sts." .. case[1] .. ".amazonaws.com", fake.requests[1].host)
    end)
  end
end)

describe("the chain", function()
  local function fetch(given)
    local world, fake = credential_world.new(given)
    return world, fake, chain.fetch(world)
  end

  it("lists what was tried, and the remedy", function()
    local _, _, found, message, err = fetch { variables = variables_of() }
    assert.is_nil(found)
    assert.are.same({ "credentials", "NoCredentials" }, { err.kind, err.code })
    for _, part in ipairs {
      "AWS_ACCESS_KEY_ID is not set",
      'there is no profile "default"',
      "/h/.aws/credentials",
      "AWS_WEB_IDENTITY_TOKEN_FILE is not set",
      "AWS_CONTAINER_CREDENTIALS",
      OFF,
      "dynamo.new",
    } do
      assert.matches(part, message, 1, true)
    end
    assert.are.equal(1, select(2, message:gsub("there is no profile", "")))
  end)

  it("says where nobody listens", function()
    local _, _, found, message, err = fetch {
      variables = { HOME = "/h" },
      steps = { { kind = "timeout", sent = "none", message = "nothing there" } },
    }
    assert.is_nil(found)
    assert.are.equal("NoCredentials", err.code)
    assert.matches("no answer from http://169.254.169.254: nothing there", message, 1, true)
  end)

  local failing = {
    { "half a pair", variables_of { AWS_ACCESS_KEY_ID = "A" }, nil, "AWS_SECRET_ACCESS_KEY" },
    { "a profile that is not there", variables_of { AWS_PROFILE = "gone" }, nil, '"gone"' },
    { "a damaged file", variables_of(), "[default\n", "line 1" },
    {
      "a role without a source",
      variables_of(),
      "[default]\nrole_arn = r\n" .. FILE_KEYS,
      "neither",
    },
    { "a token that is gone", variables_of(WEB), "[default]\n" .. FILE_KEYS, "/token" },
    { "a container that fails", variables_of(CONTAINER), nil, "HTTP 404" },
    { "an instance that fails", { HOME = "/h" }, nil, "HTTP 404" },
  }
  for _, case in ipairs(failing) do
    it("does not fall through " .. case[1], function()
      local _, _, found, message, err = fetch {
        variables = case[2],
        files = { ["/h/.aws/config"] = case[3] },
        steps = { { status = 404 } },
      }
      assert.is_nil(found)
      assert.are.same({ "credentials", "BadCredentials" }, { err.kind, err.code })
      assert.matches(case[4], message, 1, true)
    end)
  end

  it("says what came before a failing source", function()
    local _, _, _, message =
      fetch { variables = variables_of(CONTAINER), steps = { { status = 404 } } }
    assert.matches("(before it: AWS_ACCESS_KEY_ID is not set; there is no ", message, 1, true)
  end)

  it("asks only the source that gave credentials, again", function()
    local variables = variables_of(CONTAINER)
    local world, fake = credential_world.new {
      variables = variables,
      steps = { { status = 200, body = HOST }, { status = 200, body = HOST }, { status = 404 } },
    }
    assert(chain.fetch(world))
    variables.AWS_ACCESS_KEY_ID, variables.AWS_SECRET_ACCESS_KEY = "ENV", "s"
    assert.are.equal("HOST", assert(chain.fetch(world)).access_key_id)
    local found, _, err = chain.fetch(world)
    assert.is_nil(found)
    assert.are.equal("BadCredentials", err.code)
    assert.are.equal(3, #fake.requests)
  end)

  it("reads the files again at each fetch", function()
    local world = credential_world.new {
      variables = variables_of(),
      files = { ["/h/.aws/credentials"] = "[default]\n" .. FILE_KEYS },
    }
    assert(chain.fetch(world))
    world.files["/h/.aws/credentials"] = "[default]\n" .. FILE_KEYS:gsub("FILE", "NEW")
    world.profile_read = nil -- a fetch has a world of its own
    assert.are.equal("NEW", chain.fetch(world).access_key_id)
  end)

  it("looks again everywhere after it found nothing", function()
    local variables = variables_of()
    local world = credential_world.new { variables = variables }
    assert.is_nil(chain.fetch(world))
    for name, value in pairs(KEYS) do
      variables[name] = value
    end
    assert.are.equal("ENV", chain.fetch(world).access_key_id)
  end)
end)
