-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local nulls = require "dynamo.table.ignore_nulls"
local show = require "dynamo.expression.display"
local value = require "dynamo.value"

local null = core.null

-- Returns the text of what a mode makes of an item, whose attributes it takes in order.
local function text(item, mode, schema)
  local names = {}
  for name in pairs(item) do
    names[#names + 1] = name
  end
  table.sort(names)
  local update = nulls.update(item, names, mode, schema or {})
  if not (update.set[1] or update.remove[1]) then return "" end
  return (show(update))
end

describe("ignore_nulls", function()
  local ITEM = { a = 1, b = null, m = { x = 1, y = null, z = { w = null } }, l = { null } }
  local cases = {
    { nil, ITEM, "SET a = 1, b = null, l = [null], m = {x: 1, y: null, z: {w: null}}" },
    { "remove", ITEM, "SET a = 1, l = [null], m = {x: 1, y: null, z: {w: null}} REMOVE b" },
    { "ignore", ITEM, "SET a = 1, l = [null], m = {x: 1, y: null, z: {w: null}}" },
    { "maps", ITEM, "SET a = 1, l = [null], m = {x: 1, z: {}}" },
    { "scalars", ITEM, "SET a = 1, l = [null], m.x = 1" },
    { "scalars", { m = {} }, "SET m = {}" },
    { "scalars", { m = { n = {} } }, "SET m.n = {}" },
    { "scalars", { m = { n = { o = {} }, l = value.list {} } }, "SET m.l = [], m.n.o = {}" },
    { "scalars", { m = { x = null } }, "" },
    { "scalars", { ["a.b"] = { ["c.d"] = { e = 1 } } }, "SET `a.b`.`c.d`.e = 1" },
    { "scalars", { m = { l = { { x = 1 } } } }, "SET m.l = [{x: 1}]" },
    { "scalars", { m = value.map { x = 1 } }, "SET m.x = 1" },
    { "scalars", { l = value.list {} }, "SET l = []" },
    { "ignore", { b = null }, "" },
  }
  for i, case in ipairs(cases) do
    it(("%s, case %d"):format(case[1] or "absent", i), function()
      assert.are.equal(case[3], text(case[2], case[1]))
    end)
  end

  it("keeps sets whole", function()
    local tags = value.set { "x" }
    local update = nulls.update({ tags = tags }, { "tags" }, "scalars", {})
    assert.are.equal(tags, update.set[1].operand.value)
  end)

  it("writes an attribute only if absent where the table says so", function()
    local schema = { a = { write = "if_absent" }, b = { write = "always" } }
    assert.are.equal("SET a = if_not_exists(a, 1), b = 2", text({ a = 1, b = 2 }, nil, schema))
    assert.are.equal("SET a.x = if_not_exists(a.x, 1)", text({ a = { x = 1 } }, "scalars", schema))
  end)

  for _, mode in ipairs { "scalars", "maps" } do
    it("hands a map within itself to the encoder, " .. mode, function()
      local map = { x = 1 }
      map.again, map.more = map, map
      assert.is_table(nulls.update({ m = map }, { "m" }, mode, {}))
    end)
  end

  it("changes none of the user's tables", function()
    local map = { x = 1, y = null }
    nulls.update({ m = map }, { "m" }, "maps", {})
    assert.are.same({ x = 1, y = null }, map)
  end)
end)

describe("nulls.attributes", function()
  it("are those beside the key, in order", function()
    assert.are.same(
      { "a", "b" },
      nulls.attributes({ sk = 1, b = 2, a = 1, pk = 1 }, { "pk", "sk" })
    )
  end)

  for i, name in ipairs { 1, true, "" } do
    it("are named by text, case " .. i, function()
      local attributes, err = nulls.attributes({ pk = 1, [name] = 1 }, { "pk" })
      assert.is_nil(attributes)
      assert.matches("^Item%[.*%]: an attribute name must be a string", err.message)
    end)
  end
end)
