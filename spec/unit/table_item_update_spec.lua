-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local item_update = require "dynamo.table.item_update"
local nulls = require "dynamo.table.ignore_nulls"
local prepared = require "dynamo.expression.prepared"

-- Returns what a table knows whose attributes have these entries.
local function noun_of(entries)
  return { attributes = entries or {}, updates = item_update.kept() }
end

local function prepare(noun, item)
  return item_update.prepare(noun, item, assert(nulls.attributes(item, { "id" })))
end

describe("the update of an item", function()
  local ITEMS = {
    { id = "1" },
    { id = "1", a = 1 },
    { id = "1", a = 1, b = "x", ["c.d"] = dynamo.null, ["e`"] = { 1 } },
    { id = "1", a = 1, b = 1.0, c = "1" },
    { id = "1", n = dynamo.null, m = dynamo.null, o = dynamo.number "1" },
    { id = "1", ["a\0b"] = 1 },
    { id = "1", a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 1 },
  }
  for i, item in ipairs(ITEMS) do
    it("is as one made for it alone, case " .. i, function()
      local entries = { a = { write = "if_absent" }, b = { write = "always" } }
      local noun = noun_of(entries)
      local names = assert(nulls.attributes(item, { "id" }))
      local expected = prepared.of_tree("update", nulls.update(item, names, nil, entries))
      for _ = 1, 2 do
        local own, values = prepare(noun, item)
        assert.are.equal(expected.text, own.text)
        assert.are.same(expected.names, own.names)
        assert.are.same(expected.values, values)
        assert.are.same(expected.places, own.places)
        assert.are.equal(expected.creates, own.creates)
        assert.are.same(expected.tree, prepared.tree(own, values))
      end
    end)
  end

  it("is shared by items of the same names, in whatever order", function()
    local noun = noun_of()
    local one = prepare(noun, { id = "1", a = 1, b = 2 })
    assert.are.equal(one, (prepare(noun, { b = 4, a = 3, id = "2" })))
    assert.are_not.equal(one, (prepare(noun, { id = "1", a = 1 })))
  end)

  it("is not mistaken for that of names which look alike side by side", function()
    local noun = noun_of()
    prepare(noun, { id = "1", ["a\0b"] = 1, c = 2 })
    local own = prepare(noun, { id = "1", a = 1, ["b\0c"] = 2 })
    assert.are.same({ ["#n0"] = "a", ["#n1"] = "b\0c" }, own.names)
  end)

  it("is not kept for ever", function()
    local noun = noun_of()
    local first = prepare(noun, { id = "1", a = 1 })
    for i = 1, 256 do
      prepare(noun, { id = "1", ["a" .. i] = 1 })
    end
    assert.are_not.equal(first, (prepare(noun, { id = "1", a = 1 })))
    assert.is_true(noun.updates.count <= 256)
  end)
end)
