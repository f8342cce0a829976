-- SPDX-License-Identifier: MIT
-- The figures of the limiter are held against botocore's in spec/oracle/adaptive_spec.lua.
local adaptive = require "dynamo.call.adaptive"

-- Sends one request every `gap` seconds from `from` to `to`; returns the limiter.
local function warmed(gap)
  local limiter = adaptive.new(0)
  for i = 1, 100 do
    adaptive.learn(limiter, false, i * gap)
  end
  return limiter, 100 * gap
end

describe("the adaptive rate limiter", function()
  it("holds nothing back before the first throttling", function()
    local limiter = warmed(0.01)
    for _ = 1, 1000 do
      assert.are.equal(0, adaptive.take(limiter, 1))
    end
  end)

  it("lets fewer requests through after one", function()
    local limiter, now = warmed(0.01) -- 100 a second
    adaptive.learn(limiter, true, now)
    local sent, time = 0, now
    while time < now + 1 do
      time = time + adaptive.take(limiter, time) + 0.0001
      sent = sent + 1
    end
    assert.is_true(sent > 50 and sent < 75, tostring(sent)) -- 70 % of the measured rate
  end)

  it("says how long to wait for the next token", function()
    local limiter, now = warmed(0.01)
    adaptive.learn(limiter, true, now)
    limiter.tokens = 0
    assert.are.near(1 / limiter.rate, adaptive.take(limiter, now), 1e-9)
    assert.are.near(2 / limiter.rate, adaptive.take(limiter, now), 1e-9) -- behind the first
    adaptive.give_back(limiter)
    assert.are.near(2 / limiter.rate, adaptive.take(limiter, now), 1e-9)
  end)

  it("recovers", function()
    local limiter, now = warmed(0.01)
    adaptive.learn(limiter, true, now)
    local low = limiter.rate
    for i = 1, 1000 do
      adaptive.learn(limiter, false, now + i * 0.01)
    end
    assert.is_true(limiter.rate > 1.2 * low)
  end)
end)
