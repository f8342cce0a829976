-- SPDX-License-Identifier: MIT
local alike = require "dynamo.expression.alike"
local dynamo = require "dynamo"
local nodes = require "dynamo.expression.tree"
local object = require "dynamo.expression.object"
local prepared = require "dynamo.expression.prepared"
local random_expression = require "support.random_expression"
local random_value = require "support.random_value"

local attr = dynamo.attr

local SAID = {
  "kind",
  "text",
  "fits",
  "operators",
  "bad_in",
  "bad_range",
  "names",
  "name_count",
  "value_count",
  "places",
  "written",
  "creates",
}

-- Whether what is prepared of a tree is what is prepared of it alone; false if it is not found again.
local function check(kind, tree)
  local own, values = alike.of(kind, tree)
  if not own then return false end
  local expected = prepared.of_tree(kind, tree, true)
  for _, field in ipairs(SAID) do
    assert.are.same(expected[field], own[field], field)
  end
  assert.are.same(expected.values, values)
  assert.are.same(tree, prepared.tree(own, values))
  assert.are.same(expected.overlap, own.overlap)
  return true
end

describe("expressions that differ in their values alone", function()
  local function first(value, other)
    return dynamo.update():set("a", value):set("b.c[1]", attr "b" + other):remove("d"):tree()
  end

  it("share what is prepared", function()
    local own, values = alike.of("update", first(1, 2))
    local again, others = alike.of("update", first("x", 3))
    assert.are.equal(own, again)
    assert.are.same({ [":v0"] = 1, [":v1"] = 2 }, values)
    assert.are.same({ [":v0"] = "x", [":v1"] = 3 }, others)
  end)

  it("are not those that have one value twice", function()
    local own = alike.of("update", first(1, 2))
    local other, values = alike.of("update", first(2, 2))
    assert.are_not.equal(own, other)
    assert.are.same({ [":v0"] = 2 }, values)
    assert.are.equal(other, (alike.of("update", first(7, 7))))
  end)
end)

describe("what is prepared of expressions like one", function()
  local BUILT = {
    { "update", dynamo.update():set("a", 1):set("a", 2) },
    { "update", dynamo.update():set("a", 1):set_if_absent("b", 1):append("l", { 1 }):add("n", 2) },
    {
      "update",
      dynamo.update():increment("a.b", 1):prepend("l[2]", attr "m"):delete("s", dynamo.set { 1 }),
    },
    { "update", dynamo.update():remove("a", "b.c", "b.d[3]") },
    { "update", dynamo.update():set("a", attr("b"):or_else(5)):set("c", 5 - attr "d") },
    { "condition", attr("a"):eq(1) },
    {
      "condition",
      dynamo.all(attr("a"):eq(1), dynamo.any(attr("b"):missing(), attr("c"):lt(attr "d"))),
    },
    { "condition", dynamo.negate(attr("a"):size():gt(3)) },
    { "condition", attr("a"):within { 1, 2, 3 } },
    { "condition", attr("a"):within {} },
    {
      "condition",
      dynamo.all(attr("a"):begins_with "x", attr("b"):type "S", attr("c"):contains(1)),
    },
    { "projection", dynamo.projection("a", "b.c[2]", "d") },
  }
  for i, case in ipairs(BUILT) do
    it("is what is prepared of it alone, case " .. i, function()
      for _ = 1, 2 do
        assert.is_true(check(case[1], object.tree(case[2])))
      end
    end)
  end

  it("is so for any tree", function()
    local random, found = random_value.source(20261127), 0
    for _ = 1, 150 do
      local update, condition =
        random_expression.update(random), random_expression.condition(random)
      found = found + (check("update", update) and 1 or 0)
      found = found + (check("condition", condition) and 1 or 0)
    end
    assert.is_true(found > 120)
  end)

  it("does not hang on the paths' being the same objects", function()
    local one = alike.of("condition", object.tree(attr("same.place"):eq(1)))
    assert.are.equal(
      one,
      (alike.of("condition", object.tree(dynamo.path({ "same", "place" }):eq(2))))
    )
    local other = alike.of("condition", object.tree(dynamo.path({ "same.place" }):eq(2)))
    assert.are_not.equal(one, other)
  end)
end)

describe("an expression that is not found again", function()
  it("is one whose values decide more than themselves", function()
    assert.is_nil(alike.of("condition", object.tree(attr("a"):between(1, 2))))
    assert.is_nil(alike.of("update", object.tree(dynamo.update():ensure("m"):set("m.a", 1))))
    local update = nodes.update()
    update.set[1] = nodes.action(nodes.path "a", nodes.value(1), "extension x")
    assert.is_nil(alike.of("update", update))
  end)

  it("is the first one, once much else was asked for", function()
    local function own(name)
      return (alike.of("update", object.tree(dynamo.update():set(name, 1))))
    end
    local one = own "once"
    assert.are.equal(one, own "once")
    for i = 1, 3000 do
      own("name" .. i)
    end
    assert.are_not.equal(one, own "once")
  end)
end)
