-- SPDX-License-Identifier: MIT
local faults = require "dynamo.embedded.faults"

local CALLS = 2000

-- Returns how often a fault comes in so many calls, and when it did.
local function count(made, method)
  local times, places = 0, {}
  for call = 1, CALLS do
    if made[method](made) then
      times = times + 1
      places[#places + 1] = call
    end
  end
  return times, places
end

describe("faults", function()
  local SHARES = { throttles = "throttle", loses = "lose_response", leaves = "unprocessed" }
  for method, name in pairs(SHARES) do
    it(name .. ": come as often as is asked for, each seed its own way", function()
      local times, places = count(faults.new { [name] = 0.1, seed = 7 }, method)
      assert.is_true(times > CALLS * 0.05 and times < CALLS * 0.15, tostring(times))
      assert.same(places, (select(2, count(faults.new { [name] = 0.1, seed = 7 }, method))))
      assert.not_same(places, (select(2, count(faults.new { [name] = 0.1, seed = 8 }, method))))
      assert.equal(CALLS, (count(faults.new { [name] = 1 }, method)))
      assert.equal(0, (count(faults.new { [name] = 0 }, method)))
      assert.equal(0, (count(faults.new(), method)))
    end)
  end

  it("begin anew", function()
    local made = faults.new { throttle = 0.3, seed = 0 }
    local _, places = count(made, "throttles")
    made:restart()
    assert.same(places, (select(2, count(made, "throttles"))))
  end)

  it("take their time", function()
    assert.equal(0, faults.new():delay())
    assert.equal(0.02, faults.new({ delay = 0.02 }):delay())
  end)

  it("are refused where they are none", function()
    local CASES = {
      { 1, "faults must be a table, not a number" },
      { { trottle = 0.1 }, 'unknown fault "trottle".*"throttle"' },
      { { throttle = 1.1 }, "faults.throttle must be a share" },
      { { lose_response = "1" }, "faults.lose_response must be a share" },
      { { unprocessed = 0 / 0 }, "faults.unprocessed must be a share" },
      { { delay = -1 }, "faults.delay must be a number of seconds" },
      { { seed = 1.5 }, "faults.seed must be a whole number" },
    }
    for _, case in ipairs(CASES) do
      local made, problem = faults.new(case[1])
      assert.is_nil(made)
      assert.is_truthy(problem:find(case[2]), problem)
    end
  end)
end)
