-- SPDX-License-Identifier: MIT
local evaluate_update = require "dynamo.expression.evaluate_update"
local refusal = require "dynamo.service_refusal"
local strict = require "dynamo.expression.strict"

local VALUES = {
  [":1"] = { N = "1" },
  [":x"] = { S = "x" },
  [":y"] = { S = "y" },
  [":l"] = { L = { { S = "new" } } },
  [":ab"] = { SS = { "a", "b" } },
  [":bc"] = { SS = { "b", "c" } },
  [":max"] = { N = "9.9E125" },
}

local function update(text, item)
  return evaluate_update.update(strict.new(nil, VALUES):update(text, "UpdateExpression"), item)
end

local function refused(text, item)
  local ok, raised = pcall(update, text, item)
  assert.is_false(ok)
  assert.is_true(refusal.is(raised), tostring(raised))
  return raised.message
end

local LIST = { L = { { S = "0" }, { S = "1" }, { S = "2" } } }

describe("an update", function()
  for text, row in pairs {
    ["SET a = :x, b = a"] = { { a = { N = "3" } }, { a = { S = "x" }, b = { N = "3" } } },
    ["SET a = a + :1"] = { { a = { N = "3" } }, { a = { N = "4" } } },
    ["SET a = a - :1"] = { { a = { N = "0.5" } }, { a = { N = "-0.5" } } },
    ["SET a = if_not_exists(a, :1) + :1"] = { {}, { a = { N = "2" } } },
    ["SET a = list_append(a, :l)"] = {
      { a = { L = { { S = "old" } } } },
      { a = { L = { { S = "old" }, { S = "new" } } } },
    },
    ["SET l[1] = :x"] = { { l = LIST }, { l = { L = { { S = "0" }, { S = "x" }, { S = "2" } } } } },
    ["SET l[9] = :y, l[3] = :x"] = {
      { l = LIST },
      { l = { L = { { S = "0" }, { S = "1" }, { S = "2" }, { S = "x" }, { S = "y" } } } },
    },
    ["REMOVE l[0], l[2], l[7]"] = { { l = LIST }, { l = { L = { { S = "1" } } } } },
    ["SET l[9] = :x REMOVE l[0]"] = { { l = { L = {} } }, { l = { L = { { S = "x" } } } } },
    ["SET l[0] = :x REMOVE l[1]"] = { { l = LIST }, { l = { L = { { S = "x" }, { S = "2" } } } } },
    ["SET m.a.b = :x"] = {
      { m = { M = { a = { M = { c = { N = "1" } } } } } },
      { m = { M = { a = { M = { b = { S = "x" }, c = { N = "1" } } } } } },
    },
    ["REMOVE m.a, gone"] = {
      { m = { M = { a = { N = "1" }, b = { N = "2" } } } },
      { m = { M = { b = { N = "2" } } } },
    },
    ["ADD a :1"] = { {}, { a = { N = "1" } } },
    ["ADD a :1, s :bc"] = {
      { a = { N = "41" }, s = { SS = { "a", "b" } } },
      { a = { N = "42" }, s = { SS = { "a", "b", "c" } } },
    },
    ["DELETE s :bc"] = { { s = { SS = { "a", "b" } } }, { s = { SS = { "a" } } } },
    ["DELETE s :ab"] = { { s = { SS = { "a", "b" } } }, {} },
    ["DELETE gone :ab"] = { { a = { N = "1" } }, { a = { N = "1" } } },
  } do
    it(text .. " makes what the service makes, and leaves the item as it was", function()
      local before = row[1]
      local copy = { l = before.l and { L = { (table.unpack or unpack)(before.l.L) } } }
      assert.same(row[2], update(text, before))
      if copy.l then assert.same(copy.l, before.l) end
    end)
  end

  for text, row in pairs {
    ["SET a = gone"] = {
      {},
      "The provided expression refers to an attribute that does not exist in the item",
    },
    ["SET a = a + :1"] = {
      { a = { S = "x" } },
      "An operand in the update expression has an incorrect data type",
    },
    ["SET a = list_append(a, :l)"] = {
      { a = { S = "x" } },
      "An operand in the update expression has an incorrect data type",
    },
    ["SET m.a = :x"] = {
      {},
      "The document path provided in the update expression is invalid for update",
    },
    ["REMOVE a.b"] = {
      { a = { S = "x" } },
      "The document path provided in the update expression is invalid for update",
    },
    ["ADD a :1"] = {
      { a = { S = "x" } },
      "An operand in the update expression has an incorrect data type",
    },
    ["DELETE a :ab"] = {
      { a = { NS = { "1" } } },
      "An operand in the update expression has an incorrect data type",
    },
    ["ADD a :max"] = {
      { a = { N = "9.9E125" } },
      "Number overflow. Attempting to store a number with magnitude larger than supported range",
    },
  } do
    it(text .. " is refused where it does not fit", function()
      assert.equal(row[2], refused(text, row[1]))
    end)
  end

  it("tells its paths", function()
    local tree = strict.new(nil, VALUES):update("SET a.b = :x REMOVE l[0] ADD n :1", "x")
    local shown = {}
    for i, path in ipairs(evaluate_update.paths(tree)) do
      shown[i] = table.concat(path, "/")
    end
    assert.same({ "a/b", "l/0", "n" }, shown)
  end)
end)
