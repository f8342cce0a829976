-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local errors = require "dynamo.error"
local loops = require "dynamo.loop"
local nap = require "support.nap"

-- Returns a function that gives 1 to n, each after a wait, and fails if it is called before it
-- returned or after its end.
local function counter(n)
  local at, is_running = 0, false
  return function()
    assert(not is_running and at <= n, "called again")
    is_running = true
    loops.wait(nil, nil, 0.001)
    is_running = false
    at = at + 1
    if at <= n then return at, -at end
  end
end

describe("each", function()
  it("calls a function for each of a list", function()
    local seen = {}
    local count, message, err = dynamo.each({ "a", "b", "c" }, function(value, ...)
      assert(select("#", ...) == 0)
      seen[#seen + 1] = value
    end)
    assert.same({ 3 }, { count, message, err })
    assert.same({ "a", "b", "c" }, seen)
    assert.equal(0, dynamo.each({}, print))
  end)

  it("calls one for each that a closure gives, which is never called before it returned", function()
    local now, most, sum = 0, 0, 0
    local count = dynamo.each(counter(40), function(one, other)
      assert(one == -other)
      now = now + 1
      most = math.max(most, now)
      repeat
        loops.wait(nil, nil, 0.001)
      until most == 5
      now, sum = now - 1, sum + one
    end, { in_flight = 5 })
    assert.same({ 40, 820, 5 }, { count, sum, most })
    assert.equal(3, dynamo.each(counter(3), nap(0)))
    assert.equal(0, dynamo.each(counter(0), nap(0)))
  end)

  it("tells which failed", function()
    local count, message, err = dynamo.each({ 1, 2, 3, 4 }, function(i)
      if i % 2 == 0 then return nil, "even" end
      return i
    end)
    assert.is_nil(count)
    assert.equal("2 of 4 failed: even", message)
    assert.same({ 2, 4, "even", "even" }, {
      err.failed,
      err.begun,
      err.failures[2].message,
      err.failures[4].message,
    })
    assert.is_nil(err.results)
  end)

  it("keeps the first hundred failures", function()
    local _, message, err = dynamo.each(counter(250), function()
      error("no", 0)
    end)
    assert.equal("250 of 250 failed: no", message)
    local kept = 0
    for _ in pairs(err.failures) do
      kept = kept + 1
    end
    assert.equal(100, kept)
  end)

  it("fails as its source does", function()
    local own = errors.new { kind = "service", code = "Throttled", message = "m" }
    local seen, at = 0, 0
    local count, message, err = dynamo.each(function()
      at = at + 1
      if at > 3 then return nil, own.message, own end
      return at
    end, function()
      seen = seen + 1
    end)
    assert.is_nil(count)
    assert.equal("Throttled: m", message)
    assert.same({ "service", "Throttled", 3, 0, 3, 4 }, {
      err.kind,
      err.code,
      err.begun,
      err.failed,
      seen,
      at,
    })
    count, message = dynamo.each(function()
      error("broken", 0)
    end, print)
    assert.is_nil(count)
    assert.equal("broken", message)
  end)

  it("begins nothing after a failure if it is to stop", function()
    local count, message, err = dynamo.each(counter(100), function(i)
      if i == 3 then return nil, "three" end
      return nap(3600)()
    end, { in_flight = 3, stop_on_error = true })
    assert.is_nil(count)
    assert.equal("3 of 3 failed: three", message)
    assert.equal("Cancelled", err.failures[1].message)
  end)

  it("ends with its canceller, those in line for the source too", function()
    local stop, calls = dynamo.canceller(), 0
    local count, message, err = dynamo.each(function()
      calls = calls + 1
      if calls == 2 then stop:cancel() end
      loops.wait(nil, nil, 0.001)
      return calls
    end, function() end, { cancel = stop, in_flight = 10 })
    assert.is_nil(count)
    assert.equal("Cancelled: cancelled before all was begun", message)
    assert.same({ 2, "cancelled" }, { calls, err.kind })
  end)

  local bad = {
    { nil, print, nil, "a list or a function expected, got a nil" },
    { { a = 1 }, print, nil, "no other keys" },
    { {}, nil, nil, "a function expected, got a nil" },
    { {}, print, { in_flight = "5" }, "in_flight must be a whole number" },
  }
  for i, case in ipairs(bad) do
    it("refuses what it cannot use, case " .. i, function()
      local done, message = pcall(function()
        local _ = dynamo.each(case[1], case[2], case[3])
      end)
      assert.is_false(done)
      assert.matches("loop_each_spec.lua:%d+: dynamo.each: ", message)
      assert.matches(case[4], message)
    end)
  end
end)
