-- SPDX-License-Identifier: MIT
-- The scenarios of SSO that the AWS SDKs share: a profile, a token's file, and what is asked for it.
local fake_transport = require "support.fake_transport"
local profiles = require "dynamo.settings.profile"
local sso = require "dynamo.credentials.sso"
local vectors = require "support.vectors"

local function document(name, file)
  return vectors.document(("config/chain/%s/%s"):format(name, file))
end

-- Returns the request the scenario expects, and the response it gives.
local function exchange_of(events)
  local request, response, body
  for _, event in ipairs(events) do
    local action = event.action
    request = request or action.Request and action.Request.request
    response = response or action.Response and action.Response.response.Ok
    body = body or action.Data and action.Data.data.Utf8
  end
  return request, response and { status = response.status, body = body }
end

local function assert_asked(expected, fake)
  assert.are.equal(1, #fake.requests)
  local request = fake.requests[1]
  assert.are.equal(expected.uri, ("%s://%s%s"):format(request.scheme, request.host, request.path))
  assert.are.equal(expected.method, request.method)
  for name, values in pairs(expected.headers) do
    assert.are.equal(values[1], fake:header(1, name:lower()))
  end
end

describe("config/chain", function()
  for _, name in ipairs { "sso_assume_role", "sso_no_token_file" } do
    it(name, function()
      local variables = document(name, "env.json")
      local expected = document(name, "test-case.json").result
      local request, response = exchange_of(document(name, "http-traffic.json").events)
      local world = {
        getenv = function(variable)
          return variables[variable]
        end,
        read_file = function(path)
          local text = vectors.find(("config/chain/%s/fs%s"):format(name, path))
          if text then return text end
          return nil, path .. ": No such file or directory"
        end,
        transport = fake_transport.new { response },
      }
      local profile = assert(profiles.read(world))
      local found, message = sso.read(world, profile.properties, profile)
      if expected.Ok then
        assert_asked(request, world.transport)
        local wanted = expected.Ok
        assert.are.same({
          access_key_id = wanted.access_key_id,
          secret_access_key = wanted.secret_access_key,
          session_token = wanted.session_token,
          account_id = wanted.account_id,
          expires_at = wanted.expiry,
        }, found)
      else
        assert.is_nil(found)
        -- The words around it are another language's.
        assert.matches(expected.ErrorContains:match("`(.-)`"), message, 1, true)
      end
    end)
  end
end)
