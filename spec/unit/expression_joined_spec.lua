-- SPDX-License-Identifier: MIT
local aliases = require "dynamo.expression.aliases"
local dynamo = require "dynamo"
local fill = require "dynamo.expression.fill"
local joined = require "dynamo.expression.joined"
local prepared = require "dynamo.expression.prepared"

local unpack = table.unpack or unpack

local function update(text, ...)
  return assert(fill.text("update", text, nil, nil, { n = select("#", ...), ... }))
end

-- Text of an update and of a condition, the values of their ?.
local PAIRS = {
  { "SET a = ?, b = b + ?", "c = ? AND a < ?", { 1, 2 }, { "x", 3 } },
  { "SET a = ?", "attribute_exists(id)", { 1 }, {} },
  { "REMOVE a", "b = ? OR c = ?", {}, { 1, 2 } },
  { "SET a = 1", "a = 2", {}, {} },
  { "SET a = 1", "a = ?", {}, { "1" } },
  { "REMOVE a", "attribute_exists(a)", {}, {} },
  { "ADD n ?", "n BETWEEN ? AND ?", { 5 }, { dynamo.number "1", 9 } },
}

local function filled(pair)
  local first, first_values = update(pair[1], unpack(pair[3]))
  local values = { n = #pair[4], unpack(pair[4]) }
  local second, second_values = fill.text("condition", pair[2], nil, nil, values)
  return first, first_values, second, second_values
end

describe("two expressions side by side", function()
  for i, pair in ipairs(PAIRS) do
    it("are as in one space of tokens, case " .. i, function()
      local first, first_values, second, second_values = filled(pair)
      local space = aliases.new()
      local text = prepared.text_in(first, first_values, space)
      local other = prepared.text_in(second, second_values, space)
      local join = joined.of(first, second)
      local values, are_apart = joined.values(join, first_values, second_values)
      assert.is_true(are_apart)
      assert.is_true(join.fits)
      assert.are.equal(text, join.text)
      assert.are.equal(other, join.other)
      assert.are.same(space.name_count > 0 and space.names or nil, join.names)
      assert.are.same(space.value_count > 0 and space.values or nil, values)
      assert.are.same(space.places, join.places)
    end)
  end

  it("are made once", function()
    local first, _, second = filled(PAIRS[1])
    assert.are.equal(joined.of(first, second), joined.of(first, second))
  end)

  it("leave the values of each as they are", function()
    local first, first_values, second, second_values = filled(PAIRS[1])
    joined.values(joined.of(first, second), first_values, second_values)
    assert.are.same({ [":v0"] = 1, [":v1"] = 2 }, first_values)
    assert.are.same({ [":v0"] = "x", [":v1"] = 3 }, second_values)
  end)

  it("tell that a value of one may be one of the other", function()
    local first, first_values, second = filled(PAIRS[1])
    local join = joined.of(first, second)
    assert.is_false((select(2, joined.values(join, first_values, { [":v0"] = "x", [":v1"] = 2 }))))
  end)

  it("tell that they are beyond the limits", function()
    local names = {}
    for i = 1, 700 do
      names[i] = ("a%d = %d"):format(i, i)
    end
    local condition = table.concat(names, " AND ", 1, 150)
    local first = update("SET " .. table.concat(names, ", ", 200, 400))
    local second = assert(fill.text("condition", condition))
    assert.is_true(joined.of(first, second).fits)
    second = assert(fill.text("condition", table.concat(names, " AND ", 400, 700)))
    assert.is_false(joined.of(first, second).fits)
  end)

  it("are not kept for ever", function()
    local first, _, second = filled(PAIRS[1])
    local join = joined.of(first, second)
    for i = 1, 16 do
      joined.of(first, (assert(fill.text("condition", "a = " .. i))))
    end
    assert.are_not.equal(join, joined.of(first, second))
  end)
end)
