-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local errors = require "dynamo.error"
local loops = require "dynamo.loop"
local nap = require "support.nap"
local press = require "support.press"

describe("together", function()
  it("returns the first value of each, in their order", function()
    local results, message, err = dynamo.together {
      nap(0.02, "a", nil),
      nap(0.01, "b"),
      function() end,
      function()
        return false, "no failure"
      end,
    }
    assert.same({ "a", "b", nil, false, n = 4 }, results)
    assert.is_nil(message)
    assert.is_nil(err)
    assert.same({ n = 0 }, dynamo.together {})
  end)

  it("keeps in flight as many as it is told, and no more", function()
    local now, most = 0, 0
    local functions = {}
    for i = 1, 30 do
      functions[i] = function()
        now = now + 1
        most = math.max(most, now)
        loops.wait(nil, nil, 0.002)
        now = now - 1
        return i
      end
    end
    for _, in_flight in ipairs { 1, 7, 30, 1000 } do
      most = 0
      local results = dynamo.together(functions, { in_flight = in_flight })
      assert.equal(30, results.n)
      assert.equal(30, results[30])
      assert.equal(math.min(30, in_flight), most)
    end
  end)

  it("tells which failed, with all else that came of it", function()
    local own = errors.new { kind = "service", code = "Throttled", message = "m", throttled = true }
    local results, message, err = dynamo.together {
      nap(0.001, "a"),
      nap(0.02, nil, "text"),
      nap(0.01, nil, "b"),
      function()
        return nil, own.message, own
      end,
      function()
        loops.wait(nil, nil, 0.03)
        error "raised"
      end,
      function()
        error(own, 0)
      end,
      function()
        error {}
      end,
    }
    assert.is_nil(results)
    assert.equal("6 of 7 failed: Throttled: m", message)
    assert.equal(message, tostring(err))
    assert.same({ "service", "Throttled", 6, 7 }, { err.kind, err.code, err.failed, err.begun })
    assert.same({ "a", n = 7 }, err.results)
    assert.is_nil(err.failures[1])
    assert.same({ "function", "Failed", "text" }, {
      err.failures[2].kind,
      err.failures[2].code,
      err.failures[2].message,
    })
    assert.equal(own, err.failures[4])
    assert.equal("Raised", err.failures[5].code)
    assert.matches("loop_together_spec.lua:%d+: raised", err.failures[5].message)
    assert.equal(own, err.failures[6])
    assert.equal("a table, no message", err.failures[7].message)
  end)

  it("begins nothing after a failure, and ends what waits, if it is to stop", function()
    local begun, ended = 0, 0
    local functions = {}
    for i = 1, 20 do
      functions[i] = function()
        begun = begun + 1
        if i == 4 then return nil, "four" end
        local reason = loops.wait(nil, nil, 3600)
        ended = ended + 1
        return nil, reason
      end
    end
    local results, message, err =
      dynamo.together(functions, { in_flight = 5, stop_on_error = true })
    assert.is_nil(results)
    assert.equal("4 of 20 failed: four", message)
    assert.same({ 4, 3, 4 }, { begun, ended, err.begun })
    assert.equal("Cancelled", err.failures[1].message)
  end)

  it("ends with its canceller", function()
    local stop = dynamo.canceller()
    local functions = {
      function()
        return "first"
      end,
      nap(3600),
      function()
        stop:cancel()
        return "third"
      end,
      nap(3600),
    }
    local results, message, err = dynamo.together(functions, { cancel = stop, in_flight = 2 })
    assert.is_nil(results)
    assert.equal("1 of 4 failed: Cancelled", message)
    assert.same({ "first", nil, "third", n = 4 }, err.results)
    assert.equal(3, err.begun)
    results, message, err = dynamo.together(functions, { cancel = stop })
    assert.is_nil(results)
    assert.equal("Cancelled: cancelled before all was begun", message)
    assert.same({ "cancelled", 0, 0 }, { err.kind, err.failed, err.begun })
    stop = dynamo.canceller()
    results = dynamo.together({
      nap(0, 1),
      function()
        stop:cancel()
        return 2
      end,
    }, { cancel = stop, in_flight = 1 })
    assert.same({ 1, 2, n = 2 }, results)
  end)

  it("ends when SIGINT comes, and cancels its canceller", function()
    local stop = dynamo.canceller()
    local functions = { nap(3600), nap(3600), nap(3600) }
    local results, message, err =
      press(dynamo.together, functions, { cancel = stop, in_flight = 2 })
    assert.is_nil(results)
    assert.equal("2 of 3 failed: Interrupted", message)
    assert.equal(2, err.begun)
    assert.is_true(stop:is_cancelled())
  end)

  it("works within itself, and its cancellers reach all the way", function()
    local stop = dynamo.canceller()
    local function inner()
      return dynamo.together { nap(0.01, 1), nap(0.01, 2) }
    end
    local results = dynamo.together { inner, inner }
    assert.same({ 1, 2, n = 2 }, results[2])
    local _, message, err = dynamo.together({
      function()
        return dynamo.together({ nap(3600), nap(3600) }, { stop_on_error = true })
      end,
      function()
        loops.wait(nil, nil, 0.001)
        stop:cancel()
        return true
      end,
    }, { cancel = stop })
    assert.equal("1 of 2 failed: 2 of 2 failed: Cancelled", message)
    assert.equal(2, err.failures[1].failed)
  end)

  it("waits where functions are called by pcall and by a for", function()
    local function iterate()
      local wait, n = nap(0.001, true), 0
      return function()
        n = n + 1
        return n <= 3 and wait() and n or nil
      end
    end
    local function f()
      local sum = 0
      for i in iterate() do
        sum = sum + i
      end
      return select(2, pcall(nap(0.001, sum)))
    end
    assert.same({ 6, 6, n = 2 }, dynamo.together { f, f })
  end)

  local bad = {
    { nil, nil, "a list of functions expected, got a nil" },
    { print, nil, "a list of functions expected, got a function" },
    { { print, 1 }, nil, "%[2%] is a number, not a function" },
    { { print, nil, print }, nil, "a list has no holes" },
    { { print, x = print }, nil, "no other keys" },
    { {}, 5, "the options must be a table, not a number" },
    { {}, { inflight = 5 }, 'unknown option "inflight", did you mean "in_flight"?' },
    { {}, { in_flight = 0 }, "in_flight must be a whole number from 1 to 100000" },
    { {}, { in_flight = 1.5 }, "in_flight must be a whole number" },
    { {}, { stop_on_error = 1 }, "stop_on_error must be a boolean, not a number" },
    { {}, { cancel = {} }, "cancel must be what dynamo.canceller%(%) gives, not a table" },
  }
  for i, case in ipairs(bad) do
    it("refuses what it cannot use, case " .. i, function()
      local done, message = pcall(function()
        local _ = dynamo.together(case[1], case[2])
      end)
      assert.is_false(done)
      assert.matches("loop_together_spec.lua:%d+: dynamo.together: ", message)
      assert.matches(case[3], message)
    end)
  end
end)
