-- SPDX-License-Identifier: MIT
local compile = require "dynamo.expression.compile"
local dynamo = require "dynamo"
local parse = require "dynamo.expression.parse"

local function tree(kind, text, ...)
  local arguments = { n = select("#", ...), ... }
  return assert(parse.bind(assert(parse[kind](text)), nil, nil, arguments))
end

-- Returns the compiled text, names and values of one expression.
local function compiled(kind, ...)
  local space, params = compile.space(), {}
  local text, message, err = compile[kind](tree(kind, ...), space)
  space:store(params)
  return text, params.ExpressionAttributeNames, params.ExpressionAttributeValues, message, err
end

describe("an alias space", function()
  it("gives one token to a name, however often it is asked for", function()
    local space = compile.space()
    assert.are.equal("#n0", space:name("status"))
    assert.are.equal("#n1", space:name("a.b"))
    assert.are.equal("#n0", space:name("status"))
    local params = {}
    space:store(params)
    assert.are.same({ ExpressionAttributeNames = { ["#n0"] = "status", ["#n1"] = "a.b" } }, params)
  end)

  it("gives one token to scalars of the same type and content", function()
    local space = compile.space()
    local pairs_of_equals = {
      { 1, 1 },
      { "1", "1" },
      { true, true },
      { false, false },
      { dynamo.null, dynamo.null },
      { dynamo.number "1.50", dynamo.number "1.5" },
      { dynamo.binary "1", dynamo.binary "1" },
      { '{"N":"1.5"}', '{"N":"1.5"}' },
    }
    for i, pair in ipairs(pairs_of_equals) do
      assert.are.equal(":v" .. i - 1, space:value(pair[1]))
      assert.are.equal(":v" .. i - 1, space:value(pair[2]))
    end
  end)

  it(
    "tells tables apart by identity, and never takes one number that is none for another",
    function()
      local space, list = compile.space(), { 1 }
      assert.are.equal(":v0", space:value(list))
      assert.are.equal(":v1", space:value({ 1 }))
      assert.are.equal(":v0", space:value(list))
      assert.are.equal(":v2", space:value(0 / 0))
      assert.are.equal(":v3", space:value(0 / 0))
    end
  )

  it("counts on without end", function()
    local space = compile.space()
    for i = 0, 999 do
      assert.are.equal("#n" .. i, space:name("name" .. i))
    end
  end)

  it("stores no empty member", function()
    local params = { ExpressionAttributeNames = {} }
    compile.space():store(params)
    assert.are.same({}, params)
  end)

  it("remembers the path that a value is for", function()
    local space = compile.space()
    local update = tree("update", "SET a.`b c`[2] = 'x', d = d + 1 ADD e ?", dynamo.set { 5 })
    compile.update(update, space)
    compile.condition(tree("condition", "size(f) > 7 AND 8 < g.h AND contains(i, 'y')"), space)
    assert.are.same({
      [":v0"] = "a.`b c`[2]",
      [":v1"] = "d",
      [":v2"] = "e",
      [":v3"] = "f",
      [":v4"] = "g.h",
      [":v5"] = "i",
    }, compile.tokens_reverse(space))
  end)
end)

describe("compile.update", function()
  it("writes SET REMOVE DELETE ADD, every name and value a token", function()
    local set = dynamo.set { "x" }
    local text, names, values = compiled(
      "update",
      "ADD n 5 DELETE t ? REMOVE r, s[1] "
        .. "SET a.b = if_not_exists(c, 'z') + 1, l = list_append(l, ?)",
      set,
      { 1 }
    )
    assert.are.equal(
      "SET #n0.#n1 = if_not_exists(#n2, :v0) + :v1, #n3 = list_append(#n3, :v2) "
        .. "REMOVE #n4, #n5[1] DELETE #n6 :v3 ADD #n7 :v4",
      text
    )
    assert.are.same({
      ["#n0"] = "a",
      ["#n1"] = "b",
      ["#n2"] = "c",
      ["#n3"] = "l",
      ["#n4"] = "r",
      ["#n5"] = "s",
      ["#n6"] = "t",
      ["#n7"] = "n",
    }, names)
    assert.are.same(
      { [":v0"] = "z", [":v1"] = 1, [":v2"] = { 1 }, [":v3"] = set, [":v4"] = 5 },
      values
    )
  end)

  it("is empty without actions", function()
    local empty = { kind = "update", set = {}, remove = {}, delete = {}, add = {} }
    assert.are.equal("", compile.update(empty, compile.space()))
  end)

  it("writes an index as a whole number whatever it is in Lua", function()
    local update = {
      kind = "update",
      set = {},
      delete = {},
      add = {},
      remove = { { path = { kind = "path", "a", 2.0, "b" } } },
    }
    assert.are.equal("REMOVE #n0[2].#n1", compile.update(update, compile.space()))
  end)
end)

describe("compile.condition", function()
  local cases = {
    { "a = 1", "#n0 = :v0" },
    { "a <> b", "#n0 <> #n1" },
    { "size(a.b) >= 3", "size(#n0.#n1) >= :v0" },
    { "a BETWEEN 1 AND 2", "#n0 BETWEEN :v0 AND :v1" },
    { "a IN (1, 2, b)", "#n0 IN (:v0, :v1, #n1)" },
    { "attribute_exists(a[0])", "attribute_exists(#n0[0])" },
    {
      "attribute_type(a, 'S') AND begins_with(b, 'x')",
      "attribute_type(#n0, :v0) AND begins_with(#n1, :v1)",
    },
    { "a = 1 OR b = 2 AND NOT c = 3", "#n0 = :v0 OR (#n1 = :v1 AND (NOT #n2 = :v2))" },
    {
      "NOT (a = 1 OR b = 2) AND (c = 1 OR d = 2)",
      "(NOT (#n0 = :v0 OR #n1 = :v1)) AND (#n2 = :v0 OR #n3 = :v1)",
    },
    { "NOT (NOT a = 1)", "NOT (NOT #n0 = :v0)" },
  }
  for _, case in ipairs(cases) do
    it("writes " .. case[1], function()
      assert.are.equal(case[2], (compiled("condition", case[1])))
    end)
  end
end)

describe("compile.projection", function()
  it("writes the paths, a name twice as one token", function()
    local text, names = compiled("projection", "a, b.a, c[1].`d e`")
    assert.are.equal("#n0, #n1.#n0, #n2[1].#n3", text)
    assert.are.same({ ["#n0"] = "a", ["#n1"] = "b", ["#n2"] = "c", ["#n3"] = "d e" }, names)
  end)
end)

describe("one space for a request", function()
  it("shares the tokens of its expressions", function()
    local space = compile.space()
    assert.are.equal("SET #n0 = :v0", compile.update(tree("update", "SET a = 1"), space))
    assert.are.equal("#n0 < :v0", compile.condition(tree("condition", "a < 1"), space))
    assert.are.equal("#n0, #n1", compile.projection(tree("projection", "a, b"), space))
  end)

  it("gives the same text in every run", function()
    local text = "SET a = 1, b = 'x', c = [1, 2] REMOVE d ADD e 1"
    assert.are.equal(compiled("update", text), (compiled("update", text)))
  end)
end)

describe("the limits", function()
  local function path(name)
    return { kind = "path", name }
  end
  local function value(content)
    return { kind = "value", value = content }
  end

  local function condition_of(count)
    local all = { kind = "or" }
    for i = 1, count do
      all[i] = { kind = "compare", op = "<", left = path "a", right = value(1) }
    end
    return all
  end

  local function increments(count)
    local update = { kind = "update", set = {}, remove = {}, delete = {}, add = {} }
    for i = 1, count do
      local call = { kind = "call", name = "if_not_exists", path "a", value(0) }
      update.set[i] = {
        path = path "a",
        operand = { kind = "arith", op = "+", left = call, right = value(1) },
      }
    end
    return update
  end

  local function in_of(count)
    local node = { kind = "in", subject = path "a", list = {} }
    for i = 1, count do
      node.list[i] = value(i)
    end
    return node
  end

  local function check(kind, given, code, words)
    local text, message, err = compile[kind](given, compile.space())
    if not code then return assert.is_string(text) end
    assert.is_nil(text)
    assert.are.equal("validation", err.kind)
    assert.are.equal(code, err.code)
    assert.are.equal(kind, err.path)
    assert.are.equal(message, err.message)
    assert.are.equal(1, (message:find(kind .. ": " .. words, 1, true)))
  end

  it("are 100 values in IN, and one at least", function()
    check("condition", in_of(100))
    check("condition", in_of(101), "in_operands", "IN takes at most 100 values, not 101")
    check("condition", in_of(0), "in_operands", "IN takes a list of 1 to 100 values")
    check("condition", { kind = "or", in_of(101), in_of(1) }, "in_operands", "IN takes at most")
  end)

  it("are 300 comparisons and functions, AND and OR not counted", function()
    check("condition", condition_of(300))
    check("condition", condition_of(301), "expression_operators", "301 operators and functions")
    check("update", increments(100))
    check("update", increments(151), "expression_operators", "302 operators and functions")
  end)

  it("are 4096 bytes of text", function()
    local update = { kind = "update", set = {}, remove = {}, delete = {}, add = {} }
    -- "REMOVE ", tokens of 3 (10), 4 (90) and 5 bytes, each but the last with ", " behind it
    for i = 1, 600 do
      update.remove[i] = { path = path("name" .. i) }
    end
    assert.are.equal(7 + 10 * 5 + 90 * 6 + 500 * 7 - 2, #compile.update(update, compile.space()))
    update.remove[601] = { path = path "name601" }
    check("update", update, "expression_size", "4102 bytes of expression")
    assert.are.equal(("x"):rep(4096), compile.check(("x"):rep(4096), { operators = 0 }))
    local _, message = compile.check(("x"):rep(4097), { operators = 0 })
    assert.are.equal(1, (message:find("expression: 4097 bytes", 1, true)))
  end)

  it("are those of each expression on its own", function()
    local space = compile.space()
    assert.is_string(compile.condition(condition_of(200), space))
    assert.is_string(compile.condition(condition_of(200), space))
    assert.is_nil((compile.condition(in_of(0), space)))
    assert.is_string(compile.condition(in_of(1), space))
  end)
end)
