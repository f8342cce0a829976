-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local parse = require "dynamo.expression.parse"
local refuses = require "support.refuses"

local function p(...)
  return { kind = "path", ... }
end
local function v(value)
  return { kind = "value", value = value }
end

describe("an update's text", function()
  local function tree(text)
    return assert(parse.update(text)).tree
  end

  it("has its clauses in any order and case", function()
    assert.are.same({
      kind = "update",
      set = { { path = p "a", operand = v(1) }, { path = p("b", "c", 0), operand = p "d" } },
      remove = { { path = p "e" }, { path = p("f", 1) } },
      add = { { path = p "g", operand = v(-5) } },
      delete = { { path = p "h", operand = { kind = "token", name = ":h" } } },
    }, tree "delete h :h ADD g -5 Remove e, f[1]\n\tset a=1, b.c[0] = d")
  end)

  it("has operands", function()
    local set = tree(
      "SET a = if_not_exists(a, 0) + 1, b = (b - -1.5), "
        .. "c = list_append(list_append(c, [1]), :v)"
    ).set
    local call = { kind = "call", name = "if_not_exists", p "a", v(0) }
    assert.are.same({ kind = "arith", op = "+", left = call, right = v(1) }, set[1].operand)
    assert.are.same({ kind = "arith", op = "-", left = p "b", right = v(-1.5) }, set[2].operand)
    assert.are.same({
      kind = "call",
      name = "list_append",
      { kind = "call", name = "list_append", p "c", v { 1 } },
      { kind = "token", name = ":v" },
    }, set[3].operand)
  end)

  it("subtracts where a name might have had a dash", function()
    assert.are.same(
      { kind = "arith", op = "-", left = p "b", right = p "c" },
      tree("SET a = b-c").set[1].operand
    )
    assert.are.same(
      { kind = "arith", op = "-", left = p "b", right = v(1) },
      tree("SET a = b -1").set[1].operand
    )
  end)

  local literals = {
    { "'it''s'", "it's" },
    { '"say ""so"""', 'say "so"' },
    { "''", "" },
    { "'\0'", "\0" },
    { "-12.5", -12.5 },
    { "1e3", 1000 },
    { "25E-1", 2.5 },
    { "007", 7 },
    { "true", true },
    { "False", false },
    { "NULL", dynamo.null },
    { "[]", dynamo.list {} },
    { "{}", {} },
    {
      "[1, 'a', [true], {b: null}]",
      dynamo.list { 1, "a", dynamo.list { true }, { b = dynamo.null } },
    },
    {
      "{a:1,'b c':2,\"d\":3,`e``f`:4,set:5,kind:6}",
      { a = 1, ["b c"] = 2, d = 3, ["e`f"] = 4, set = 5, kind = 6 },
    },
  }
  for _, case in ipairs(literals) do
    it("has the literal " .. case[1]:gsub("%c", "."), function()
      local node = tree("SET a = " .. case[1]).set[1].operand
      assert.are.same(v(case[2]), node)
      assert.are.equal(dynamo.encode(case[2]), dynamo.encode(node.value))
    end)
  end

  it("keeps every digit", function()
    local digits = "12345678901234567890.123456789"
    local value = tree("SET a = -" .. digits).set[1].operand.value
    assert.is_true(dynamo.is_number(value))
    assert.are.equal("-" .. digits, tostring(value))
  end)

  it("knows keywords as names where they can be nothing else", function()
    assert.are.same(p("a", "set", "REMOVE"), tree("SET a.set.REMOVE = and").set[1].path)
    assert.are.same(p "and", tree("SET a = and").set[1].operand)
    assert.are.same(p "set", tree("SET `set` = 1").set[1].path)
    assert.are.same(p "size", tree("SET size = 1").set[1].path)
  end)

  refuses("update", "", "column 1: expected SET, REMOVE, ADD or DELETE, got the end")
  refuses("update", "UPSERT a = 1", 'column 1: expected SET, REMOVE, ADD or DELETE, got "UPSERT"')
  refuses("update", "REMOV a", 'did you mean "REMOVE"?')
  refuses("update", "SET", "column 4: expected a path after SET, got the end")
  refuses("update", "SET REMOVE a", 'column 5: expected a path after SET, got "REMOVE"', "`REMOVE`")
  refuses("update", "SET a = 1,", 'column 11: expected a path after ",", got the end')
  refuses("update", "SET a = 1, REMOVE b", 'column 12: expected a path after ","')
  refuses("update", "SET a = 1 b = 2", 'column 11: expected ",", another clause or the end')
  refuses("update", "SET a = 1 REMOVE b set c = 2", "column 20: a second SET", "column 1")
  refuses("update", "SET set = 1", "column 5", "needs back-quotes: `set`")
  refuses("update", "SET = 1", 'an attribute named "SET" needs back-quotes')
  refuses("update", "SET a = delete", "column 9", "needs back-quotes: `delete`")
  refuses("update", "SET 1st = 1", "column 5", "needs back-quotes: `1st`")
  refuses("update", "SET user-id = 1", "column 9", 'a name with "-" in it needs back-quotes')
  refuses("update", "SET a == 1", 'column 7: "==" means nothing here; use "="')
  refuses("update", "SET a += 1", 'column 7: expected "=" after the path, got "+"')
  refuses("update", "SET a = ", "column 9: expected a path, a value or a function, got the end")
  refuses("update", "SET a = b + c - d", 'column 15: a second "-"', 'one "+" or "-" for each')
  refuses("update", "SET a = (b + c) - d", 'column 17: a second "-"')
  refuses("update", "SET a = b - (c + d)", 'column 11: a second "-"')
  refuses("update", "SET a = b * 2", 'column 11: "*" means nothing here')
  refuses("update", "SET a = if_not_exists(b + 1, 0)", 'column 25: no "+" within a function')
  refuses(
    "update",
    "SET a = if_not_exist(a, 0)",
    'column 9: unknown function "if_not_exist"',
    'did you mean "if_not_exists"?'
  )
  refuses("update", "SET a = If_Not_Exists(a, 0)", 'did you mean "if_not_exists"?')
  refuses(
    "update",
    "SET a = if_not_exists(a)",
    "column 9",
    "takes 2 arguments, (path, operand), got 1"
  )
  refuses("update", "SET a = list_append()", "takes 2 arguments, (operand, operand), got 0")
  refuses("update", "SET a = if_not_exists(1, a)", "column 23: argument 1", "must be a path")
  refuses("update", "SET a = list_append(a, [1],)", "column 28: expected a path, a value")
  refuses("update", "SET a = size(b)", "column 9: size belongs in a condition")
  refuses("update", "SET a = contains(b, 1)", "contains belongs in a condition")
  refuses("update", "ADD a", "column 6: expected a value after the path")
  refuses("update", "ADD a = 1", "column 7: expected a value after the path (ADD path value")
  refuses("update", "ADD a b", "column 7: expected a value after the path")
  refuses("update", "DELETE a if_not_exists(b, 1)", "column 10: expected a value after the path")
  refuses("update", "REMOVE a = 1", 'column 10: expected ",", another clause or the end, got "="')
  refuses("update", "SET a = [b]", "column 10: expected a value in the list")
  refuses("update", "SET a = [1,]", "column 12: expected a value in the list")
  refuses("update", "SET a = [1 2]", 'column 12: expected "," between the elements')
  refuses("update", "SET a = {1: 2}", "column 10: expected a name in the map")
  refuses("update", "SET a = {b = 2}", 'column 12: expected ":" after the name')
  refuses("update", "SET a = {b: 1, 'b': 2}", "column 16: 'b' is in the map twice")
  refuses("update", "SET a = {'': 1}", "column 10: an attribute name has at least one character")
  refuses("update", "SET a = 1e999", 'column 9: "1e999" is no DynamoDB number')
  refuses("update", "SET a = " .. ("1"):rep(39), "column 9", "38 digits")
  refuses("update", "SET a = # = 1", 'column 9: a name must follow "#" at once')
  refuses("update", "SET a = :", 'column 9: expected a path, a value or a function, got ":"')
  refuses("update", "SET a = 'x", "column 9: this ' has no closing '")
  refuses("update", 'SET a = "x""', 'column 9: this " has no closing "')
  refuses("update", "SET `a = 1", "column 5: this ` has no closing `")
  refuses("update", "SET a = (1", 'column 9: this "(" has no closing ")"')
  refuses("update", "SET a = 1)", 'column 10: this ")" closes nothing')
  refuses("update", "SET a = [1}", 'column 11: expected "]", got "}"')
  refuses("update", "SET a\0 = 1", "column 6: a NUL byte can stand in quotes only")
  refuses("update", "SET a = \1", 'column 9: "\\1" means nothing here')
  refuses("update", "SET a = 1; SET b = 2", 'column 10: ";" means nothing here; actions are parted')
  refuses("update", "SET a = ‘x’", "column 9: a typographic quote or blank")
  refuses(
    "update",
    "SET a = " .. ("("):rep(10000) .. "1" .. (")"):rep(10000),
    "column 109: nested more than 100 levels deep"
  )
  refuses("update", "SET a = " .. ("["):rep(10000) .. ("]"):rep(10000), "column 109: nested more")
  refuses("update", "SET a = " .. ("{a:"):rep(10000) .. "1" .. ("}"):rep(10000), "nested more")
  refuses(
    "update",
    "SET a = " .. ("if_not_exists(a, "):rep(10000) .. "1" .. (")"):rep(10000),
    "nested more"
  )
  refuses("update", "SET a = " .. ("("):rep(10000), "has no closing")
end)
