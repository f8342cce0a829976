-- SPDX-License-Identifier: MIT
-- Random sums, differences, products and orders of dynamo.number agree with Python's decimal.
local dynamo = require "dynamo"
local oracle = require "support.oracle"

local COUNT, SEED = 20000, 20071002

local OPERATIONS = {
  {
    "+",
    function(a, b)
      return a + b
    end,
  },
  {
    "-",
    function(a, b)
      return a - b
    end,
  },
  {
    "*",
    function(a, b)
      return a * b
    end,
  },
}

-- What our refusals say, by the oracle's word.
local REFUSALS = {
  precision = "more than 38 significant digits",
  range = "outside DynamoDB's range",
}

-- Returns nil, or what is wrong with a result.
local function problem_of(expected, done, result)
  if REFUSALS[expected] then
    if not done and result:find(REFUSALS[expected], 1, true) then return nil end
  elseif
    done
    and result == dynamo.number(expected)
    and tostring(result) == tostring(dynamo.number(expected))
  then
    return nil
  end
  return ("%s, not %s"):format(tostring(result), expected)
end

local function check_line(line)
  local fields = {}
  for field in line:gmatch "[^\t]+" do
    fields[#fields + 1] = field
  end
  local a, b = dynamo.number(fields[1]), dynamo.number(fields[2])
  for i, operation in ipairs(OPERATIONS) do
    local problem = problem_of(fields[2 + i], pcall(operation[2], a, b))
    if problem then error(("%s %s %s: %s"):format(fields[1], operation[1], fields[2], problem)) end
  end
  local order = tonumber(fields[6])
  assert(
    dynamo.compare(a, b) == order
      and (a == b) == (order == 0)
      and (a < b) == (order < 0)
      and (a <= b) == (order <= 0),
    line
  )
end

describe("decimal arithmetic", function()
  it(("agrees with Python's in %d random cases"):format(COUNT), function()
    local count = 0
    for line in oracle.lines("decimal", COUNT, SEED) do
      check_line(line)
      count = count + 1
    end
    assert.are.equal(COUNT, count)
  end)
end)
