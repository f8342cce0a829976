-- SPDX-License-Identifier: MIT
-- The shared config files' grammar and places, by the cases the AWS SDKs share.
local config_file = require "dynamo.settings.config_file"
local vectors = require "support.vectors"

local function tests_of(name)
  return vectors.document("config/" .. name).tests
end

describe("profile-parser.json", function()
  local tests = tests_of "profile-parser.json"
  for i, test in ipairs(tests) do
    it(("%d: %s"):format(i, test.name), function()
      local parsed, message = config_file.parse(test.input.configFile, true)
      if test.output.errorContaining then
        assert.is_nil(parsed)
        assert.matches(test.output.errorContaining, message, 1, true)
      else
        assert.are.same(test.output.config.profiles, parsed and parsed.profiles or message)
      end
    end)
  end
end)

describe("file-location.json", function()
  local tests = tests_of "file-location.json"
  for i, test in ipairs(tests) do
    if test.platform == "linux" then
      it(("%d: %s"):format(i, test.name), function()
        local config, credentials = config_file.locations(function(name)
          return test.environment[name]
        end)
        assert.are.equal(test.configLocation, config)
        assert.are.equal(test.credentialsLocation, credentials)
      end)
    end
  end
end)

-- Where containers are asked for credentials. The words of the recorded errors are another client's;
-- ours must say the same.
describe("container.json", function()
  local meanings = {
    ["No environment variables were set to configure ECS provider"] = "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor",
    ["URI did not specify a host"] = "FULL_URI is not usable: it has no scheme; write https://host",
  }
  local container = require "dynamo.credentials.container"
  local tests = tests_of "container.json"
  for i, test in ipairs(tests) do
    it(("%d: %s"):format(i, test.docs), function()
      local address, problem = container.address {
        getenv = function(name)
          return test.env[name]
        end,
      }
      assert.are.equal(test.result.Ok, address)
      if test.result.ErrorContains then
        assert.matches(assert(meanings[test.result.ErrorContains]), problem, 1, true)
      end
    end)
  end
end)

-- The scenarios of the credential chain, over their own files and recorded traffic.
describe("config/chain", function()
  local credentials = require "dynamo.credentials"
  local recorded_transport = require "support.recorded_transport"

  local scenarios = {
    "ecs_credentials",
    "eks_pod_identity_no_token_file",
    "environment_variables",
    "environment_variables_blank",
    "imds_default_chain_success",
    "imds_disabled",
    "prefer_environment",
    "profile_name",
    "profile_overrides_web_identity",
    "profile_static_keys",
    "profile_static_keys_case_insensitive",
    "sso_assume_role",
    "sso_no_token_file",
    "web_identity_source_profile_no_env",
    "web_identity_token_env",
  }

  -- What our errors say where the recorded words are those of another client and its runtime.
  local meanings = {
    eks_pod_identity_no_token_file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: /token.jwt: not there",
    imds_disabled = "the instance metadata service is switched off",
    profile_overrides_web_identity = "credential_source = Environment, but AWS_ACCESS_KEY_ID is not set",
    sso_no_token_file = "/home/.aws/sso/cache/dace00cba5f8355ec9d274ceb2bcebdfbeed0e12.json",
    web_identity_source_profile_no_env = 'profile "B" has web_identity_token_file, but no role_arn',
  }
  -- The recording asks for a role of another account than its own environment names.
  local fixes = {
    web_identity_token_env = function(body)
      return (body:gsub("123456789123", "123456789012"))
    end,
  }

  local function document(name, file)
    return vectors.document(("config/chain/%s/%s"):format(name, file))
  end

  -- Returns the chain of a scenario and its transport, whose clock stands a minute before what the
  -- credentials' end will be.
  local function chain_of(name, expected)
    local variables = document(name, "env.json")
    local now = (expected and expected.expiry or 1234567890) - 60
    local events = document(name, "http-traffic.json").events
    local fake = recorded_transport.new(events, now, fixes[name])
    return credentials.new {
      getenv = function(variable)
        return variables[variable]
      end,
      read_file = function(path)
        local text = vectors.find(("config/chain/%s/fs%s"):format(name, path))
        if text then return text end
        return nil, path .. ": not there"
      end,
      write_file = function(path)
        error("nothing is to be written, not even " .. path)
      end,
      random = function(n)
        return ("\0"):rep(n)
      end,
      transport = fake,
    },
      fake
  end

  for _, name in ipairs(scenarios) do
    it(name, function()
      local result = document(name, "test-case.json").result
      local expected = result.Ok
      local chain, fake = chain_of(name, expected)
      local found, message, err = chain:get()
      assert.are.equal(0, fake.left())
      if expected then
        assert.are.same({
          access_key_id = expected.access_key_id,
          secret_access_key = expected.secret_access_key,
          session_token = expected.session_token,
          account_id = expected.account_id,
          expires_at = expected.expiry,
        }, found or message)
      else
        assert.is_nil(found)
        assert.are.equal("credentials", err.kind)
        assert.matches(assert(meanings[name]), message, 1, true)
      end
    end)
  end
end)
