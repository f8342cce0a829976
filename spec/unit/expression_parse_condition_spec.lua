-- SPDX-License-Identifier: MIT
local parse = require "dynamo.expression.parse"
local refuses = require "support.refuses"

local function p(...)
  return { kind = "path", ... }
end
local function v(value)
  return { kind = "value", value = value }
end

describe("a condition's text", function()
  local function tree(text)
    return assert(parse.condition(text)).tree
  end
  local function eq(name, value)
    return { kind = "compare", op = "=", left = p(name), right = v(value) }
  end

  it("binds AND tighter than OR, NOT tighter than both", function()
    assert.are.same({
      kind = "or",
      eq("a", 1),
      { kind = "and", eq("b", 2), { kind = "not", eq("c", 3) }, eq("d", 4) },
      eq("e", 5),
    }, tree "a = 1 OR b = 2 and Not c = 3 AND d = 4 OR e = 5")
  end)

  it("keeps its parentheses", function()
    local inner = { kind = "or", eq("a", 1), eq("b", 2) }
    assert.are.same({ kind = "and", inner, eq("c", 3) }, tree "(a = 1 OR b = 2) AND ((c = 3))")
    assert.are.same({ kind = "not", inner }, tree "NOT (a = 1 OR b = 2)")
    assert.are.same(
      { kind = "and", { kind = "and", eq("a", 1), eq("b", 2) }, eq("c", 3) },
      tree "(a = 1 AND b = 2) AND c = 3"
    )
  end)

  for _, op in ipairs { "=", "<>", "<", "<=", ">", ">=" } do
    it("compares by " .. op, function()
      local size = { kind = "size", p("a", "b") }
      assert.are.same(
        { kind = "compare", op = op, left = size, right = p "c" },
        tree("size(a.b)" .. op .. "c")
      )
    end)
  end

  it("has BETWEEN, IN and functions", function()
    assert.are.same(
      {
        kind = "and",
        { kind = "between", subject = p "a", low = v(1), high = v(2) },
        { kind = "in", subject = p "b", list = { v "x", p "c", { kind = "token", name = ":d" } } },
        { kind = "test", name = "attribute_exists", p "e" },
        { kind = "test", name = "attribute_not_exists", p "e" },
        { kind = "test", name = "attribute_type", p "e", v "S" },
        { kind = "test", name = "begins_with", p "e", v "x" },
        { kind = "test", name = "contains", p "e", p "f" },
      },
      tree(
        "a between 1 and 2 AND b IN ('x', c, :d) AND attribute_exists(e) AND "
          .. "attribute_not_exists (e) AND attribute_type(e, 'S') AND begins_with(e, 'x') AND "
          .. "contains(e, f)"
      )
    )
  end)

  it("takes parentheses around operands", function()
    assert.are.same(eq("a", 1), tree "((a)) = (1)")
    assert.are.same({ kind = "in", subject = p "a", list = { v(1) } }, tree "(a) IN ((1))")
    assert.are.same(eq("a", 1), tree "(((a) = 1))")
  end)

  it("knows names that are keywords elsewhere", function()
    assert.are.same(eq("set", 1), tree "set = 1")
    assert.are.same(eq("size", 1), tree "size = 1")
    assert.are.same(p("a", "and"), tree("a.and = 1").left)
  end)

  it("may be long", function()
    assert.are.equal(5000, #tree(("a = 1 AND "):rep(4999) .. "a = 1"))
  end)

  refuses("condition", "", "column 1: expected a path, a value or a function, got the end")
  refuses("condition", "a", "column 2: expected a comparison", "got the end")
  refuses("condition", "a AND b = 1", "column 3: expected a comparison", 'got "AND"')
  refuses("condition", "a = 1 AND", "column 10: expected a path, a value or a function")
  refuses("condition", "a = 1 b = 2", 'column 7: expected AND, OR or the end, got "b"')
  refuses("condition", "a = 1 = 2", 'column 7: expected AND, OR or the end, got "="')
  refuses("condition", "a != 1", 'column 3: "!=" means nothing here; use "<>"')
  refuses("condition", "a = 1 && b = 2", 'column 7: "&&" means nothing here; use AND')
  refuses("condition", "and = 1", "column 1", "needs back-quotes: `and`")
  refuses("condition", "NOT = 1", "column 5", 'an attribute named "NOT" needs back-quotes: `NOT`')
  refuses("condition", "user-id = 1", "column 5", 'a name with "-" in it needs back-quotes')
  refuses("condition", "a + 1 > 2", "column 3: a condition knows no arithmetic")
  refuses("condition", "a BETWEEN 1 OR 2", "column 13: expected AND and the upper end of BETWEEN")
  refuses("condition", "a IN ()", "column 7: expected a path, a value or a function")
  refuses("condition", "a IN ?", 'column 6: expected "(" after IN, got "?"')
  refuses("condition", "Size(a) > 1", 'column 1: unknown function "Size", did you mean "size"?')
  refuses("condition", "attribute_exist(a)", 'did you mean "attribute_exists"?')
  refuses("condition", "attribute_exists('a')", "column 18: argument 1", "must be a path")
  refuses("condition", "begins_with(a)", "takes 2 arguments, (path, operand), got 1")
  refuses("condition", "size(a, b) = 1", "size takes 1 argument, (path), got 2")
  refuses("condition", "attribute_type(a, b)", "column 19: argument 2", "must be a value")
  refuses("condition", "attribute_type(a, 'STRING')", "column 19: attribute_type takes one of")
  refuses("condition", "if_not_exists(a, 1) = 1", "column 1: if_not_exists belongs in the SET")
  refuses("condition", "a = contains(b, 1)", "column 5: contains is true or false by itself")
  refuses("condition", "contains(b, 1) = true", "column 16: contains is true or false by itself")
  refuses("condition", "(a = 1", 'column 1: this "(" has no closing ")"')
  refuses("condition", "(a = 1, b)", 'column 7: expected ")" to close the "(", got ","')
  refuses(
    "condition",
    ("("):rep(10000) .. "a = 1" .. (")"):rep(10000),
    "column 101: nested more than 100 levels deep"
  )
  refuses("condition", ("("):rep(10000) .. "a" .. (")"):rep(10000) .. " = 1", "nested more than")
  refuses("condition", ("NOT "):rep(10000) .. "a = 1", "nested more than 100 levels deep")
end)
