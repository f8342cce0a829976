-- SPDX-License-Identifier: MIT
local compile = require "dynamo.expression.compile"
local nodes = require "dynamo.expression.tree"

local path, value = nodes.path, nodes.value

-- Returns the content of a file.
local function read(name)
  local file = assert(io.open(name))
  local text = file:read "*a"
  file:close()
  return text
end

-- Returns the kinds that the head of tree.lua documents, a set.
local function documented()
  local head = read("lua/dynamo/expression/tree.lua"):match "^(.-)\nlocal M"
  local kinds = {}
  for words in head:gmatch "\n%-%-     ?([%l, ]-)  +[%w.(]" do
    for kind in words:gmatch "%l+" do
      kinds[kind] = true
    end
  end
  return kinds
end

describe("nodes", function()
  it("take a name as one attribute, whatever it holds", function()
    assert.are.same({ kind = "path", "a.b[0]", 2 }, path("a.b[0]", 2))
  end)

  it("are joined by AND and OR, none and one as they are", function()
    local a, b =
      nodes.test("attribute_exists", path "a"), nodes.test("contains", path "b", value(1))
    for kind, join in pairs { ["and"] = nodes.all, ["or"] = nodes.any } do
      assert.is_nil(join {})
      assert.are.equal(a, join { a })
      assert.are.same({ kind = kind, a, b }, join { a, b })
    end
  end)

  it("compile", function()
    local space = compile.space()
    local missing = nodes.test("attribute_not_exists", path "v")
    local equal = nodes.compare("=", path "v", value(3))
    assert.are.equal(
      "attribute_not_exists(#n0) OR #n0 = :v0",
      compile.condition(nodes.any { missing, equal }, space)
    )
    local update = nodes.set("c", nodes.if_not_exists(path "c", value(0)))
    assert.are.equal("SET #n1 = if_not_exists(#n1, :v1)", compile.update(update, space))
  end)

  it("tell an update that does nothing", function()
    assert.is_true(nodes.is_empty(nodes.update()))
    for _, clause in ipairs(nodes.CLAUSES) do
      local update = nodes.update()
      update[clause][1] = nodes.action(path "a", clause ~= "remove" and value(1) or nil)
      assert.is_false(nodes.is_empty(update))
    end
  end)
end)

describe("the kinds of node", function()
  it("are each documented, and made by a function", function()
    local kinds = documented()
    local made = {
      path(),
      value(1),
      nodes.size(path "a"),
      nodes.call("if_not_exists", path "a", value(1)),
      nodes.arith("+", value(1), value(2)),
      nodes.placeholder(1),
      nodes.token ":v",
      nodes.list {},
      nodes.map({}, {}),
      nodes.compare("=", path "a", value(1)),
      nodes.between(path "a", value(1), value(2)),
      nodes.one_of(path "a", { value(1) }),
      nodes.test("attribute_exists", path "a"),
      nodes.all { value(1), value(2) },
      nodes.any { value(1), value(2) },
      nodes.negation(value(1)),
      nodes.update(),
      nodes.projection(),
      nodes.written_action("SET", "a", ":v", {}, {}),
      nodes.actions(),
    }
    local count = 0
    for _, node in ipairs(made) do
      assert.is_true(kinds[node.kind], node.kind .. " is not documented")
    end
    for _ in pairs(kinds) do
      count = count + 1
    end
    assert.are.equal(#made, count)
  end)

  it("are made in no other file", function()
    local files = io.popen "grep -rlE 'kind = ' lua/dynamo --include=*.lua"
    local kinds = documented()
    for name in files:lines() do
      for kind in read(name):gmatch '%f[%w]kind = "([^"]*)"' do
        local is_home = name:find("expression/tree.lua", 1, true)
        assert.is_true(is_home ~= nil or not kinds[kind], ("%s makes a %s"):format(name, kind))
      end
    end
    files:close()
  end)
end)
