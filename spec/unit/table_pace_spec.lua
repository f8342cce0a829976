-- SPDX-License-Identifier: MIT
-- The waits between calls that a rate limit asks for; its arithmetic is in table_query_rate_limit_spec.lua.
local pace = require "dynamo.table.pace"

-- Returns a client whose clock and sleeps are numbers.
local function fake_client()
  local client = { started = true, slept = {}, time = 100 }
  client.transport = {
    monotonic = function()
      return client.time
    end,
    sleep = function(_, seconds)
      client.slept[#client.slept + 1] = seconds
      client.time = client.time + seconds
    end,
  }
  return client
end

describe("a pace", function()
  it("waits for what was consumed before", function()
    local client = fake_client()
    local own = pace.new(client, 10)
    assert.are.equal(0, pace.wait(own))
    pace.pay(own, 0, 25)
    assert.are.equal(25, pace.wait(own))
    assert.are.same({ 2.5 }, client.slept)
  end)

  it("counts what is about to be consumed, if that is known", function()
    local client = fake_client()
    local own = pace.new(client, 10)
    assert.are.equal(30, pace.wait(own, 30))
    assert.are.equal(5, pace.wait(own, 5))
    assert.are.same({ 3 }, client.slept)
  end)

  it("does not wait before the first call of a client, nor with one that is closed", function()
    local client = fake_client()
    client.started = false
    local own = pace.new(client, 10)
    pace.pay(own, 0, 25)
    assert.are.equal(0, pace.wait(own))
    client.started, client.closed = true, true
    local reserved, err = pace.wait(own)
    assert.are.same({ nil, "cancelled" }, { reserved, err.kind })
    assert.are.same({}, client.slept)
  end)
end)
