-- SPDX-License-Identifier: MIT
local difference = require "dynamo.expression.difference"
local dynamo = require "dynamo.value"

describe("the difference", function()
  local cases = {
    { 5, 1, "4" }, { 0, 5, "-5" }, { -3, -3, "0" }, { 0.3, 0.1, "0.2" }, { 0.1, 0.3, "-0.2" },
    { 1, 0.5, "0.5" }, { -0.5, dynamo.number "0.25", "-0.75" },
    { dynamo.number "100", 1, "99" }, { 2 ^ 52, -1, "4503599627370497" },
    { 1e-7, 0, "0.0000001" }, { 123456.789, 0.001, "123456.788" },
  }
  for _, case in ipairs(cases) do
    it(("of %s and %s is %s"):format(tostring(case[1]), tostring(case[2]), case[3]), function()
      local result = assert(difference(case[1], case[2]))
      assert.are.equal(('{"N":"%s"}'):format(case[3]), dynamo.encode(result))
    end)
  end

  it("is refused where digits would be lost, and of what is no number", function()
    for _, pair in ipairs { { 1e-130, 1 }, { 1, dynamo.number "0.1234567890123456" },
      { 1 / 0, 1 }, { 1, 0 / 0 } } do
      local result, message = difference(pair[1], pair[2])
      assert.is_nil(result)
      assert.is_string(message)
    end
  end)
end)
