-- SPDX-License-Identifier: MIT
local compile = require "dynamo.expression.compile"
local errors = require "dynamo.error"
local nodes = require "dynamo.expression.tree"
local place = require "dynamo.table.error_path"

local function error_at(path)
  return errors.validation("type", path, path .. ": is no good")
end

-- Returns an ask that stored one value, which was for the path a.b, and one name.
local function ask_with(value, more, attribute)
  local space, words = compile.space(), { ReturnValues = "return_values" }
  local ask = { params = {}, places = space.places, options = {}, verb = { words = words } }
  space:value(value, nodes.path("a", "b"))
  space:name(attribute or "x")
  space:store(ask.params)
  for name, field in pairs(more) do
    ask[name] = field
  end
  return ask
end

describe("place.translate", function()
  local bad = {}
  local NAN = 0 / 0
  local cases = {
    { bad, { item = { x = bad } }, "Item.x" },
    { bad, { item = { ["my x"] = bad } }, 'Item["my x"]' },
    { NAN, { item = { x = NAN } }, "Item.x" },
    { bad, { item = { x = 1 } }, "a.b" },
    { bad, { item = { x = 1 }, options = { ignore_nulls = "maps" } }, "Item.a.b" },
    { bad, { options = { values = { [":x"] = bad } } }, "values.:x" },
    { bad, { arguments = { n = 2, 1, bad } }, "arguments[2]" },
    { bad, { expression = { "SET a = ?", bad } }, "expression[2]" },
    { bad, { expression = { "SET a = ?", bad }, options = { update = true } }, "update[2]" },
    { bad, { expression = { "SET a = :x", [":x"] = bad } }, "expression.:x" },
    { bad, { options = { condition = { "a = ?", bad } } }, "condition[2]" },
    { bad, { options = { condition = "a = 1" } }, "a.b" },
  }
  for i, case in ipairs(cases) do
    it(("says %s, case %d"):format(case[3], i), function()
      local err = error_at("ExpressionAttributeValues.:v0[1].z")
      place.translate(ask_with(case[1], case[2]), err)
      assert.are.equal(case[3] .. "[1].z", err.path)
      assert.are.equal(case[3] .. "[1].z: is no good", err.message)
    end)
  end

  local others = {
    { "ReturnValues", {}, "return_values" },
    { "Key.id", {}, "Key.id" },
    { "Key.id", { item = {} }, "Item.id" },
    { "TableName", {}, "TableName" },
  }
  for i, case in ipairs(others) do
    it(("says %s, case %d"):format(case[3], i), function()
      local err = error_at(case[1])
      place.translate(ask_with(1, case[2]), err)
      assert.are.equal(case[3], err.path)
    end)
  end
end)

describe("place.translate of a name", function()
  local cases = {
    { "\255", { item = { ["\255"] = 1 } }, 'Item["\\xff"]' },
    { "ü", { item = { ["ü"] = 1 } }, 'Item["ü"]' },
    { "a", { item = { a = 1 } }, "Item.a" },
    { "\255", { options = { names = { ["#a"] = "\255" } } }, "names.#a" },
    { "\255", {}, 'the name "\\xff"' },
  }
  for i, case in ipairs(cases) do
    it(("says %s, case %d"):format(case[3], i), function()
      local ask = ask_with(1, case[2], case[1])
      local err = error_at("ExpressionAttributeNames.#n0")
      place.translate(ask, err)
      assert.are.equal(case[3], err.path)
    end)
  end
end)

describe("place.cut", function()
  it("cuts a prefix off", function()
    local err = error_at("TransactItems[1].Put.Item.x")
    place.cut(err, "TransactItems[1].Put.")
    assert.are.equal("Item.x", err.path)
    assert.are.equal("Item.x: is no good", err.message)
  end)
end)

describe("place.within", function()
  local cases = {
    { { "Item.x", "Item.x: is no good" }, { "all[2].Item.x", "all[2].Item.x: is no good" } },
    { { "Item.x", "it is no good" }, { "all[2].Item.x", "all[2]: it is no good" } },
    { { nil, "it is no good" }, { "all[2]", "all[2]: it is no good" } },
  }
  for i, case in ipairs(cases) do
    it(("puts the place of the whole before it, case %d"):format(i), function()
      local err = errors.validation("code", case[1][1], case[1][2])
      place.within(err, "all[2]")
      assert.are.same(case[2], { err.path, err.message })
    end)
  end
end)

describe("place.put_under", function()
  it("puts a path of a map under the place of that", function()
    local err = error_at "a.b"
    place.put_under(err, "put[3]")
    assert.are.equal("put[3].a.b", err.path)
    assert.matches("^put%[3%]%.a%.b", err.message)
    err = error_at '["a b"]'
    place.put_under(err, "Item")
    assert.are.equal('Item["a b"]', err.path)
    err = errors.validation("type", nil, "put[3]: no map")
    place.put_under(err, "put[3]")
    assert.are.same({ "put[3]", "put[3]: no map" }, { err.path, err.message })
  end)
end)

describe("place.relocate", function()
  it("puts a place for the argument", function()
    local err = place.relocate(error_at "Item.a[1]", "Item", "put[3]")
    assert.are.equal("put[3].a[1]", err.path)
    assert.matches("^put%[3%]%.a%[1%]", err.message)
  end)

  it("tells the place of what speaks of none", function()
    local err = errors.validation("extension", "extension own", "not today")
    place.relocate(err, "Item", "put[3]")
    assert.are.same({ "put[3]", "put[3]: not today" }, { err.path, err.message })
    err = errors.validation("extension", "extension own", "not today")
    place.relocate(err, "Item", "Item")
    assert.are.same({ "extension own", "not today" }, { err.path, err.message })
  end)
end)
