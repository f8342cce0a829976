-- SPDX-License-Identifier: MIT
local wire = require "dynamo.embedded.wire"

describe("an item's JSON", function()
  local JSON =
    '{"b":{"B":"AAE="},"l":{"L":[{"NULL":true},{"M":{}},{"L":[]}]},"n":{"N":"1.5"},"s":{"SS":["b","a"]}}'

  it("is read as a wire-typed tree, and written back byte for byte", function()
    local tree = wire.read(JSON)
    assert.equal("AAE=", tree.b.B)
    assert.equal("1.5", tree.n.N)
    assert.is_true(tree.l.L[1].NULL)
    assert.equal(JSON, wire.write(tree))
  end)

  it("that is none is refused", function()
    assert.is_nil(wire.read '{"a":')
    assert.is_nil(wire.read '{"a":{"X":1}}')
    assert.is_nil(wire.write { a = { X = 1 } })
  end)
end)
