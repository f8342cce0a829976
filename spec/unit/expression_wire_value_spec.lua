-- SPDX-License-Identifier: MIT
local wire = require "dynamo.expression.wire_value"

describe("wire-typed values", function()
  it("are equal by type and content, sets and maps in any order", function()
    local equal = {
      { { S = "a" }, { S = "a" } },
      { { NULL = true }, { NULL = true } },
      { { NS = { "1", "2" } }, { NS = { "2", "1" } } },
      { { L = { { S = "a" }, { L = {} } } }, { L = { { S = "a" }, { L = {} } } } },
      { { M = { a = { N = "1" } } }, { M = { a = { N = "1" } } } },
    }
    local different = {
      { { S = "1" }, { N = "1" } },
      { { NS = { "1", "2" } }, { NS = { "1", "3" } } },
      { { SS = { "1" } }, { SS = { "1", "2" } } },
      { { L = { { S = "a" } } }, { L = { { S = "b" } } } },
      { { L = {} }, { M = {} } },
      { { M = { a = { N = "1" } } }, { M = { a = { N = "1" }, b = { N = "1" } } } },
      { { M = { a = { N = "1" }, b = { N = "1" } } }, { M = { a = { N = "1" } } } },
    }
    for _, pair in ipairs(equal) do
      assert.is_true(wire.equal(pair[1], pair[2]))
    end
    for _, pair in ipairs(different) do
      assert.is_false(wire.equal(pair[1], pair[2]))
    end
  end)

  it("have an order within strings, numbers and binaries", function()
    assert.equal(-1, wire.order({ N = "9" }, { N = "10" }))
    assert.equal(1, wire.order({ S = "9" }, { S = "10" }))
    assert.equal(-1, wire.order({ B = "fw==" }, { B = "gA==" })) -- 7F, 80
    assert.equal(0, wire.order({ S = "\0" }, { S = "\0" }))
    assert.is_nil(wire.order({ S = "1" }, { N = "1" }))
    assert.is_nil(wire.order({ BOOL = true }, { BOOL = false }))
  end)

  it("are added and subtracted with all their digits", function()
    local sum = wire.calculate("+", { N = "0.1" }, { N = "12345678901234567890123456789012345.9" })
    assert.equal("12345678901234567890123456789012346", sum.N)
    assert.equal("-0.2", wire.calculate("-", { N = "0.1" }, { N = "0.3" }).N)
    assert.is_false(pcall(wire.calculate, "+", { N = "9E125" }, { N = "9E125" }))
  end)
end)
