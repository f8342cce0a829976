-- SPDX-License-Identifier: MIT
local bind = require "dynamo.expression.bind"
local compile = require "dynamo.expression.compile"
local dynamo = require "dynamo"
local fill = require "dynamo.expression.fill"
local prepared = require "dynamo.expression.prepared"
local random_value = require "support.random_value"

local ROUNDS = 250 -- of each text: so many that some fillings are fine
local NAN = 0 / 0

describe("a template", function()
  it("is kept by its kind", function()
    local template = fill.template("condition", "memo = 1")
    assert.are.equal(template, fill.template("condition", "memo = 1"))
    assert.are_not.equal(template, fill.template("projection", "memo"))
  end)

  it("is not kept for ever", function()
    local kept = setmetatable({ fill.template("update", "SET memo = ?") }, { __mode = "v" })
    for i = 1, 513 do
      fill.template("update", "SET memo = " .. i)
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(kept[1])
  end)

  it("of a very long text is not kept", function()
    local text = "SET memo = '" .. ("x"):rep(5000) .. "'"
    assert.are_not.equal(fill.template("update", text), fill.template("update", text))
  end)

  it("of a text that is none is told of each time", function()
    local _, first = fill.template("update", "SET a")
    local _, second = fill.template("update", "SET a")
    assert.are.equal(
      'update: column 6: expected "=" after the path, got the end',
      first:match "^[^\n]*"
    )
    assert.are.equal(first, second)
  end)
end)

-- ---- against what it saves -----------------------------------------------------------------

-- Kind and text of expressions, with holes wherever one may be.
local TEXTS = {
  { "update", "SET a = ?, b = b + ?" },
  { "update", "SET a = ?, b = ?, c = 1, d = 'x', e = null" },
  { "update", "SET a = if_not_exists(a, ?) - ?, l = list_append(l, ?) REMOVE x" },
  { "update", "SET #n.b = :v, c = :w, #m = :v + 1 ADD d :w DELETE e ?" },
  { "update", "SET a = [?, {b: :v}], c = ?" },
  { "update", "ADD a ?, b ? SET #n = #m" },
  { "update", "SET a = ?, b = ?, c = ?, d = ?, e = ?, f = ?, g = ?, h = ?, i = ?" },
  { "update", "SET a = 1 REMOVE b" },
  { "condition", "a = ? AND (b < ? OR #n <> :v)" },
  { "condition", "a BETWEEN ? AND ? AND :v = c" },
  { "condition", "begins_with(a, ?) OR contains(b, ?) OR NOT attribute_type(#n, ?)" },
  { "condition", "size(a) > ? AND #n > #m AND d IN (?, :v, 1)" },
  { "projection", "a, #n.b[2], #m.c" },
}

-- NaN, which no item holds, has a token wherever it stands: only a ? is filled with it.
local POOL = {
  1,
  1.0,
  2,
  "1",
  "S",
  true,
  false,
  dynamo.null,
  dynamo.number "1",
  dynamo.number "2.0",
  dynamo.binary "1",
  dynamo.set { 1 },
  dynamo.set { "x" },
  { 1 },
  {},
  dynamo.list {},
  { a = 1 },
  print,
}
local NAMES = { "x", "y", "a.b", "", 5 }

-- Returns one of a list, or now and then nothing.
local function any_of(random, list)
  if random.upto(40) == 1 then return nil end
  return list[random.upto(#list)]
end

-- Returns names, values and arguments for a template; not always all that it needs.
local function fillings(random, template)
  local names, values, arguments = {}, {}, { n = template.placeholders }
  for _, token in ipairs { "#n", "#m" } do
    names[token] = any_of(random, random.upto(10) == 1 and NAMES or { "x", "y" })
  end
  for _, token in ipairs { ":v", ":w" } do
    values[token] = any_of(random, POOL)
  end
  for i = 1, template.placeholders do
    arguments[i] = random.upto(20) == 1 and NAN or any_of(random, POOL)
  end
  if random.upto(50) == 1 then arguments.n = arguments.n + 1 end
  return names, values, arguments
end

-- Returns what a request would say: its text, names and values; or nil, message, path.
local function long_way(template, names, values, arguments)
  local tree, message, path = bind.bind(template, names, values, arguments)
  if not tree then return { message, path } end
  local space = compile.space()
  local text = compile.text(template.kind, tree, space)
  return { text, space.name_count > 0 and space.names or nil, space.values, space.places }, tree
end

local function short_way(template, ...)
  local own, values, path = fill.fill(template, ...)
  if not own then return { values, path } end
  return { own.text, own.names, values, own.places }, prepared.tree(own, values)
end

-- Whether two tables are the same to their leaves, NaN included.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return rawequal(a, b) or a ~= a and b ~= b end
  for key, element in pairs(a) do
    if not same(element, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

describe("filling a kept text", function()
  for _, case in ipairs(TEXTS) do
    it("is as binding and compiling it: " .. case[2], function()
      local random, fine = random_value.source(20120811), 0
      for _ = 1, ROUNDS do
        local template = assert(fill.template(case[1], case[2]))
        local names, values, arguments = fillings(random, template)
        local expected, tree = long_way(template, names, values, arguments)
        local got, own_tree = short_way(template, names, values, arguments)
        if tree then fine = fine + 1 end
        if #expected > 2 or tree then
          assert.is_true(
            same(expected, got),
            tostring(got[1]) .. " is not " .. tostring(expected[1])
          )
          assert.is_true(same(tree, own_tree))
        else
          assert.are.equal(expected[2] == nil, got[2] == nil)
          assert.is_nil(own_tree)
        end
      end
      assert.is_true(fine > 0)
    end)
  end

  it("names the first that is wrong, as ever", function()
    local template = fill.template("update", "SET a = a + ?")
    for _ = 1, 2 do
      local own, message, path = fill.fill(template, nil, nil, { n = 1, "text" })
      assert.is_nil(own)
      assert.are.equal(
        'update: column 13: "+" takes numbers, not a string',
        message:match "^[^\n]*"
      )
      assert.are.equal("arguments[1]", path)
      assert(fill.fill(template, nil, nil, { n = 1, 1 }))
    end
  end)
end)

describe("what is prepared of a text", function()
  it("is shared by all requests, but for their values", function()
    local template = fill.template("update", "SET kept = ?, kept2 = :v")
    local own, values = fill.fill(template, nil, { [":v"] = 1 }, { n = 1, 2 })
    local again, others = fill.fill(template, nil, { [":v"] = 3 }, { n = 1, 4 })
    assert.are.equal(own, again)
    assert.are.same({ [":v0"] = 2, [":v1"] = 1 }, values)
    assert.are.same({ [":v0"] = 4, [":v1"] = 3 }, others)
  end)

  it("is another one for other names", function()
    local template = fill.template("update", "SET #kept = 1")
    local own = fill.fill(template, { ["#kept"] = "a" })
    assert.are.equal(own, (fill.fill(template, { ["#kept"] = "a", ["#other"] = "b" })))
    assert.are.same({ ["#n0"] = "b" }, fill.fill(template, { ["#kept"] = "b" }).names)
    assert.are.same({ ["#n0"] = "a" }, own.names)
  end)

  it("has one token for equal values, and its own again for others", function()
    local template = fill.template("update", "SET twice = ?, once = ?")
    local own, values = fill.fill(template, nil, nil, { n = 2, 1, 1.0 })
    assert.are.equal("SET #n0 = :v0, #n1 = :v0", own.text)
    assert.are.same({ [":v0"] = 1 }, values)
    assert.are.equal(own, (fill.fill(template, nil, nil, { n = 2, "x", "x" })))
    own = fill.fill(template, nil, nil, { n = 2, 1, 2 })
    assert.are.equal("SET #n0 = :v0, #n1 = :v1", own.text)
  end)

  it("has not for ever what it is where values are equal", function()
    local template = fill.template("update", "SET a = ?, b = ?, c = ?, d = ?, e = ?, f = ?")
    local own = fill.fill(template, nil, nil, { n = 6, 1, 2, 3, 4, 5, 6 })
    for i = 0, 2 ^ 6 - 1 do
      local arguments = { n = 6 }
      for bit = 1, 6 do
        arguments[bit] = math.floor(i / 2 ^ bit) % 2
      end
      fill.fill(template, nil, nil, arguments)
    end
    assert.is_true(own.variants.count <= 16)
  end)
end)
