-- SPDX-License-Identifier: MIT
local compile = require "dynamo.expression.compile"
local node = require "dynamo.table.node"

describe("nodes", function()
  it("take a name as one attribute, whatever it holds", function()
    assert.are.same({ kind = "path", "a.b[0]" }, node.path "a.b[0]")
  end)

  it("are joined by AND, none and one as they are", function()
    local a, b = node.test("attribute_exists", "a"), node.test("attribute_not_exists", "b")
    assert.is_nil(node.all {})
    assert.are.equal(a, node.all { a })
    assert.are.same({ kind = "and", a, b }, node.all { a, b })
  end)

  it("compile", function()
    local space = compile.space()
    local missing = node.test("attribute_not_exists", "v")
    local equal = node.compare("=", node.path "v", node.value(3))
    assert.are.equal(
      "attribute_not_exists(#n0) OR #n0 = :v0",
      compile.condition(node.either(missing, equal), space)
    )
    local update = node.set("c", node.if_not_exists(node.path "c", 0))
    assert.are.equal("SET #n1 = if_not_exists(#n1, :v1)", compile.update(update, space))
  end)
end)
