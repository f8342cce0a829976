-- SPDX-License-Identifier: MIT
-- Random updates and tests that DynamoDB carries out on each M.item(random): their paths are those of
-- the item and do not overlap, operands have the types they need, ADD is for top-level attributes.
local dynamo = require "dynamo"
local paths = require "dynamo.expression.path"
local tree = require "support.expression_tree"

local M = {}

local chance, several = tree.chance, tree.several
local path_of, value, call, test = tree.path, tree.value, tree.call, tree.test

local COMPARATORS = { "=", "<>", "<", "<=", ">", ">=" }
local TYPES = { "S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M" }

-- The paths of M.item by what is there, and `absent` ones.
local SHAPE = {
  number = { path_of "count", path_of "size", path_of("profile", "visits") },
  string = {
    path_of "name",
    path_of "first.name",
    path_of("profile", "name"),
    path_of("profile", "address", "city"),
    path_of("log", 0),
    path_of("log", 1),
  },
  list = { path_of "log" },
  set = { path_of "tags" },
  map = { path_of("profile", "address") },
  boolean = { path_of "done" },
  absent = { path_of "absent", path_of("profile", "absent"), path_of "set" },
}
local KINDS = { "number", "number", "string", "string", "list", "set", "map", "boolean", "absent" }

-- What size() is asked of, and no REMOVE takes away: moto fails for the size of nothing (HTTP 500).
local SIZED = { list = true, set = true, map = true }

local make = {}
function make.number(random)
  return (random.upto(801) - 401) / 4
end

function make.string(random)
  local function letter()
    return random.pick { "a", "b", "Z", "é", "漢", " " }
  end
  return table.concat(several(random, 1, 6, letter))
end

function make.list(random)
  return dynamo.list(several(random, 2, 4, make.string))
end

-- Every set of an item has an element that no DELETE takes away: an empty set is no attribute.
function make.set(random)
  local elements = {}
  for _, letter in ipairs { "a", "b", "c", "d" } do
    if chance(random, 50) then elements[#elements + 1] = letter end
  end
  return dynamo.string_set(elements[1] and elements or { "e" })
end

function make.map(random)
  return { city = make.string(random), zip = make.string(random) }
end
function make.boolean(random)
  return chance(random, 50)
end
make.absent = make.number

local function literal_of(random, kind)
  return value(make[kind](random))
end

-- Returns a path or a value of a kind; a path other than `own`.
local function operand_of(random, kind, own)
  local path = random.pick(SHAPE[kind])
  if kind == "absent" or path == own or chance(random, 60) then return literal_of(random, kind) end
  return path
end

local function number_setting(random, path)
  local left = chance(random, 50) and path or operand_of(random, "number", nil)
  if chance(random, 25) then left = call("if_not_exists", path, literal_of(random, "number")) end
  local op = random.pick { "+", "-" }
  return tree.arith(left, op, operand_of(random, "number", nil))
end

-- Adds an action on `path`, where a value of `kind` is, to an update.
local function add_setting(random, update, kind, path)
  local operand = operand_of(random, kind, path)
  if kind == "number" and chance(random, 60) then
    operand = number_setting(random, path)
  elseif kind == "list" and chance(random, 70) then
    local sides = { path, literal_of(random, "list") }
    if chance(random, 50) then sides = { sides[2], sides[1] } end
    operand = call("list_append", sides[1], sides[2])
  elseif chance(random, 20) then
    operand = call("if_not_exists", path, operand)
  end
  update.set[#update.set + 1] = { path = path, operand = operand }
end

local function add_action(random, update, kind, path)
  local addable = #path == 1 and (kind == "number" or kind == "absent")
  if kind == "set" and chance(random, 60) then
    local clause = random.pick { update.add, update.delete }
    clause[#clause + 1] = { path = path, operand = literal_of(random, "set") }
  elseif addable and chance(random, 30) then
    update.add[#update.add + 1] = { path = path, operand = literal_of(random, "number") }
  elseif not SIZED[kind] and chance(random, 20) then
    update.remove[#update.remove + 1] = { path = path }
  else
    add_setting(random, update, kind, path)
  end
end

--- Returns an update of one to five actions.
function M.update(random)
  local update, taken = { kind = "update", set = {}, remove = {}, delete = {}, add = {} }, {}
  for _ = 1, random.upto(5) do
    local kind = random.pick(KINDS)
    local path, free = random.pick(SHAPE[kind]), true
    for _, other in ipairs(taken) do
      free = free and not paths.overlap(path, other)
    end
    if free then
      taken[#taken + 1] = path
      add_action(random, update, kind, path)
    end
  end
  return update
end

--- Each returns a condition without AND, OR and NOT.
M.tests = {
  function(random)
    local kind = random.pick { "number", "string" }
    local left, op = random.pick(SHAPE[kind]), random.pick(COMPARATORS)
    return tree.compare(left, op, operand_of(random, kind, left))
  end,
  function(random)
    local kind = random.pick { "boolean", "list", "set", "map", "absent" }
    local left, op = random.pick(SHAPE[kind]), random.pick { "=", "<>" }
    return tree.compare(left, op, literal_of(random, kind))
  end,
  function(random)
    local kind = random.pick { "list", "set", "map" }
    local size, op = { kind = "size", random.pick(SHAPE[kind]) }, random.pick(COMPARATORS)
    return tree.compare(size, op, value(random.upto(6) - 1))
  end,
  function(random)
    local subject = random.pick(SHAPE.number)
    local low, width = make.number(random), random.upto(100)
    return { kind = "between", subject = subject, low = value(low), high = value(low + width) }
  end,
  function(random)
    local kind = random.pick { "number", "string" }
    local subject = random.pick(SHAPE[kind])
    return { kind = "in", subject = subject, list = several(random, 1, 4, literal_of, kind) }
  end,
  function(random)
    return test("attribute_exists", random.pick(SHAPE[random.pick(KINDS)]))
  end,
  function(random)
    return test("attribute_not_exists", random.pick(SHAPE[random.pick(KINDS)]))
  end,
  function(random)
    return test("attribute_type", random.pick(SHAPE[random.pick(KINDS)]), value(random.pick(TYPES)))
  end,
  function(random)
    return test("begins_with", random.pick(SHAPE.string), literal_of(random, "string"))
  end,
  function(random)
    local subject = random.pick(SHAPE[random.pick { "string", "list", "set" }])
    return test("contains", subject, literal_of(random, "string"))
  end,
}

--- Returns an item that executable trees are for; it has no key.
function M.item(random)
  local tags = make.set(random)
  tags[#tags + 1] = "kept"
  return {
    count = make.number(random),
    size = make.number(random),
    name = make.string(random),
    ["first.name"] = make.string(random),
    log = make.list(random),
    tags = tags,
    done = make.boolean(random),
    profile = {
      name = make.string(random),
      visits = make.number(random),
      address = make.map(random),
    },
  }
end

function M.path(random)
  return random.pick(SHAPE[random.pick(KINDS)])
end

return M
