-- SPDX-License-Identifier: MIT
-- Waiting between calls, over a fake transport.
local dynamo = require "dynamo"
local errors = require "dynamo.error"
local fake_transport = require "support.fake_transport"
local pause = require "dynamo.call.pause"

local function client_of(more)
  local client = { transport = fake_transport.new {}, is_foreign = false }
  for name, value in pairs(more or {}) do
    client[name] = value
  end
  return client
end

describe("a pause", function()
  it("waits by the transport", function()
    local client = client_of()
    assert.is_nil(pause.run(client, 1.5))
    assert.is_nil(pause.run(client, 2, dynamo.canceller()))
    assert.are.same({ 1.5, 2 }, client.transport.sleeps)
  end)

  it("is not begun once its canceller is cancelled", function()
    local client, stop = client_of(), dynamo.canceller()
    stop:cancel()
    local err = pause.run(client, 1, stop)
    assert.are.same({ "cancelled", "Cancelled" }, { err.kind, err.code })
    assert.are.same({}, client.transport.sleeps)
  end)

  it("ends where its client is closed", function()
    local client = client_of()
    function client.transport.sleep()
      client.closed = true
    end
    assert.are.equal("ClientClosed", pause.run(client, 1).code)
    assert.are.equal("ClientClosed", pause.run(client, 1).code)
  end)

  it("ends for what the transport says", function()
    local client = client_of()
    function client.transport.sleep()
      return "Interrupted"
    end
    assert.are.equal("Interrupted", pause.run(client, 1).code)
  end)

  it("tells its canceller of a SIGINT", function()
    local client, stop = client_of(), dynamo.canceller()
    function client.transport.sleep()
      return "Interrupted"
    end
    assert.are.equal("Interrupted", pause.run(client, 1, stop).code)
    assert.is_true(stop:is_cancelled())
  end)

  it("tells of a transport that raises an error, and lets all else go on", function()
    local client, raised = client_of { is_foreign = true }, nil
    function client.transport.sleep()
      error(raised, 0)
    end
    raised = errors.new { kind = "transport", code = "BadTransport", message = "the clock" }
    assert.are.equal(raised, pause.run(client, 1))
    assert.are.equal(raised, pause.run(client, 1, dynamo.canceller()))
    raised = "other"
    assert.has_error(function()
      pause.run(client, 1)
    end, "other")
  end)
end)
