-- SPDX-License-Identifier: MIT
-- Whether a condition holds for an item, and what of an item a projection shows. Trees are those of
-- dynamo.expression.strict: their values are wire-typed, as those of items are.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local wire = require "dynamo.expression.wire_value"

local M = {}

-- ---- operands ----------------------------------------------------------------------------------

--- Returns the value at a path of an item, or nil.
-- @tparam table item name -> value
-- @tparam table path attribute names and list indexes from 0
function M.at(item, path)
  local value = item[path[1]]
  for i = 2, #path do
    if not value then return nil end
    local segment = path[i]
    if type(segment) == "number" then
      value = value.L and value.L[segment + 1]
    else
      value = value.M and value.M[segment]
    end
  end
  return value or nil
end

local operand

local OPERANDS = {
  path = M.at,
  value = function(_, node)
    return node.value
  end,
  size = function(item, node)
    local value = operand(item, node[1])
    local length = value and wire.length(value)
    return length and { N = ("%d"):format(length) }
  end,
}

function operand(item, node)
  return OPERANDS[node.kind](item, node)
end

-- ---- conditions --------------------------------------------------------------------------------

local ORDERED = {
  ["<"] = function(order)
    return order < 0
  end,
  ["<="] = function(order)
    return order <= 0
  end,
  [">"] = function(order)
    return order > 0
  end,
  [">="] = function(order)
    return order >= 0
  end,
}

local function compare(op, a, b)
  local is_equal = op == "=" or op == "<>"
  if not a or not b then return op == "<>" end
  if is_equal then return wire.equal(a, b) == (op == "=") end
  local order = wire.order(a, b)
  return order ~= nil and ORDERED[op](order)
end

local TESTS = {
  attribute_exists = function(value)
    return value ~= nil
  end,
  attribute_not_exists = function(value)
    return value == nil
  end,
  attribute_type = function(value, wanted)
    return value ~= nil and wanted ~= nil and value[wanted.S] ~= nil
  end,
  begins_with = function(value, prefix)
    return value ~= nil and prefix ~= nil and wire.begins_with(value, prefix)
  end,
  contains = function(value, wanted)
    return value ~= nil and wanted ~= nil and wire.contains(value, wanted)
  end,
}

-- By kind of node.
local HOLDS = {}

function HOLDS.compare(item, node)
  return compare(node.op, operand(item, node.left), operand(item, node.right))
end

function HOLDS.between(item, node)
  local value = operand(item, node.subject)
  return compare(">=", value, operand(item, node.low))
    and compare("<=", value, operand(item, node.high))
end

HOLDS["in"] = function(item, node)
  local value = operand(item, node.subject)
  for _, one in ipairs(node.list) do
    if compare("=", value, operand(item, one)) then return true end
  end
  return false
end

function HOLDS.test(item, node)
  return TESTS[node.name](operand(item, node[1]), node[2] and operand(item, node[2]))
end

HOLDS["and"] = function(item, node)
  for _, child in ipairs(node) do
    if not M.holds(child, item) then return false end
  end
  return true
end

HOLDS["or"] = function(item, node)
  for _, child in ipairs(node) do
    if M.holds(child, item) then return true end
  end
  return false
end

HOLDS["not"] = function(item, node)
  return not M.holds(node[1], item)
end

--- Tells whether a condition holds for an item.
-- @tparam table condition a tree
-- @tparam table item {} for one that is not there
function M.holds(condition, item)
  return HOLDS[condition.kind](item, condition)
end

-- ---- projections -------------------------------------------------------------------------------

-- A projection as a tree of what is wanted: segment -> true, all of it, or a tree of what is below.
local function wanted_of(projection)
  local wanted = {}
  for _, path in ipairs(projection) do
    local at = wanted
    for i = 1, #path - 1 do
      at[path[i]] = at[path[i]] or {}
      at = at[path[i]]
    end
    at[path[#path]] = true
  end
  return wanted
end

local part_of

-- Returns the wanted members of a map, or nil for none of them.
local function part_of_map(map, wanted)
  local part
  for name, below in next, wanted do
    local value = map[name] and part_of(map[name], below)
    if value then
      part = part or {}
      part[name] = value
    end
  end
  return part
end

-- Returns the wanted elements of a list, one after the other; or nil for none.
local function part_of_list(list, wanted)
  local part
  for i, element in ipairs(list) do
    local below = wanted[i - 1]
    local value = below and part_of(element, below)
    if value then
      part = part or {}
      part[#part + 1] = value
    end
  end
  return part
end

function part_of(value, wanted)
  if wanted == true then return value end
  local map, list = value.M, value.L
  if map then map = part_of_map(map, wanted) end
  if list then list = part_of_list(list, wanted) end
  return map and { M = map } or list and { L = list } or nil
end

--- Returns what a projection shows of an item: an item, {} for nothing.
-- @tparam table projection a tree
function M.project(projection, item)
  return part_of_map(item, wanted_of(projection)) or {}
end

return M
