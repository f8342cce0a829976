-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local expression = require "dynamo.expression"
local show = require "dynamo.expression.display"

local attr = dynamo.attr

-- Returns the text of what `reader` makes of a form, or its message.
local function read(kind, ...)
  local tree, message = expression[kind](...)
  return tree and (show(tree)) or message
end

describe("an expression is read from", function()
  local cases = {
    { "text", "SET a = 1 REMOVE b", "update", "SET a = 1 REMOVE b" },
    {
      "text with tokens",
      "SET x = 'y'",
      "update",
      "SET #n = :v",
      { ["#n"] = "x" },
      { [":v"] = "y" },
    },
    {
      "text with values",
      "SET a = 1, b = 'x'",
      "update",
      "SET a = ?, b = ?",
      nil,
      nil,
      { n = 2, 1, "x" },
    },
    { "a list", "SET a = 5", "update", { "SET a = ?", 5 } },
    { "a list of tokens", "SET x = 5", "update", { "SET #n = :v", [":v"] = 5, ["#n"] = "x" } },
    {
      "a list and tokens of the request",
      "SET x = 5, y = 6",
      "update",
      { "SET #n = :v, #m = :w", [":v"] = 5, ["#n"] = "x" },
      { ["#m"] = "y", ["#n"] = "theirs" },
      { [":w"] = 6 },
    },
    {
      "a list and values beside it",
      "SET a = 5",
      "update",
      { "SET a = ?" },
      nil,
      nil,
      { n = 1, 5 },
    },
    { "a builder", "SET a = 1", "update", dynamo.update():set("a", 1) },
    { "an action", "REMOVE a", "update", dynamo.RemoveAction { path = "a" } },
    {
      "an UpdateExpression",
      "REMOVE a",
      "update",
      dynamo.UpdateExpression { dynamo.RemoveAction { path = "a" } },
    },
    {
      "a list of actions",
      "REMOVE a, b",
      "update",
      { dynamo.RemoveAction { path = "a" }, dynamo.RemoveAction { path = "b" } },
    },
    { "a condition's text", "a = 1 AND b < 2", "condition", "a = 1 and b < 2" },
    { "a condition's list", "a = 1", "condition", { "a = ?", 1 } },
    { "a condition", "NOT a = 1", "condition", dynamo.negate(attr "a":eq(1)) },
    { "a projection's text", "a, b.c", "projection", "a, b.c" },
    { "a projection's list", "x", "projection", { "#n", ["#n"] = "x" } },
    { "a projection", "a, b.c", "projection", dynamo.projection("a", "b.c") },
    {
      "a key condition's text",
      "pk = 1 AND begins_with(sk, 'x')",
      "key_condition",
      { "pk = ? AND begins_with(sk, ?)", 1, "x" },
    },
    { "a key condition", "pk = 1", "key_condition", attr "pk":eq(1) },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      assert.are.equal(case[2], read(case[3], case[4], case[5], case[6], case[7]))
    end)
  end

  it("lists that hold nil or false", function()
    assert.are.equal("SET a = false", read("update", { "SET a = ?", false }))
    local _, message = expression.update { "SET a = ?, b = ?", nil, 5 }
    assert.is_truthy(message:find("value 1 of 2", 1, true), message)
    _, message = expression.update { "SET a = ?", nil, n = 2 }
    assert.is_truthy(message:find("value 1 of 1", 1, true), message)
  end)
end)

describe("what is no expression is refused:", function()
  local cases = {
    { "update: text or an update such as", "update", 5 },
    { "got nil", "update", nil },
    { "got a table without text at [1]", "update", {} },
    { "got another expression", "update", attr "a":eq(1) },
    { "got another expression", "update", attr "a" },
    { "condition: text or a condition such as", "condition", dynamo.update() },
    { "got another expression", "condition", attr "a" + 1 },
    { "projection: text or a projection such as", "projection", attr "a" },
    {
      "only text has a ? for a value",
      "update",
      dynamo.update():set("a", 1),
      nil,
      nil,
      { n = 1, 5 },
    },
    { "update: column 5: ", "update", "SET" .. " = 1" },
    { ":v is not in values", "update", "SET a = :v" },
    { "no value for this ?", "update", { "SET a = ?" } },
    { "2 values for 1 ?", "update", { "SET a = ?", 1, 2 } },
    {
      "values beside the text and behind it",
      "update",
      { "SET a = ?", 1 },
      nil,
      nil,
      { n = 1, 5 },
    },
    { 'update: "v" is no token', "update", { "SET a = :v", v = 1 } },
    { "values.:w: not used", "update", { "SET a = :v", [":v"] = 1, [":w"] = 1 } },
    { "names.#n: not used", "condition", { "a = 1", ["#n"] = "x" } },
    { "projection: a.b overlaps a", "projection", "a, a.b" },
    { "projection: a overlaps a.b", "projection", dynamo.projection("a.b", "a") },
    { "projection: a[0] takes for a list what a.b takes for a map", "projection", "a.b, a[0]" },
    { "key condition: ", "key_condition", "a < 1" },
    { "key condition: OR cannot", "key_condition", dynamo.any(attr "a":eq(1), attr "b":eq(1)) },
    { "condition: column 3", "key_condition", "a b" },
    { "use dynamo.attr(path):eq(value)", "condition", attr "a" == 3 },
    { "use dynamo.attr(path):eq(value)", "key_condition", attr "a" ~= 3 },
    { "joins conditions", "condition", { attr "a":eq(1), attr "b":eq(2) } },
    { "a list of expressions", "projection", { attr "a" } },
    { "update: [2]: an action such as", "update", { dynamo.RemoveAction { path = "a" }, 5 } },
    {
      "update: a list has no holes",
      "update",
      { dynamo.RemoveAction { path = "a" }, nil, dynamo.RemoveAction { path = "b" } },
    },
    { "update: [1]: an action such as", "update", { dynamo.update():set("a", 1) } },
    {
      "only text has a ? for a value",
      "update",
      { dynamo.RemoveAction { path = "a" } },
      nil,
      nil,
      { n = 1, 5 },
    },
  }
  for i, case in ipairs(cases) do
    it(("case %d: %s"):format(i, case[1]), function()
      local tree, message = expression[case[2]](case[3], case[4], case[5], case[6])
      assert.is_nil(tree)
      assert.is_string(message)
      assert.is_truthy(message:find(case[1], 1, true), message)
    end)
  end

  it("actions whose tokens conflict", function()
    local function set_to(value)
      return dynamo.SetAction { path = "a", value = ":v", values = { [":v"] = value } }
    end
    for _, given in ipairs {
      dynamo.UpdateExpression { set_to(1), set_to(2) },
      { set_to(1), set_to(2) },
    } do
      local tree, message, err = expression.update(given)
      assert.is_nil(tree)
      assert.is_truthy(message:find("conflicting expression values", 1, true))
      assert.are.equal("conflicting_tokens", err.code)
    end
  end)

  it("an update without an action", function()
    for _, given in ipairs {
      dynamo.update(),
      dynamo.UpdateExpression {},
      dynamo.update():merge(dynamo.UpdateExpression {}),
    } do
      local tree, message, err = expression.update(given)
      assert.is_nil(tree)
      assert.are.equal("nothing_to_set", err.code)
      assert.are.equal(
        "expression: there is no action in it; add one, such as :set(path, value)",
        message
      )
    end
    assert(expression.update(dynamo.update():ensure("a")))
  end)
end)

describe("the tokens that occur", function()
  it("are noted, but for an expression's own", function()
    local used = {}
    local names, values = { ["#n"] = "x" }, { [":v"] = 1 }
    assert(expression.update({ "SET #n = :own", [":own"] = 5 }, names, values, nil, used))
    assert.are.same({ ["#n"] = true }, used)
    assert(expression.condition("a = :v", names, values, nil, used))
    assert.are.same({ ["#n"] = true, [":v"] = true }, used)
  end)

  it("leave the user's tables as they are", function()
    local names, values, given = { ["#n"] = "x" }, { [":v"] = 1 }, { "SET #n = :w", [":w"] = 2 }
    assert(expression.update(given, names, values))
    assert.are.same({ ["#n"] = "x" }, names)
    assert.are.same({ [":v"] = 1 }, values)
    assert.are.same({ "SET #n = :w", [":w"] = 2 }, given)
  end)
end)
