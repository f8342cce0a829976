-- SPDX-License-Identifier: MIT
-- What one attempt does is in call_spec; here, what of it the other files rely on.
local attempt = require "dynamo.call.attempt"
local client_options = require "dynamo.client_options"
local client_state = require "dynamo.client_state"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"
local operations = require("dynamo.operations").by_method
local start = require "dynamo.call.start"

-- Returns a started client and a call of it that has so many seconds.
local function made(seconds)
  local options = fake_client.options(fake_transport.new {}, {})
  local client = client_state.new(assert(client_options.check(options)))
  assert(start.run(client))
  local transport = client.transport
  return client,
    {
      asked = { operation = operations.list_tables, params = {} },
      deadline = transport:monotonic() + seconds,
      attempts = 0,
    }
end

describe("an attempt", function()
  it("is aimed by credentials and a target", function()
    local client, call = made(1)
    assert.is_nil(attempt.aim(client, call))
    assert.are.equal("AKIDEXAMPLE", call.snapshot.access_key_id)
    assert.are.equal("dynamodb.eu-west-1.amazonaws.com", call.target.host)
    client.region = "no region"
    client.targets = {}
    assert.are.equal("config", attempt.aim(client, call).kind)
  end)

  it("is not sent once the call's time is over, or the client closed", function()
    local client, call = made(0)
    local result, err = attempt.run(client, call)
    assert.is_nil(result)
    assert.are.same({ "DeadlineExceeded", "none" }, { err.code, err.sent })
    client.closed = true
    assert.are.equal("ClientClosed", (select(2, attempt.run(client, call))).code)
    assert.are.equal(0, call.attempts)
  end)
end)
