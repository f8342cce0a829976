-- SPDX-License-Identifier: MIT
-- Random sums, differences, products and orders of dynamo.number agree with Python's decimal.
local dynamo = require "dynamo"

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

-- Returns the lines of the oracle, or nil and what it said instead.
local function open_oracle()
  local python = os.getenv("DYNAMO_PYTHON") or "build/emulators/python/bin/python"
  local oracle =
    io.popen(("'%s' spec/oracle/decimal_oracle.py %d %d 2>&1"):format(python, COUNT, SEED))
  local greeting = oracle:read "*l" or "nothing"
  if greeting:find "^oracle decimal " then return oracle end
  oracle:close()
  return nil, greeting
end

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
    local oracle, said = open_oracle()
    if not oracle then return pending("no oracle: " .. said) end
    local count = 0
    for line in oracle:lines() do
      check_line(line)
      count = count + 1
    end
    oracle:close()
    assert.are.equal(COUNT, count)
  end)
end)
