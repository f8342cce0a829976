-- SPDX-License-Identifier: MIT
-- Random trees of every kind of expression, the same sequence on every runtime for the same seed.
-- `random` is a source of support.random_value. Without options names and values are as nasty as
-- they may be, and paths may overlap; what is refused for its types alone is left out. With
-- { executable = true } an update or a condition is one that DynamoDB carries out on each
-- M.item(random): see support.executable_expression.
local known = require "support.executable_expression"
local refusal = require "dynamo.expression.refusal"
local random_value = require "support.random_value"
local tree = require "support.expression_tree"

local M = {}

local chance, several = tree.chance, tree.several
local path_of, value, call, test = tree.path, tree.value, tree.call, tree.test

local COMPARATORS = { "=", "<>", "<", "<=", ">", ">=" }
local TYPES = { "S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M" }

local NAMES = {
  "a",
  "b",
  "userId",
  "_x1",
  "größe",
  "漢字",
  "name",
  "size",
  "status",
  "SET",
  "remove",
  "Add",
  "delete",
  "and",
  "OR",
  "Not",
  "in",
  "between",
  "true",
  "NULL",
  "false",
  "contains",
  "if_not_exists",
}
local PIECES = {
  "a",
  "Z",
  "7",
  "-",
  ".",
  "[0]",
  "`",
  "``",
  "'",
  '"',
  "#n",
  ":v",
  "?",
  " ",
  "\0",
  "\n",
  "\194\160",
  "\226\128\152",
  "(",
  ")",
  ",",
  "{",
  "😀",
  "\\",
}

local function any_name(random)
  if chance(random, 60) then return random.pick(NAMES) end
  return table.concat(several(random, 1, 5, function()
    return random.pick(PIECES)
  end))
end

local function any_path(random)
  local path = path_of(any_name(random))
  while #path < 6 and chance(random, 45) do
    path[#path + 1] = chance(random, 40) and random.upto(120) - 1 or any_name(random)
  end
  return path
end

local function any_value(random)
  return value(random_value.value(random, 2))
end

local function any_operand(random)
  return chance(random, 40) and any_path(random) or any_value(random)
end

-- Returns the function that makes what `make` makes until it is not refused.
local function accepted(make)
  return function(random, ...)
    local node
    repeat
      node = make(random, ...)
    until not refusal.problem(node)
    return node
  end
end

local any_side

local any_append = accepted(function(random, depth)
  return call("list_append", any_side(random, depth - 1), any_side(random, depth - 1))
end)

function any_side(random, depth)
  if depth == 0 or chance(random, 60) then return any_operand(random) end
  if chance(random, 50) then
    return call("if_not_exists", any_path(random), any_side(random, depth - 1))
  end
  return any_append(random, depth)
end

local any_sum = accepted(function(random)
  local left, op = any_side(random, 2), random.pick { "+", "-" }
  return tree.arith(left, op, any_side(random, 2))
end)

local function any_setting(random)
  return chance(random, 70) and any_side(random, 2) or any_sum(random)
end

local function any_update(random)
  local function action(make, clause)
    return function()
      local made
      repeat
        made = { path = any_path(random), operand = make and make(random) }
      until not refusal.action_problem(clause, made)
      return made
    end
  end
  local update
  repeat
    update = {
      kind = "update",
      set = several(random, 0, 3, action(any_setting, "set")),
      remove = several(random, 0, 2, action(nil, "remove")),
      delete = several(random, 0, 2, action(any_value, "delete")),
      add = several(random, 0, 2, action(any_value, "add")),
    }
  until update.set[1] or update.remove[1] or update.delete[1] or update.add[1]
  return update
end

local function any_term(random)
  if chance(random, 15) then return { kind = "size", any_path(random) } end
  return any_operand(random)
end

local function any_range(random)
  local subject, low = any_term(random), any_term(random)
  return { kind = "between", subject = subject, low = low, high = any_term(random) }
end

local any_tests = {
  accepted(function(random)
    local left, op = any_term(random), random.pick(COMPARATORS)
    return tree.compare(left, op, any_term(random))
  end),
  function(random)
    local range
    repeat
      range = accepted(any_range)(random)
    until not refusal.range_problem(range)
    return range
  end,
  function(random)
    return { kind = "in", subject = any_term(random), list = several(random, 1, 4, any_term) }
  end,
  function(random)
    return test("attribute_exists", any_path(random))
  end,
  function(random)
    return test("attribute_not_exists", any_path(random))
  end,
  function(random)
    return test("attribute_type", any_path(random), value(random.pick(TYPES)))
  end,
  accepted(function(random)
    return test("begins_with", any_path(random), any_term(random))
  end),
  accepted(function(random)
    return test("contains", any_path(random), any_term(random))
  end),
}

-- ---- the door ------------------------------------------------------------------------------

local function executable(o)
  return o ~= nil and o.executable
end

function M.path(random, o)
  return executable(o) and known.path(random) or any_path(random)
end

function M.update(random, o)
  return executable(o) and known.update(random) or any_update(random)
end

--- Returns a condition with AND, OR and NOT up to o.depth (3) deep.
function M.condition(random, o)
  local tests = executable(o) and known.tests or any_tests
  local function condition(_, depth)
    if depth == 0 or chance(random, 40) then return random.pick(tests)(random) end
    if chance(random, 25) then return { kind = "not", condition(random, depth - 1) } end
    local node = several(random, 2, 4, condition, depth - 1)
    node.kind = random.pick { "and", "or" }
    return node
  end
  return condition(random, o and o.depth or 3)
end

function M.projection(random, o)
  local projection = several(random, 1, 5, M.path, o)
  projection.kind = "projection"
  return projection
end

--- Returns an item that executable trees are for; it has no key.
M.item = known.item

--- Tells whether two trees are the same.
M.same = tree.same

return M
