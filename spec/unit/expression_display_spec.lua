-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local parse = require "dynamo.expression.parse"
local random_expression = require "support.random_expression"
local random_value = require "support.random_value"
local scale = require "support.scale"
local show = require "dynamo.expression.display"

local TREES, SEED = scale(1500), 20120810

-- Returns the tree of a text and the arguments of its holes.
local function tree_of(kind, text, arguments)
  return assert(parse.bind(assert(parse[kind](text)), nil, nil, arguments))
end

describe("a shown tree", function()
  local cases = {
    {
      "update",
      "add n 5 remove a.b[2] set x=1,y = 'it''s', t = ?",
      "SET x = 1, y = 'it''s', t = 7 REMOVE a.b[2] ADD n 5",
    },
    { "update", "SET a = (b) - -5", "SET a = b - -5" },
    {
      "update",
      "SET a = {b: [true, FALSE, null], 'c d': {}, set: 1e3}",
      "SET a = {b: [true, false, null], 'c d': {}, 'set': 1000}",
    },
    {
      "update",
      "SET a = list_append(if_not_exists(`a`, []), [?])",
      "SET a = list_append(if_not_exists(a, []), [7])",
    },
    {
      "condition",
      "a=1 and b=2 or not (c=3 or d=4)",
      "(a = 1 AND b = 2) OR NOT (c = 3 OR d = 4)",
    },
    {
      "condition",
      "not not a in (1,'x') and not b between 1 and size(c)",
      "NOT NOT a IN (1, 'x') AND NOT b BETWEEN 1 AND size(c)",
    },
    { "condition", "((a = 1) and (b = 2 and c = 3))", "a = 1 AND (b = 2 AND c = 3)" },
    {
      "condition",
      "attribute_type( a , 'S' ) or contains(`not`, :v)",
      "attribute_type(a, 'S') OR contains(`not`, 8)",
    },
    { "projection", "a , b-c.`d e`[0],and", "a, `b-c`.`d e`[0], `and`" },
  }
  for _, case in ipairs(cases) do
    it("is " .. case[3], function()
      local template = assert(parse[case[1]](case[2]))
      local fillings = template.placeholders > 0 and { n = 1, 7 } or nil
      local tree = assert(parse.bind(template, nil, { [":v"] = 8 }, fillings))
      local text, arguments = show(tree)
      assert.are.equal(case[3], text)
      assert.are.same({ n = 0 }, arguments)
      assert.are.equal(text, (show(tree_of(case[1], text))))
    end)
  end

  it("keeps every digit", function()
    local digits = "3.1415926535897932384626433832795028842"
    assert.are.equal("SET a = " .. digits, (show(tree_of("update", "SET a = " .. digits))))
  end)

  it("has ? for what has no literal", function()
    local set, binary = dynamo.set { "x" }, dynamo.binary "\0\255"
    local text, arguments =
      show(tree_of("update", "DELETE t ? SET a = [1, ?], b = ?", { n = 3, set, binary, 0 / 0 }))
    assert.are.equal("SET a = [1, ?], b = ? DELETE t ?", text)
    assert.are.equal(3, arguments.n)
    assert.are.equal(binary, arguments[1])
    assert.are_not.equal(arguments[2], arguments[2])
    assert.are.same(set, arguments[3])
  end)

  it("shows any node of a tree", function()
    local action = tree_of("update", "SET a = if_not_exists(b, 0) + 1").set[1]
    assert.are.equal("if_not_exists(b, 0) + 1", (show(action.operand)))
    assert.are.equal("a", (show(action.path)))
  end)

  for _, kind in ipairs { "update", "condition", "projection" } do
    for _, executable in ipairs { false, true } do
      it(
        ("is read back to the same %s%s"):format(executable and "executable " or "", kind),
        function()
          local random = random_value.source(SEED)
          for _ = 1, TREES do
            local tree = random_expression[kind](random, { executable = executable })
            local text, arguments = show(tree)
            local back = tree_of(kind, text, arguments)
            assert.is_true(random_expression.same(tree, back), text)
            assert.are.equal(text, (show(back)))
          end
        end
      )
    end
  end
end)

describe("random trees", function()
  it("are told apart", function()
    local a = tree_of("update", "SET a = 1")
    for _, other in ipairs { "SET a = 2", "SET b = 1", "SET a = 1, b = 1", "ADD a 1" } do
      assert.is_false(random_expression.same(a, tree_of("update", other)), other)
      assert.is_false(random_expression.same(tree_of("update", other), a), other)
    end
  end)
end)
