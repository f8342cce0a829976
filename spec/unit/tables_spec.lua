-- SPDX-License-Identifier: MIT
local tables = require "dynamo.tables"

describe("tables", function()
  local function refuse()
    error "a metamethod ran"
  end
  local guarded = { __index = refuse, __newindex = refuse, __pairs = refuse }

  it("sorts the string keys of a map", function()
    local map = setmetatable({ b = 1, a = 2, [3] = 4 }, guarded)
    assert.are.same({ "a", "b" }, tables.sorted_keys(map))
    assert.are.same({}, tables.sorted_keys {})
  end)

  it("copies a table, not what is in it", function()
    local inner = {}
    local copy = tables.copy(setmetatable({ a = inner, "x" }, guarded))
    assert.are.same({ a = {}, "x" }, copy)
    assert.are.equal(inner, copy.a)
    assert.is_nil(getmetatable(copy))
  end)

  it("finds a value in a list", function()
    assert.is_true(tables.holds({ "a", "b" }, "b"))
    assert.is_false(tables.holds({ "a", "b" }, "c"))
    assert.is_false(tables.holds({}, nil))
  end)
end)
