-- SPDX-License-Identifier: MIT
local path = require "dynamo.expression.path"
local random_expression = require "support.random_expression"
local random_value = require "support.random_value"

local function p(...)
  return { kind = "path", ... }
end

describe("a path's text", function()
  local good = {
    { "a", p "a" },
    { "a.b[2].c", p("a", "b", 2, "c") },
    { " a . b ", p("a", "b") },
    { "a[0][10]", p("a", 0, 10) },
    { "`a.b`.`c``d`", p("a.b", "c`d") },
    { "user-id", p "user-id" },
    { "a.x-1[3]", p("a", "x-1", 3) },
    { "größe.漢字", p("größe", "漢字") },
    { "set.AND.true", p("set", "AND", "true") },
    { "`1st`", p "1st" },
    { "`a\0b`", p "a\0b" },
  }
  for _, case in ipairs(good) do
    it(("reads %q"):format(case[1]), function()
      assert.are.same(case[2], assert(path.parse(case[1])))
    end)
  end

  local bad = {
    { "", "column 1: expected an attribute name, got the end" },
    { "a.", 'column 3: expected a name after ".", got the end' },
    { "a..b", "column 3" },
    { "[0]", 'column 1: expected an attribute name, got "["' },
    { "a [0]", "an index follows its list without a blank" },
    { "a[-1]", 'column 3: expected a list index (0, 1, 2, ...), got "-"' },
    { "a[1.5]", "expected a list index" },
    { "a[b]", "expected a list index" },
    { "a[99999999999]", "no list is as long" },
    { "a[0", 'column 2: this "[" has no closing "]"' },
    { "a.1st", "needs back-quotes: `1st`" },
    { "a.5", "needs back-quotes: `5`" },
    { "``", "at least one character" },
    { "`a", "column 1: this ` has no closing `" },
    { "a b", 'column 3: expected ".", "[" or the end, got "b"' },
    { "a\0b", "column 2: a NUL byte can stand in quotes only" },
    { "#n.a", '"#n" is a token' },
    { "a = 1", 'got "="' },
  }
  for _, case in ipairs(bad) do
    it(("refuses %q"):format(case[1]), function()
      local got, message, more = path.parse(case[1])
      assert.is_nil(got)
      assert.is_nil(more)
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("must be a string", function()
    assert.has_error(function()
      path.parse(5)
    end, "dynamo.path: a path must be a string, not a number")
  end)
end)

describe("a path of segments", function()
  it("takes names as they are", function()
    assert.are.same(p("a.b", 2, "c[0]", "`"), path.literal { "a.b", 2, "c[0]", "`" })
  end)

  local bad = {
    { {}, "path: segment 1: an attribute name expected, got nothing" },
    { { 1 }, "path: segment 1: an attribute name expected, got a number" },
    { { "" }, "path: segment 1: an attribute name expected, got an empty string" },
    { { "a", -1 }, "path: segment 2: a list index is 0, 1, 2, ..., not -1" },
    { { "a", 0.5 }, "path: segment 2: a list index is 0, 1, 2, ..., not 0.5" },
    { { "a", 0 / 0 }, "path: segment 2: a list index" },
    { { "a", 1 / 0 }, "path: segment 2: a list index" },
    { { "a", true }, "segment 2: an attribute name or a list index expected, got a boolean" },
    { { "a", nil, "b" }, "segment 2: an attribute name or a list index expected, got nothing" },
    { { "a", x = 1 }, "segment 2: an attribute name or a list index expected, got nothing" },
  }
  for i, case in ipairs(bad) do
    it("is refused, case " .. i, function()
      local got, message = path.literal(case[1])
      assert.is_nil(got)
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("must be a table", function()
    assert.has_error(function()
      path.literal "a"
    end, "dynamo.path: a list of segments expected, got a string")
  end)
end)

describe("two paths", function()
  local cases = {
    { p "a", p "a", true, true },
    { p "a", p "b", false, false },
    { p "a", p("a", "b"), true, false },
    { p("a", "b"), p("a", "c"), false, false },
    { p("a", 0), p("a", 1), false, false },
    { p("a", 0), p("a", 0, "b"), true, false },
    { p "a.b", p("a", "b"), false, false },
    { p("a", "0"), p("a", 0), false, false },
    { p "ab", p "a", false, false },
  }
  for _, case in ipairs(cases) do
    local a, b, overlap, equal = case[1], case[2], case[3], case[4]
    it(("%s and %s"):format(path.show(a), path.show(b)), function()
      assert.are.equal(overlap, path.overlap(a, b))
      assert.are.equal(overlap, path.overlap(b, a))
      assert.are.equal(equal, path.equal(a, b))
      assert.are.equal(equal, path.equal(b, a))
    end)
  end

  it("clashes with one that it overlaps, or that takes its map for a list", function()
    assert.is_true(path.clash(p "a", p("a", "b")))
    assert.is_true(path.clash(p("a", "b"), p("a", 0)))
    assert.is_true(path.clash(p("a", 0, "c"), p("a", "0")))
    assert.is_false(path.clash(p("a", "b"), p("a", "c", 0)))
    assert.is_false(path.clash(p("a", 0), p("a", 1, "b")))
  end)
end)

describe("a shown path", function()
  local cases = {
    { p("a", "b", 2, "_c1"), "a.b[2]._c1" },
    { p("a.b", "c d"), "`a.b`.`c d`" },
    { p "a-b", "`a-b`" },
    { p "1st", "`1st`" },
    { p "x`y", "`x``y`" },
    { p("a", "set", "True"), "a.`set`.`True`" },
    { p "größe", "größe" },
    { p "a\194\160b", "`a\194\160b`" },
  }
  for _, case in ipairs(cases) do
    it("is " .. case[2], function()
      assert.are.equal(case[2], path.show(case[1]))
    end)
  end

  it("is read back to the same path", function()
    local random = random_value.source(20120810)
    for _ = 1, 2000 do
      local made = random_expression.path(random)
      local text = path.show(made)
      assert.is_true(path.equal(made, assert(path.parse(text))), text)
    end
  end)
end)

describe("path.has_index", function()
  for text, has in pairs {
    ["a"] = false,
    ["a.b"] = false,
    ["`0`"] = false,
    ["a[0]"] = true,
    ["a.b[2].c"] = true,
  } do
    it(("is %s for %s"):format(tostring(has), text), function()
      assert.are.equal(has, path.has_index(assert(path.parse(text))))
    end)
  end
end)
