-- SPDX-License-Identifier: MIT
-- What the service refuses whatever item it meets: in texts, in what fills them, in builders (see
-- expression_operand_spec).
local dynamo = require "dynamo"
local compile = require "dynamo.expression.compile"
local expression = require "dynamo.expression"
local refuses = require "support.refuses"

describe("an update's text", function()
  refuses("update", "ADD a 'text'", "column 7: ADD takes a number or a set", "not a string")
  refuses("update", "ADD a [1]", "column 7: ADD takes", "not a list")
  refuses("update", "ADD a [?]", "column 7: ADD takes", "not a list")
  refuses("update", "ADD a {x: ?}", "column 7: ADD takes", "not a map")
  refuses("update", "ADD b 1, a null", "column 12: ADD takes", "not null")
  refuses("update", "DELETE a 5", "column 10: DELETE takes a set", "not a number")
  refuses("update", "SET a = list_append(a, 'x')", "column 24: list_append takes lists")
  refuses("update", "SET a = list_append({}, a)", "column 21: list_append takes lists", "a map")
  refuses("update", "SET a = if_not_exists(a, list_append(b, 5))", "column 41: list_append takes")
  refuses("update", "SET a = b + 'x'", 'column 13: "+" takes numbers, not a string')
  refuses("update", "SET a = true - b", 'column 9: "-" takes numbers, not a boolean')
  refuses("update", "SET a = (list_append(a, b)) + 1", 'column 9: "+" takes numbers, not a list')
end)

describe("a condition's text", function()
  refuses("condition", "a = a", 'column 5: "=" takes two different attributes', "these are a")
  refuses("condition", "a.b[1] <> a.b[1]", "column 11:", "both of these are a.b[1]")
  refuses("condition", "contains(a, a)", "column 13: contains takes two different attributes")
  refuses("condition", "begins_with(a, a)", "column 16: begins_with takes two different")
  refuses("condition", "begins_with(a, 5)", "column 16: begins_with takes a string or a binary")
  refuses("condition", "begins_with(a, size(b))", "column 16: begins_with takes", "not a number")
  refuses("condition", "attribute_type(a, 'X')", "column 19: attribute_type takes one of")
  refuses("condition", "attribute_type(a, 5)", "column 19: attribute_type takes one of")
  refuses("condition", "a < true", 'column 5: "<" takes strings, numbers and binaries, not a bool')
  refuses("condition", "NOT (b = 1 OR null >= a)", 'column 15: ">=" takes strings', "not null")
  refuses("condition", "a BETWEEN 5 AND 1", "column 11: the lower end of BETWEEN is above")
  refuses("condition", "a BETWEEN 'b' AND 'a'", "column 11: the lower end of BETWEEN is above")
  refuses("condition", "a BETWEEN 'ab' AND 'a'", "column 11: the lower end of BETWEEN is above")
  refuses("condition", "a BETWEEN 1 AND 'x'", "column 17:", "of one type, not a number and a str")
  refuses("condition", "a BETWEEN [1] AND [2]", "column 11: BETWEEN takes strings, numbers")
  refuses("condition", "true BETWEEN a AND b", "column 1: BETWEEN takes strings, numbers")
end)

describe("what the service takes", function()
  local TAKEN = {
    update = {
      "ADD a 5",
      "SET a = list_append([], [1])",
      "SET a = if_not_exists(a, 'x') + 1",
      "SET a = a",
      "SET a = if_not_exists(a, a)",
    },
    condition = {
      "a = true",
      "a <> null",
      "a = [1]",
      "a < 'x'",
      "a BETWEEN 1 AND 1",
      "a BETWEEN -1 AND 1e2",
      "a BETWEEN 'a' AND 'ab'",
      "a BETWEEN b AND 1",
      "size(a) > size(b)",
      "a[0] = a[1]",
      "size(a) = size(a)",
      "contains(a, [1])",
      "attribute_type(a, 'BOOL')",
      "a.b = b.a",
      "a BETWEEN 9.9 AND 10",
    },
  }
  for kind, texts in pairs(TAKEN) do
    for _, text in ipairs(texts) do
      it("is taken: " .. text, function()
        assert(expression[kind](text))
      end)
    end
  end
end)

describe("a filling that the service refuses", function()
  local cases = {
    { "update", "ADD a ?", { "5" }, "arguments[1]", "column 7: ADD takes a number or a set" },
    {
      "update",
      "SET z = ?, a = list_append(a, ?)",
      { 1, {} },
      "arguments[2]",
      "column 31: list_append takes lists (dynamo.list {} is an empty one), not a map",
    },
    {
      "update",
      "SET a = a + :v, b = :w",
      { [":w"] = 1, [":v"] = "1" },
      "values.:v",
      'column 13: "+" takes numbers, not a string',
    },
    { "update", "DELETE t ?", { { "x" } }, "arguments[1]", "DELETE takes a set" },
    { "condition", "#a = #b", { ["#a"] = "x", ["#b"] = "x" }, "names.#b", "both of these are x" },
    { "condition", "#a = x", { ["#a"] = "x" }, "names.#a", "both of these are x" },
    { "condition", "#q.a < #q.b", { ["#q"] = "x" }, nil, nil },
    { "condition", "a BETWEEN ? AND ?", { 5, 1 }, "arguments[1]", "the lower end of BETWEEN" },
    {
      "condition",
      "#q BETWEEN 5 AND ?",
      { 1, ["#q"] = "x" },
      "arguments[1]",
      "column 18: the lower end",
    },
    {
      "condition",
      "a BETWEEN ? AND ?",
      { dynamo.number "1E+2", dynamo.number "99" },
      "arguments[1]",
      "the lower end",
    },
    {
      "condition",
      "a BETWEEN ? AND ?",
      { dynamo.binary "b", dynamo.binary "a" },
      "arguments[1]",
      "the lower end",
    },
    {
      "condition",
      "a BETWEEN ? AND ?",
      { dynamo.binary "a", "b" },
      "arguments[2]",
      "of one type, not a binary and a string",
    },
    { "condition", "b = ? AND a < ?", { 1, dynamo.null }, "arguments[2]", "not null" },
    { "condition", "attribute_type(a, ?)", { "s" }, "arguments[1]", 'did you mean "S"?' },
    { "condition", "begins_with(a, ?)", { 5 }, "arguments[1]", "a string or a binary" },
  }
  for _, case in ipairs(cases) do
    local kind, text, own, place, words = case[1], case[2], case[3], case[4], case[5]
    it(("in %s: %s"):format(text, words or "none"), function()
      local names, values, arguments = {}, {}, { n = #own }
      for key, value in pairs(own) do
        local map = type(key) == "number" and arguments or key:sub(1, 1) == "#" and names or values
        map[key] = value
      end
      local tree, message, path = expression[kind](text, names, values, arguments)
      if not words then return assert(tree, message) end
      assert.is_nil(tree)
      assert.are.equal(place, path)
      assert.is_truthy(message:find(words, 1, true), message)
    end)
  end

  it("is none of a binary prefix, an equal range, a set to delete", function()
    assert(expression.condition { "begins_with(a, ?)", dynamo.binary "x" })
    assert(expression.condition { "a BETWEEN ? AND ?", 5, dynamo.number "5.0" })
    assert(expression.update { "DELETE t ?", dynamo.set { "x" } })
    assert(expression.update { "SET l = list_append(l, ?)", dynamo.list {} })
    assert(expression.update { "SET l = list_append(l, ?)", { 1 } })
  end)

  it("is left to the encoder if no item can hold it", function()
    assert(expression.update { "ADD a ?", print })
    assert(expression.condition { "a BETWEEN ? AND ?", print, 1 })
    assert(expression.condition { "a < ?", 0 / 0 })
  end)

  it("does not come back in the next use of the text", function()
    assert.is_nil((expression.update { "ADD a ?", "5" }))
    assert(expression.update { "ADD a ?", 5 })
  end)
end)

describe("a builder's range that ends before it begins", function()
  it("is an error when it is sent", function()
    local condition = dynamo.negate(dynamo.attr "a":between(5, 1))
    local text, message, err =
      compile.condition(assert(expression.condition(condition)), compile.space())
    assert.is_nil(text)
    assert.are.equal("condition: the lower end of BETWEEN is above its upper end", message)
    assert.are.equal("between_operands", err.code)
  end)

  it("does not spoil the space for the next", function()
    local space = compile.space()
    compile.condition(expression.condition(dynamo.attr "a":between(5, 1)), space)
    assert(compile.condition(expression.condition(dynamo.attr "a":between(1, 5)), space))
  end)
end)
