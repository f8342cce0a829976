-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local refusal = require "dynamo.service_refusal"
local values = require "dynamo.embedded.values"

local function refused(value)
  local ok, raised = pcall(values.check, value)
  assert.is_false(ok)
  assert.is_true(refusal.is(raised), tostring(raised))
  return raised.message
end

local INVALID = "One or more parameter values were invalid: "

describe("values of a request", function()
  for given, stored in pairs {
    ['{"S":""}'] = { S = "" },
    ['{"N":"1.50"}'] = { N = "1.5" },
    ['{"N":"-0"}'] = { N = "0" },
    ['{"N":"1E3"}'] = { N = "1000" },
    ['{"B":"AAE="}'] = { B = "AAE=" },
    ['{"NS":["1.0","2"]}'] = { NS = { "1", "2" } },
    ['{"L":[{"N":"01"},{"M":{"a":{"NULL":true}}}]}'] = {
      L = { { N = "1" }, { M = { a = { NULL = true } } } },
    },
    ['{"BOOL":false}'] = { BOOL = false },
  } do
    it("take the form in which they are stored: " .. given, function()
      assert.same(stored, values.check(dynamo.from_json(given)))
    end)
  end

  for given, message in pairs {
    ["{}"] = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    ['{"X":"1"}'] = "Supplied AttributeValue is empty, must contain exactly one of the supported "
      .. "datatypes",
    ['{"S":"a","N":"1"}'] = "Supplied AttributeValue has more than one datatypes set, must contain "
      .. "exactly one of the supported datatypes",
    ['{"N":"abc"}'] = "The parameter cannot be converted to a numeric value: abc",
    ['{"N":""}'] = "The parameter cannot be converted to a numeric value: ",
    ['{"N":"1E200"}'] = "Number overflow. Attempting to store a number with magnitude larger than "
      .. "supported range",
    ['{"N":"1E-200"}'] = "Number underflow. Attempting to store a number with magnitude smaller "
      .. "than supported range",
    ['{"N":"123456789012345678901234567890123456789"}'] = "Attempting to store more than 38 "
      .. "significant digits in a Number",
    ['{"SS":[]}'] = INVALID .. "An string set  may not be empty",
    ['{"BS":[]}'] = INVALID .. "Binary sets should not be empty",
    ['{"NS":["1","1.0"]}'] = INVALID .. "Input collection [1, 1] contains duplicates.",
    ['{"NULL":false}'] = INVALID .. "Null attribute value types must have the value of true",
  } do
    it("are refused in the service's words: " .. given, function()
      assert.equal(message, refused(dynamo.from_json(given)))
    end)
  end

  it("nest 32 levels deep, no deeper", function()
    local function nested(levels)
      local value = { S = "x" }
      for _ = 2, levels do
        value = { L = { value } }
      end
      return value
    end
    values.check(nested(32))
    assert.equal("Nesting Levels have exceeded supported limits", refused(nested(33)))
  end)

  it("of a map are all checked; none is no map", function()
    assert.is_nil(values.check_all(nil))
    assert.same({ a = { N = "1" } }, values.check_all { a = { N = "1.0" } })
    assert.is_false(pcall(values.check_all, { a = { N = "1" }, b = {} }))
  end)
end)
