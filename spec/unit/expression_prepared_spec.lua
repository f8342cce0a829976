-- SPDX-License-Identifier: MIT
local compile = require "dynamo.expression.compile"
local dynamo = require "dynamo"
local expression = require "dynamo.expression"
local fill = require "dynamo.expression.fill"
local nodes = require "dynamo.expression.tree"
local prepared = require "dynamo.expression.prepared"

-- Returns what is prepared of an update's text without holes.
local function of_text(text)
  return fill.fill(assert(fill.template("update", text)))
end

describe("what is prepared of a tree", function()
  it("is its text with names and values of its own", function()
    local update = nodes.set("a", nodes.arith("+", nodes.path "b", nodes.value(1)))
    local own = prepared.of_tree("update", update)
    assert.are.equal("SET #n0 = #n1 + :v0", own.text)
    assert.are.same({ ["#n0"] = "a", ["#n1"] = "b" }, own.names)
    assert.are.same({ [":v0"] = 1 }, own.values)
    assert.are.same({ [":v0"] = nodes.path "a" }, own.places)
    assert.are.equal(update, prepared.tree(own, own.values))
  end)

  it("tells what it writes, what clashes and what is to be there", function()
    local own = of_text "SET a.b = 1, c[0] = 2 REMOVE d ADD e 1"
    assert.are.same({ a = true, c = true, d = true, e = true }, own.written)
    assert.is_nil(own.overlap)
    assert.are.same(nodes.path "a", of_text("SET a.b = 1 REMOVE a").overlap.second.path)
    assert.is_true(own.creates)
    assert.is_false(of_text("REMOVE a").creates)
    local ensure = expression.prepare("update", dynamo.update():ensure("m")).ensure
    assert.are.same(nodes.path "m", ensure[1].path)
  end)

  it("tells whether the service takes so long a text", function()
    assert.is_true(of_text("REMOVE a").fits)
    local paths = {}
    for i = 1, 900 do
      paths[i] = "a" .. i
    end
    local own = of_text("REMOVE " .. table.concat(paths, ", "))
    assert.is_false(own.fits)
    local text, message = prepared.check(own, own.text)
    assert.is_nil(text)
    assert.matches("^update: %d+ bytes of expression", message)
  end)
end)

describe("what is prepared of an object", function()
  local function prepare(kind, given)
    return (assert(expression.prepare(kind, given)))
  end

  local action = dynamo.RemoveAction { path = "b" }
  local CHANGING = {
    { dynamo.update():set("a", 1), "remove", "b" },
    { dynamo.UpdateExpression { dynamo.RemoveAction { path = "a" } }, "add_action", action },
    { dynamo.UpdateExpression { dynamo.RemoveAction { path = "a" } }, "merge", action },
    { dynamo.UpdateExpression { dynamo.RemoveAction { path = "a" } }, "actions", { action } },
  }
  for i, case in ipairs(CHANGING) do
    it("is kept until it is changed in place, case " .. i, function()
      local object, method = case[1], case[2]
      local own = prepare("update", object)
      assert.are.equal(own, prepare("update", object))
      object[method](object, case[3])
      local other = prepare("update", object)
      assert.are_not.equal(own, other)
      assert.is_true(other.written.b)
      assert.is_nil(own.written.b)
    end)
  end

  it("is kept with a condition and a projection", function()
    local condition, projection = dynamo.attr("a"):eq(1), dynamo.projection "a"
    assert.are.equal(prepare("condition", condition), prepare("condition", condition))
    assert.are.equal(prepare("projection", projection), prepare("projection", projection))
  end)
end)

describe("several expressions in one space", function()
  it("have the tokens of their trees written one after the other", function()
    local pairs_of_texts = {
      { "SET a = 1, b = 'x'", "b = 'x' AND c > 2" },
      { "SET a = 1 REMOVE b", "c = 1 OR a = 2" },
      { "SET a = 1", "a = 1" },
    }
    for _, pair in ipairs(pairs_of_texts) do
      local space, expected = compile.space(), compile.space()
      for i, kind in ipairs { "update", "condition" } do
        local own, values = expression.prepare(kind, pair[i])
        local tree = prepared.tree(own, values)
        assert.are.equal(compile[kind](tree, expected), prepared.text_in(own, values, space))
      end
      assert.are.same(expected.names, space.names)
      assert.are.same(expected.values, space.values)
      assert.are.same(expected.places, space.places)
    end
  end)
end)
