-- SPDX-License-Identifier: MIT
-- What a function made of an item, and the guard of it.
local compile = require "dynamo.expression.compile"
local aliases = require "dynamo.expression.aliases"
local differences = require "dynamo.table.difference"
local dynamo = require "dynamo"
local random_value = require "support.random_value"
local scale = require "support.scale"
local show = require "dynamo.show"

local KEY = { id = true }

-- Returns what dynamo.table.difference is given of an item that was read.
local function read(stored)
  return { stored = stored, seen = differences.copy(stored), is_hidden = false }
end

-- Returns a difference as text: what is set, and what removed.
local function shown(difference)
  return show.show { difference.set, difference.remove }
end

-- Returns a guard as text, its tokens replaced.
local function guard_text(difference, stored)
  local space = aliases.new()
  local text = compile.condition(differences.guard(difference, stored), space)
  return (
    text:gsub("[#:][nv]%d+", function(token)
      return space.names[token] or show.show(space.values[token])
    end)
  )
end

describe("difference.of", function()
  local cases = {
    { { id = 1, a = 1 }, { id = 1, a = 1 }, "{ {}, {} }" },
    { { id = 1, a = 1 }, { id = 1, a = 2 }, "{ { a = 2 }, {} }" },
    { { id = 1, a = 1 }, { id = 1, a = 1, b = 2 }, "{ { b = 2 }, {} }" },
    { { id = 1, a = 1, b = 2 }, { a = 1 }, "{ {}, { b = true } }" },
    { { id = 1, a = 1 }, { a = dynamo.number "1.0" }, "{ {}, {} }" },
    { { id = 1, a = 1 }, { a = "1" }, '{ { a = "1" }, {} }' },
    { { id = 1, a = dynamo.set { 1, 2 } }, { a = dynamo.set { 2, 1 } }, "{ {}, {} }" },
    { { id = 1, a = dynamo.list {} }, { a = {} }, "{ { a = {} }, {} }" },
    { { id = 1, a = dynamo.null }, {}, "{ {}, { a = true } }" },
    { {}, { a = 1 }, "{ { a = 1 }, {} }" },
  }
  for i, case in ipairs(cases) do
    it("tells what is to be set and removed, case " .. i, function()
      assert.equal(case[3], shown(differences.of(read(case[1]), case[2], KEY)))
    end)
  end

  it("writes whatever nests too deep to compare, which encoding refuses", function()
    local cycle = {}
    cycle[1] = cycle
    local difference = differences.of(read { id = 1, a = { 1 } }, { a = cycle }, KEY)
    assert.equal(cycle, difference.set.a)
  end)

  it("leaves what an extension did not show, unless there was to be no item", function()
    local partly = { stored = { id = 1, a = 1, secret = 2 }, seen = { id = 1, a = 1 } }
    assert.equal("{ { a = 3 }, {} }", shown(differences.of(partly, { a = 3 }, KEY)))
    local hidden = { stored = { id = 1, a = 1, b = 2 }, seen = {}, is_hidden = true }
    assert.equal("{ { a = 1 }, { b = true } }", shown(differences.of(hidden, { a = 1 }, KEY)))
  end)

  it("removes nothing that is not stored", function()
    local shown_more = { stored = { id = 1 }, seen = { id = 1, computed = 5 } }
    assert.is_true(differences.is_none(differences.of(shown_more, {}, KEY)))
  end)
end)

describe("difference.guard", function()
  it("is what differs, as it was read or missing, in the order of the names", function()
    local stored = { id = 1, b = { 1 }, c = "x", same = 0 }
    local difference = differences.of(read(stored), { b = { 2 }, a = 1, same = 0 }, KEY)
    assert.equal(
      'attribute_not_exists(a) AND b = { 1 } AND c = "x"',
      guard_text(difference, stored)
    )
  end)
end)

describe("difference.removal", function()
  it("removes in the order of the names, or is none", function()
    assert.is_nil(differences.removal { set = { a = 1 }, remove = {} })
    local update = differences.removal { set = {}, remove = { b = true, a = true } }
    assert.equal("REMOVE #n0, #n1", compile.update(update, aliases.new()))
    assert.equal("a", update.remove[1].path[1])
  end)
end)

describe("difference.copy", function()
  it("shares no table, and keeps what says the type", function()
    local original = {
      list = dynamo.list {},
      map = dynamo.map { deep = { 1 } },
      set = dynamo.set { 1 },
      number = dynamo.number "1.5",
      null = dynamo.null,
    }
    local copy = differences.copy(original)
    original.map.deep[1] = 2
    original.set[2] = 2
    assert.equal(1, copy.map.deep[1])
    assert.is_true(dynamo.equal(dynamo.set { 1 }, copy.set))
    assert.is_true(dynamo.is_list(copy.list))
    assert.is_true(dynamo.is_set(copy.set))
    assert.equal("dynamo.map", getmetatable(copy.map))
    assert.is_true(copy.null == dynamo.null and dynamo.equal(copy.number, original.number))
  end)

  it("keeps a metatable of another library", function()
    local array = {}
    assert.equal(array, getmetatable(differences.copy(setmetatable({}, array))))
  end)
end)

describe("a difference, of random items,", function()
  local COUNT, DEPTH = scale(1000), 2
  local random = random_value.source(20261127)

  -- Returns an item that has some of another's attributes, some others, and new ones.
  local function changed(item)
    local made = {}
    for name, value in pairs(item) do
      local chance = random.upto(3)
      if chance == 1 then made[name] = differences.copy(value) end
      if chance == 2 then made[name] = random_value.value(random, DEPTH) end
    end
    for name, value in pairs(random_value.map(random, DEPTH)) do
      made[name] = value
    end
    return made
  end

  -- Returns what the update of a difference makes of an item.
  local function applied(item, difference)
    local after = {}
    for name, value in pairs(item) do
      if not difference.remove[name] then after[name] = value end
    end
    for name, value in pairs(difference.set) do
      after[name] = value
    end
    return after
  end

  -- Tells whether a guard holds for an item.
  local function holds(guard, item)
    local parts = guard.kind == "and" and guard or { guard }
    for _, part in ipairs(parts) do
      local path = part.kind == "test" and part[1] or part.left
      local value = item[path[1]]
      if part.kind == "test" and value ~= nil then return false end
      if part.kind == "compare" and not dynamo.equal(part.right.value, value) then return false end
    end
    return true
  end

  it("makes the one of the other, and is never done twice", function()
    for _ = 1, COUNT do
      local item = random_value.map(random, DEPTH)
      local made = changed(item)
      local difference = differences.of(read(item), made, {})
      local after = applied(item, difference)
      assert.is_true(dynamo.equal(made, after), dynamo.show { item, made })
      if not differences.is_none(difference) then
        local guard = differences.guard(difference, item)
        assert.is_true(holds(guard, item))
        assert.is_false(holds(guard, after), dynamo.show { item, made })
      end
    end
  end)
end)
