-- SPDX-License-Identifier: MIT
local chain = require "dynamo.credentials.default_chain"
local credential_world = require "support.credential_world"
local emulator = require "dynamo.credentials.emulator"

local function world_of(variables, endpoint, region)
  return credential_world.new { variables = variables, endpoint = endpoint, region = region }
end

describe("credentials for an emulator", function()
  local near = {
    { {}, "http://localhost:8000" },
    { {}, "https://127.0.0.1" },
    { {}, "http://[::1]:8000" },
    { { AWS_ENDPOINT_URL = "http://localhost:8000" } },
    { {}, nil, "local" },
  }
  for i, case in ipairs(near) do
    it("are dummy ones near by, and nothing else is asked, case " .. i, function()
      local world, fake = world_of(case[1], case[2], case[3])
      local found = assert(chain.fetch(world))
      assert.are.same({ access_key_id = "dummy", secret_access_key = "dummy" }, found)
      assert.are.equal(0, #fake.requests)
      assert.are.same(found, chain.fetch(world))
    end)
  end

  local far = {
    { {}, "https://dynamodb.eu-west-1.amazonaws.com" },
    { {}, nil, "eu-west-1" },
    { {} },
    { {}, "http://localhost.example:8000" },
    { { AWS_ENDPOINT_URL = "no URL" } },
    { { AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://127.0.0.1/x" }, "http://localhost:8000" },
    { { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = "/x" }, "http://localhost:8000" },
    { { AWS_EC2_METADATA_SERVICE_ENDPOINT = "http://127.0.0.1:1" }, "http://localhost:8000" },
  }
  for i, case in ipairs(far) do
    it("are not for others, nor where a host's are meant, case " .. i, function()
      assert.is_nil((emulator.read(world_of(case[1], case[2], case[3]))))
    end)
  end

  it("come after whatever is configured", function()
    local keys = { AWS_ACCESS_KEY_ID = "ENV", AWS_SECRET_ACCESS_KEY = "s" }
    assert.are.equal("ENV", chain.fetch(world_of(keys, "http://localhost:8000")).access_key_id)
    local _, message = chain.fetch(world_of({ AWS_ACCESS_KEY_ID = "ENV" }, "http://localhost:8000"))
    assert.matches("AWS_SECRET_ACCESS_KEY is not", message, 1, true)
  end)
end)
