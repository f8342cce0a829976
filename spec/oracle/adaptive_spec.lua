-- SPDX-License-Identifier: MIT
-- The adaptive rate limiter step by step beside botocore's.
local adaptive = require "dynamo.call.adaptive"
local json = require "dkjson"

local PYTHON = os.getenv "DYNAMO_PYTHON" or "python3"
local START, STEPS = 1000.25, 3000

-- A timetable with calm, busy and throttled stretches; deterministic.
local function timetable()
  local steps, time, state = {}, START, 7
  for i = 1, STEPS do
    state = (state * 16807) % 2147483647
    local busy = math.floor(i / 200) % 2 == 0
    time = time + (state % 1000) / 1000 * (busy and 0.02 or 0.4)
    steps[i] = { time, i > 40 and state % (busy and 9 or 50) == 0 }
  end
  return steps
end

-- Returns what botocore says after each step.
local function oracle(steps)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  for _, step in ipairs(steps) do
    file:write(("%.17g %d\n"):format(step[1], step[2] and 1 or 0))
  end
  file:close()
  local pipe = assert(
    io.popen(("env -u LD_PRELOAD %s spec/oracle/adaptive_oracle.py < %s"):format(PYTHON, path))
  )
  local responses = {}
  for line in pipe:lines() do
    responses[#responses + 1] = assert(json.decode(line))
  end
  pipe:close()
  os.remove(path)
  return responses
end

describe("the adaptive rate limiter", function()
  it("has botocore's rate, capacity and tokens after every response", function()
    local steps = timetable()
    local expected = oracle(steps)
    assert.are.equal(STEPS, #expected)
    local limiter = adaptive.new(steps[1][1])
    for i, step in ipairs(steps) do
      adaptive.learn(limiter, step[2], step[1])
      local got = { limiter.rate, limiter.capacity, limiter.tokens, limiter.measured }
      for field = 1, 4 do
        local difference = math.abs(expected[i][field] - got[field])
        assert.is_true(
          difference <= 1e-9 * math.max(1, math.abs(got[field])),
          ("step %d, field %d: %g, not %g"):format(i, field, got[field], expected[i][field])
        )
      end
      assert.are.equal(expected[i][5], limiter.enabled)
    end
  end)
end)
