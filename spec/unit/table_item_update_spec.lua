-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local item_update = require "dynamo.table.item_update"
local nulls = require "dynamo.table.ignore_nulls"
local prepared = require "dynamo.expression.prepared"

-- Returns what a table knows whose attributes have these entries.
local function noun_of(entries)
  return { attributes = entries or {}, updates = item_update.kept() }
end

local NAMES = { "id" }

local function prepare(noun, item)
  return item_update.prepare(noun, NAMES, item)
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
      local attributes = assert(nulls.attributes(item, NAMES))
      local expected = prepared.of_tree("update", nulls.update(item, attributes, nil, entries))
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

  it("is found again whatever else was asked for meanwhile", function()
    local noun, owns = noun_of(), {}
    for _ = 1, 3 do
      for n = 1, 8 do
        local item = {}
        for i = n, 1, -1 do -- with room of another size for each of them
          item["a" .. i] = i
        end
        item.id = "1"
        local own, values = prepare(noun, item)
        assert.are.equal(owns[n] or own, own)
        assert.are.same({ n, n }, { own.name_count, own.value_count })
        assert.are.equal(n, values[":v" .. n - 1])
        owns[n] = own
      end
    end
  end)

  it("says of which attribute a name is wrong, also behind names that it knows", function()
    local noun = noun_of()
    prepare(noun, { a = 1, b = 2 })
    for _, item in ipairs { { a = 1, b = 2, [""] = 3 }, { a = 1, b = 2, [1] = 3 } } do
      local own, err = prepare(noun, item)
      assert.is_nil(own)
      assert.are.equal("type", err.code)
    end
  end)

  it("reads no value by a metamethod", function()
    local item = setmetatable({ id = "1", a = 1 }, {
      __index = function()
        error "asked"
      end,
    })
    local _, values = prepare(noun_of(), item)
    assert.are.same({ [":v0"] = 1 }, values)
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

  it("of many attributes keeps no more either", function()
    local noun, item = noun_of(), { id = "1" }
    for i = 1, 5000 do
      item["a" .. i] = i
    end
    for _ = 1, 3 do
      local own, values = prepare(noun, item)
      assert.are.equal(5000, own.value_count)
      assert.are.equal(item[own.names["#n4999"]], values[":v4999"])
      assert.is_true(noun.updates.node_count <= 4096)
    end
  end)
end)
