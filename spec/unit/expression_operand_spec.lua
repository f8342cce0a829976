-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local operand = require "dynamo.expression.operand"

local attr = dynamo.attr

describe("dynamo.attr", function()
  local cases = {
    { attr "a.b[2].c", "a.b[2].c" },
    { attr "a-b", "`a-b`" },
    { dynamo.path { "a.b", 2, "c" }, "`a.b`[2].c" },
    { attr(dynamo.path { "a.b" }), "`a.b`" },
    { attr "a" + 1, "a + 1" },
    { attr "a" - attr "b", "a - b" },
    { 5 - attr "a", "5 - a" },
    { attr "a" + dynamo.number "1.5", "a + 1.5" },
    { attr "a":or_else(0) + 1, "if_not_exists(a, 0) + 1" },
    { attr "a":or_else(attr "b":or_else("x")), "if_not_exists(a, if_not_exists(b, 'x'))" },
    { attr "l":append { 1 }, "list_append(l, [1])" },
    { attr "l":prepend { 1 }, "list_append([1], l)" },
    { attr "l":append {}, "list_append(l, [])" },
    { attr "l":or_else({ 0 }):append(attr "m"), "list_append(if_not_exists(l, [0]), m)" },
    { attr "a":eq(1), "a = 1" },
    { attr "a":ne(dynamo.null), "a <> null" },
    { attr "a":lt(attr "b"), "a < b" },
    { attr "a":le("x"), "a <= 'x'" },
    { attr "a":ne(false), "a <> false" },
    { attr "a":ge(attr "b":size()), "a >= size(b)" },
    { attr "a":between(1, attr "b"), "a BETWEEN 1 AND b" },
    { attr "a":within { 1, "x", attr "b" }, "a IN (1, 'x', b)" },
    { attr "a":within(dynamo.set { 1, 2 }), "a IN (1, 2)" },
    { attr "a":exists(), "attribute_exists(a)" },
    { attr "a.b":missing(), "attribute_not_exists(a.b)" },
    { attr "a":type "SS", "attribute_type(a, 'SS')" },
    { attr "a":begins_with "x", "begins_with(a, 'x')" },
    { attr "a":contains(attr "b"), "contains(a, b)" },
    { attr "a":size(), "size(a)" },
    { attr "a":size():gt(3), "size(a) > 3" },
    { attr "a":size():between(1, 3), "size(a) BETWEEN 1 AND 3" },
    { attr "a":size():within { 1, 3 }, "size(a) IN (1, 3)" },
  }
  for _, case in ipairs(cases) do
    it("makes " .. case[2], function()
      assert.are.equal(case[2], tostring(case[1]))
    end)
  end

  it("gives objects that nobody can change, and the encoder refuses", function()
    for _, object in ipairs { attr "a", attr "a":eq(1), attr "a" + 1, attr "a":size() } do
      assert.are.equal("dynamo.expression", getmetatable(object))
      assert.has_error(function()
        object.x = 1
      end)
      assert.has_error(function()
        setmetatable(object, {})
      end)
      assert.is_nil((dynamo.encode(object)))
    end
  end)

  it("keeps the caller's list as it is", function()
    local list, values = {}, { 1, 2 }
    attr "a":append(list)
    local condition = attr "a":within(values)
    values[1] = 9
    assert.is_false(dynamo.is_list(list))
    assert.are.equal("a IN (1, 2)", tostring(condition))
  end)
end)

describe("operand.tree_of", function()
  it("is an object's tree, or a value as a node", function()
    assert.are.same({ kind = "path", "a", 0 }, operand.tree_of(attr "a[0]"))
    assert.are.same({ kind = "value", value = 5 }, operand.tree_of(5))
    assert.are.same(
      { kind = "value", value = { kind = "path" } },
      operand.tree_of { kind = "path" }
    )
    assert.are.same({ kind = "value" }, operand.tree_of(nil))
  end)
end)

describe("misuse of an operand raises at its line", function()
  local a = attr "a"
  local cases = {
    {
      function()
        attr()
      end,
      "dynamo.attr: a path expected",
    },
    {
      function()
        attr(a:eq(1))
      end,
      "got another expression",
    },
    {
      function()
        attr "a..b"
      end,
      'expected a name after "."',
    },
    {
      function()
        attr "#a"
      end,
      "#a",
    },
    {
      function()
        dynamo.path "a"
      end,
      "dynamo.path: a list of names and indexes expected",
    },
    {
      function()
        dynamo.path { 1 }
      end,
      "dynamo.path: segment 1: an attribute name expected",
    },
    {
      function()
        dynamo.path {}
      end,
      "dynamo.path: segment 1",
    },
    {
      function()
        a.eq(5)
      end,
      "use attr:eq(...), with a colon",
    },
    {
      function()
        a:equals(5)
      end,
      'no method or field "equals"; here it is :eq(value)',
    },
    {
      function()
        a:not_exists()
      end,
      "here it is :missing()",
    },
    {
      function()
        a:attribute_not_exists()
      end,
      "here it is :missing()",
    },
    {
      function()
        a:NotExists()
      end,
      "here it is :missing()",
    },
    {
      function()
        a:is_null()
      end,
      'here it is :type "NULL", or :missing()',
    },
    {
      function()
        a:isnull()
      end,
      'here it is :type "NULL", or :missing()',
    },
    {
      function()
        a:is_in { 1 }
      end,
      "here it is :within { values }",
    },
    {
      function()
        a:lte(1)
      end,
      "here it is :le(value)",
    },
    {
      function()
        a:starts_with "x"
      end,
      "here it is :begins_with(prefix)",
    },
    {
      function()
        a:if_not_exists(0)
      end,
      "here it is :or_else(default)",
    },
    {
      function()
        return a == attr "b"
      end,
      "== compares in Lua, here and now; a",
    },
    {
      function()
        return a < attr "b"
      end,
      "a condition is attr:lt(value) or :gt(value)",
    },
    {
      function()
        return a:size() <= attr "b":size()
      end,
      "attr:le(value) or :ge(value)",
    },
    {
      function()
        return a:or_else(1) == attr "b":or_else(1)
      end,
      "attr:eq(value)",
    },
    {
      function()
        a:begin_with "x"
      end,
      'did you mean "begins_with"?',
    },
    {
      function()
        a:size():exists()
      end,
      'a size has no method or field "exists"',
    },
    {
      function()
        a:eq()
      end,
      "dynamo.attr:eq: a value expected, got nil",
    },
    {
      function()
        a:between(1)
      end,
      "dynamo.attr:between: a value expected, got nil",
    },
    {
      function()
        a:eq(a + 1)
      end,
      "one of them, in no function or condition",
    },
    {
      function()
        a:eq(a:or_else(1))
      end,
      "belong in an update, not a condition",
    },
    {
      function()
        a:eq(a:eq(1))
      end,
      "a value or an operand expected, got another expression",
    },
    {
      function()
        a:within(1)
      end,
      "within { 1, 2 }",
    },
    {
      function()
        a:within(a)
      end,
      "within { 1, 2 }",
    },
    {
      function()
        a:type "string"
      end,
      "attribute_type takes one of",
    },
    {
      function()
        a:type "s"
      end,
      'did you mean "S"?',
    },
    {
      function()
        a:begins_with()
      end,
      "dynamo.attr:begins_with: a value expected",
    },
    {
      function()
        a:contains()
      end,
      "dynamo.attr:contains: a value expected",
    },
    {
      function()
        a:or_else()
      end,
      "dynamo.attr:or_else: a value expected",
    },
    {
      function()
        a:or_else(a + 1)
      end,
      "in no function",
    },
    {
      function()
        a:append "x"
      end,
      "a list expected, got string; write { value }",
    },
    {
      function()
        a:append { x = 1 }
      end,
      "a list expected, got a map; write { map }",
    },
    {
      function()
        a:append(dynamo.set { 1 })
      end,
      "a list expected, got a set",
    },
    {
      function()
        a:prepend(a:size())
      end,
      "size belongs in a condition",
    },
    {
      function()
        local _ = a + 1 + 2
      end,
      "+ and - can be the whole value of a SET only",
    },
    {
      function()
        local _ = a + "1"
      end,
      "a number or dynamo.attr(path) expected, got string",
    },
    {
      function()
        local _ = nil - a
      end,
      "got nil",
    },
    {
      function()
        local _ = a - a:eq(1)
      end,
      "got another expression",
    },
    {
      function()
        local _ = a:size() + 1
      end,
      "arithmetic",
    },
    {
      function()
        a:gt(false)
      end,
      'attr:gt: ">" takes strings, numbers and binaries, not a bool',
    },
    {
      function()
        a:size():le {}
      end,
      '"<=" takes strings, numbers and binaries, not a map',
    },
    {
      function()
        a:eq(attr "a")
      end,
      "two different attributes, and both of these are a",
    },
    {
      function()
        a:contains(a)
      end,
      "attr:contains: contains takes two different attributes",
    },
    {
      function()
        a:begins_with(5)
      end,
      "a string or a binary, not a number",
    },
    {
      function()
        a:begins_with(a:size())
      end,
      "a string or a binary, not a number",
    },
    {
      function()
        a:between(1, "x")
      end,
      "of one type, not a number and a string",
    },
    {
      function()
        a:between(dynamo.null, 1)
      end,
      "attr:between: BETWEEN takes",
    },
    {
      function()
        local _ = a:append { 1 } + 1
      end,
      '"+" takes numbers, not a list',
    },
    {
      function()
        a:within { 1, nil, 3 }
      end,
      "a list has no holes",
    },
    {
      function()
        a:within { 1, x = 2 }
      end,
      "this one has beside its elements [x]",
    },
    {
      function()
        a:eq(1, 2)
      end,
      "dynamo.attr:eq: one argument too many, a number",
    },
    {
      function()
        a:missing(1)
      end,
      "dynamo.attr:missing: one argument too many",
    },
    {
      function()
        a:between(1, 2, 3)
      end,
      "dynamo.attr:between: one argument too many",
    },
    {
      function()
        a:size(1)
      end,
      "dynamo.attr:size: one argument too many",
    },
    {
      function()
        attr("a", "b")
      end,
      "dynamo.attr: one argument too many, a string",
    },
    {
      function()
        dynamo.path({ "a" }, "b")
      end,
      "dynamo.path: one argument too many",
    },
  }
  for i, case in ipairs(cases) do
    it(("case %d: %s"):format(i, case[2]), function()
      local done, message = pcall(case[1])
      assert.is_false(done)
      assert.are.equal(1, (message:find("[^\n]-expression_operand_spec.lua:%d+: ")), message)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end)
  end
end)
