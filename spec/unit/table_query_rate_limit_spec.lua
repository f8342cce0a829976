-- SPDX-License-Identifier: MIT
local rate_limit = require "dynamo.table.query.rate_limit"

describe("a rate limit", function()
  it("waits for what was consumed, before the next page", function()
    local limit = rate_limit.new(10)
    local delay, reserved = rate_limit.reserve(limit, 100)
    assert.are.same({ 0, 0 }, { delay, reserved })
    rate_limit.pay(limit, reserved, 20, 100.5)
    delay, reserved = rate_limit.reserve(limit, 100.5)
    assert.are.same({ 1.5, 20 }, { delay, reserved })
    rate_limit.pay(limit, reserved, 5, 102)
    assert.are.equal(0.5, (rate_limit.reserve(limit, 102)))
  end)

  it("lends nothing to who was idle", function()
    local limit = rate_limit.new(10)
    rate_limit.pay(limit, 0, 10, 100)
    assert.are.equal(0, (rate_limit.reserve(limit, 200)))
    assert.are.equal(1, (rate_limit.reserve(limit, 200)))
  end)

  it("lets those wait one after the other that ask at the same time", function()
    local limit = rate_limit.new(10)
    rate_limit.pay(limit, 0, 10, 100)
    local delays = {}
    for i = 1, 4 do
      delays[i] = rate_limit.reserve(limit, 100)
    end
    assert.are.same({ 1, 2, 3, 4 }, delays)
  end)

  it("does not wait where the service does not say", function()
    local limit = rate_limit.new(10)
    rate_limit.pay(limit, 0, nil, 100)
    assert.are.equal(0, (rate_limit.reserve(limit, 100)))
  end)
end)
