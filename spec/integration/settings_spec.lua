-- SPDX-License-Identifier: MIT
-- What a client finds in its environment and files, against an emulator: what is missing is stood
-- in for, and what is malformed sends nothing anywhere.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

-- Returns what a world of these variables and this config file gives to a client.
local function world(variables, config, more)
  local options = {
    getenv = function(name)
      return variables[name]
    end,
    read_file = function(path)
      if path == "/config" and config then return config end
      return nil, path .. ": No such file or directory"
    end,
  }
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  return options
end

emulator.each("settings", function(host)
  it("without credentials are enough for an emulator", function()
    local name = host:create { { "id", "S" } }
    local db = dynamo.new(world {
      AWS_ENDPOINT_URL_DYNAMODB = host.endpoint,
      AWS_REGION = "us-east-1",
    })
    local items = db:table(name, { key = { "id" } })
    assert.is_true((assert(items:put { id = "a" })))
    assert.same({ id = "a" }, (assert(items:get({ id = "a" }, { consistent_read = true }))))
    db:close()
  end)

  it("with a line that is no property send nothing, neither here nor to AWS", function()
    local sent = 0
    local transport = setmetatable({}, { __index = host.transport })
    function transport.send()
      sent = sent + 1
      return { status = 200, headers = {}, body = "{}" }
    end
    local config = "[default]\nservices = local\n[services local]\ndynamodb =\n  endpoint_url "
      .. host.endpoint
      .. "\n"
    local db = dynamo.new(
      world(
        { AWS_CONFIG_FILE = "/config", AWS_REGION = "us-east-1" },
        config,
        { transport = transport, credentials = { access_key_id = "A", secret_access_key = "s" } }
      )
    )
    local done, message, err = db:table("Users", { key = { "id" } }):put { id = "a" }
    assert.is_nil(done)
    assert.equal("config", err.kind)
    assert.truthy(message:find("/config", 1, true), message)
    assert.truthy(message:find("line 5", 1, true) or message:find(":5", 1, true), message)
    assert.equal(0, sent)
  end)
end)
