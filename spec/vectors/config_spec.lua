-- SPDX-License-Identifier: MIT
-- The shared config files' grammar and places, by the cases the AWS SDKs share.
local config_file = require "dynamo.config_file"
local core = require "dynamo.core"

local ROOT = (os.getenv("DYNAMO_VECTORS") or "../shared/vectors") .. "/config/"

local function tests_of(name)
  local file = io.open(ROOT .. name, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return assert(core.document(text)).tests
end

describe("profile-parser.json", function()
  local tests = tests_of "profile-parser.json"
  if not tests then return pending("vectors are not at " .. ROOT) end
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
  if not tests then return pending("vectors are not at " .. ROOT) end
  for i, test in ipairs(tests) do
    if test.platform == "linux" then
      it(("%d: %s"):format(i, test.name), function()
        local config, credentials =
          config_file.locations(function(name) return test.environment[name] end)
        assert.are.equal(test.configLocation, config)
        assert.are.equal(test.credentialsLocation, credentials)
      end)
    end
  end
end)

-- The scenarios of the credential chain that need neither network nor what is not there yet.
describe("config/chain", function()
  local credentials = require "dynamo.call.credentials"
  local scenarios = {
    "environment_variables", "environment_variables_blank", "prefer_environment", "profile_name",
    "profile_static_keys", "profile_static_keys_case_insensitive",
  }

  local function contents(path)
    local file = io.open(ROOT .. "chain/" .. path, "rb")
    if not file then return nil, path .. ": not there" end
    local text = file:read("*a")
    file:close()
    return text
  end

  for _, name in ipairs(scenarios) do
    local case = contents(name .. "/test-case.json")
    if not case then return pending("vectors are not at " .. ROOT) end
    it(name, function()
      local variables = assert(core.document(contents(name .. "/env.json")))
      local found = assert(credentials.new({
        getenv = function(variable) return variables[variable] end,
        read_file = function(path) return contents(name .. "/fs" .. path) end,
      }):get())
      local expected = core.document(case).result.Ok
      assert.are.equal(expected.access_key_id, found.access_key_id)
      assert.are.equal(expected.secret_access_key, found.secret_access_key)
    end)
  end
end)
