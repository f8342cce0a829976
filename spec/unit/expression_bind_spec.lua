-- SPDX-License-Identifier: MIT
local dynamo = require "dynamo"
local parse = require "dynamo.expression.parse"

local function p(...)
  return { kind = "path", ... }
end
local function v(value)
  return { kind = "value", value = value }
end

describe("bind", function()
  local function bind(text, ...)
    return parse.bind(assert(parse.update(text)), ...)
  end

  it("gives the template's own tree if there is no hole", function()
    local template = parse.update "SET a = 1, b = {c: [2]}"
    assert.are.equal(template.tree, parse.bind(template))
    assert.are.equal(template.tree, parse.bind(template, { ["#x"] = "x" }, {}, { n = 0 }))
  end)

  it("fills every kind of hole", function()
    local tree = assert(
      bind(
        "SET #a.b[1].#c = if_not_exists(#a, :v) + ?, d = ? REMOVE #c ADD e :v",
        { ["#a"] = "x.y", ["#c"] = "and" },
        { [":v"] = 5 },
        { n = 2, 7, false }
      )
    )
    assert.are.same({
      kind = "update",
      set = {
        {
          path = p("x.y", "b", 1, "and"),
          operand = {
            kind = "arith",
            op = "+",
            left = { kind = "call", name = "if_not_exists", p "x.y", v(5) },
            right = v(7),
          },
        },
        { path = p "d", operand = v(false) },
      },
      remove = { { path = p "and" } },
      add = { { path = p "e", operand = v(5) } },
      delete = {},
    }, tree)
  end)

  it("fills the holes of lists and maps", function()
    local tree = assert(
      bind(
        "SET a = [1, ?, {b: :v, c: [], d: ?}], e = {kind::v}, f = [[?]]",
        nil,
        { [":v"] = "x" },
        { n = 3, 2, dynamo.null, 3 }
      )
    )
    local map = { b = "x", c = dynamo.list {}, d = dynamo.null }
    assert.are.same(v { 1, 2, map }, tree.set[1].operand)
    assert.are.same(v { kind = "x" }, tree.set[2].operand)
    assert.are.equal('{"L":[{"L":[{"N":"3"}]}]}', dynamo.encode(tree.set[3].operand.value))
  end)

  it("copies only what leads to a hole, and leaves the template as it was", function()
    local template = parse.condition "a = 1 AND (b = ? OR c = 3)"
    local one = assert(parse.bind(template, nil, nil, { n = 1, "x" }))
    local two = assert(parse.bind(template, nil, nil, { n = 1, "y" }))
    assert.are.equal(template.tree[1], one[1])
    assert.are.equal(template.tree[2][2], one[2][2])
    assert.are.equal("x", one[2][1].right.value)
    assert.are.equal("y", two[2][1].right.value)
    assert.are.same({ kind = "placeholder", n = 1 }, template.tree[2][1].right)
  end)

  it("keeps the identity of values", function()
    local set = dynamo.set { "x" }
    local tree = assert(bind("DELETE a ? ADD a :s", nil, { [":s"] = set }, { n = 1, set }))
    assert.are.equal(set, tree.delete[1].operand.value)
    assert.are.equal(set, tree.add[1].operand.value)
  end)

  it("runs no metamethod of the user's maps", function()
    local trap = setmetatable({}, {
      __index = function()
        error "trapped"
      end,
    })
    local _, message = bind("SET #a = 1", trap)
    assert.truthy(message:find("#a is not in names", 1, true))
  end)

  local bad = {
    { "SET a = 1, #n = 2", "column 12: #n is not in names", "names.#n" },
    { "SET a = :v", "column 9: :v is not in values", "values.:v" },
    { "SET a = {b: [:v]}", "column 14: :v is not in values", "values.:v" },
    {
      "SET #empty = 1",
      "#empty must stand for an attribute name, not for an empty string",
      "names.#empty",
    },
    { "SET #five = 1", "#five must stand for an attribute name, not for a number", "names.#five" },
    { "SET a = ?, b = ?", "column 16: no value for this ?: 1 given", "arguments[2]", { n = 1, 5 } },
    { "SET a = ?", "column 9: no value for this ?: 0 given", "arguments[1]", nil },
    {
      "SET a = ?, b = ?",
      "column 9: the value for this ? is nil (value 1 of 2); dynamo.null",
      "arguments[1]",
      { n = 2, nil, 5 },
    },
    { "SET a = ?", "column 10: 3 values for 1 ?", "arguments[2]", { n = 3, 1, 2, 3 } },
    { "SET a = 1", "column 10: 1 values for 0 ?", "arguments[1]", { n = 1, nil } },
  }
  for _, case in ipairs(bad) do
    it(("refuses %q with %s"):format(case[1], case[3]), function()
      local tree, message, path = bind(case[1], { ["#empty"] = "", ["#five"] = 5 }, {}, case[4])
      assert.is_nil(tree)
      assert.truthy(message:find(case[2], 1, true), message)
      assert.truthy(message:find("\n  " .. case[1], 1, true), message)
      assert.are.equal(case[3], path)
    end)
  end
end)

describe("unused", function()
  it("gathers over several binds", function()
    local names, values, used = { ["#a"] = "a", ["#b"] = "b" }, { [":v"] = 1, [":w"] = 2 }, {}
    assert(parse.bind(parse.update "SET #a = :v", names, values, nil, used))
    local message, path = parse.unused(names, values, used)
    assert.are.equal("names.#b, values.:w: not used by any expression", message)
    assert.are.equal("names.#b", path)
    assert(parse.bind(parse.condition "#b = :w", names, values, nil, used))
    assert.is_nil(parse.unused(names, values, used))
  end)

  it("names what is no token at all", function()
    assert.are.equal(
      "names.1, names.a: not used by any expression",
      (parse.unused({ "x", a = "b" }, nil, {}))
    )
    assert.is_nil(parse.unused(nil, nil, {}))
  end)
end)
