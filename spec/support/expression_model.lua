-- SPDX-License-Identifier: MIT
-- What an update expression does and when a condition holds, said as plainly as possible: the
-- yardstick for expressions that ran on a server. Values are plain Lua ones; sets are dynamo.set.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
local dynamo = require "dynamo"
local random_value = require "support.random_value"

local M = {}

local same = random_value.same

-- A copy that shares nothing, marks included.
local function copy(value)
  if type(value) ~= "table" then return value end
  local fresh = {}
  for key, element in next, value do
    fresh[key] = copy(element)
  end
  if dynamo.is_set(value) then return dynamo.set(fresh) end
  if dynamo.is_list(value) then return dynamo.list(fresh) end
  return fresh
end

-- The key a path's segment has in a Lua table: DynamoDB counts lists from 0.
local function key_of(segment)
  return type(segment) == "number" and segment + 1 or segment
end

local function get(item, path)
  local value = item
  for _, segment in ipairs(path) do
    if type(value) ~= "table" then return nil end
    value = value[key_of(segment)]
  end
  return value
end

local evaluate = {}

local function value_of(operand, item)
  return evaluate[operand.kind](operand, item)
end

function evaluate.path(path, item)
  return get(item, path)
end
function evaluate.value(node)
  return node.value
end
function evaluate.size(node, item)
  local value = get(item, node[1] or node.path)
  if type(value) ~= "table" then return #value end
  if dynamo.is_list(value) or dynamo.is_set(value) then return #value end
  local count = 0
  for _ in pairs(value) do
    count = count + 1
  end
  return count
end
function evaluate.arith(node, item)
  local left, right = value_of(node.left, item), value_of(node.right, item)
  return node.op == "+" and left + right or left - right
end
function evaluate.call(node, item)
  if node.name == "if_not_exists" then
    local value = value_of(node[1], item)
    if value ~= nil then return value end
    return value_of(node[2], item)
  end
  local joined = {}
  for _, element in ipairs(value_of(node[1], item)) do
    joined[#joined + 1] = copy(element)
  end
  for _, element in ipairs(value_of(node[2], item)) do
    joined[#joined + 1] = copy(element)
  end
  return dynamo.list(joined)
end

-- Returns the table that holds the path's last segment.
local function parent_of(item, path)
  local parent = item
  for i = 1, #path - 1 do
    parent = parent[key_of(path[i])]
  end
  return parent
end

-- An index past the end of a list appends to it.
local function put(item, path, value)
  local parent, last = parent_of(item, path), path[#path]
  local key = key_of(last)
  if type(last) == "number" and key > #parent then key = #parent + 1 end
  parent[key] = copy(value)
end

local function take_out(item, path)
  local parent, last = parent_of(item, path), path[#path]
  if type(parent) ~= "table" then return end
  if type(last) == "number" then
    if last < #parent then table.remove(parent, key_of(last)) end
  else
    parent[last] = nil
  end
end

-- The union of two sets, or the sum of two numbers; what is missing is empty, or 0.
local function add(item, path, value)
  local old = get(item, path)
  if type(value) ~= "table" then return put(item, path, (old or 0) + value) end
  local union = copy(old or dynamo.set {})
  for _, element in ipairs(value) do
    if not union:has(element) then union[#union + 1] = element end
  end
  put(item, path, union)
end

-- What is left of a set; a set of nothing is no attribute.
local function subtract(item, path, value)
  local old = get(item, path)
  if old == nil then return end
  local left = dynamo.set {}
  for _, element in ipairs(old) do
    if not value:has(element) then left[#left + 1] = element end
  end
  if #left > 0 then
    put(item, path, left)
  else
    take_out(item, path)
  end
end

-- The paths of REMOVE, later list elements first, so that no index moves under another.
local function from_the_end(actions)
  local paths = {}
  for i, action in ipairs(actions) do
    paths[i] = action.path
  end
  local function rank(path)
    local last = path[#path]
    return type(last) == "number" and last or -1
  end
  table.sort(paths, function(a, b)
    return rank(a) > rank(b)
  end)
  return paths
end

--- Returns the item after an update; the item given stays as it is. Right-hand sides see the item as
-- it was. Removed list elements are told by their old index.
function M.apply(item, update)
  local after, values = copy(item), {}
  for i, action in ipairs(update.set) do
    values[i] = value_of(action.operand, item)
  end
  for i, action in ipairs(update.set) do
    put(after, action.path, values[i])
  end
  for _, action in ipairs(update.add) do
    add(after, action.path, value_of(action.operand, item))
  end
  for _, action in ipairs(update.delete) do
    subtract(after, action.path, value_of(action.operand, item))
  end
  for _, path in ipairs(from_the_end(update.remove)) do
    take_out(after, path)
  end
  return after
end

-- ---- conditions ----------------------------------------------------------------------------

-- Returns -1, 0 or 1 for two numbers or two strings; nil for what cannot be ordered.
local function order(a, b)
  if type(a) ~= type(b) or (type(a) ~= "number" and type(a) ~= "string") then return nil end
  if a == b then return 0 end
  return a < b and -1 or 1
end

local COMPARE = {
  ["="] = function(a, b)
    return a ~= nil and b ~= nil and same(a, b)
  end,
  ["<>"] = function(a, b)
    return a == nil or b == nil or not same(a, b)
  end,
  ["<"] = function(a, b)
    return order(a, b) == -1
  end,
  ["<="] = function(a, b)
    return (order(a, b) or 1) <= 0
  end,
  [">"] = function(a, b)
    return order(a, b) == 1
  end,
  [">="] = function(a, b)
    return (order(a, b) or -1) >= 0
  end,
}

local TEST = {
  attribute_exists = function(value)
    return value ~= nil
  end,
  attribute_not_exists = function(value)
    return value == nil
  end,
  begins_with = function(value, prefix)
    return type(value) == "string" and value:sub(1, #prefix) == prefix
  end,
  contains = function(value, wanted)
    if type(value) == "string" then
      return type(wanted) == "string" and value:find(wanted, 1, true) ~= nil
    end
    for _, element in ipairs(type(value) == "table" and value or {}) do
      if same(element, wanted) then return true end
    end
    return false
  end,
  attribute_type = function(value, word)
    return value ~= nil and dynamo.encode(value):match '^{"(%u+)"' == word
  end,
}

local holds = {}

--- Tells whether a condition tree holds for an item.
function M.holds(condition, item)
  return holds[condition.kind](condition, item)
end

function holds.compare(node, item)
  return COMPARE[node.op](value_of(node.left, item), value_of(node.right, item))
end
function holds.between(node, item)
  local value = value_of(node.subject, item)
  local low, high = value_of(node.low, item), value_of(node.high, item)
  return COMPARE[">="](value, low) and COMPARE["<="](value, high)
end
holds["in"] = function(node, item)
  local value = value_of(node.subject, item)
  for _, operand in ipairs(node.list) do
    if COMPARE["="](value, value_of(operand, item)) then return true end
  end
  return false
end
function holds.test(node, item)
  return TEST[node.name](get(item, node[1]), node[2] and value_of(node[2], item))
end
holds["and"] = function(node, item)
  for _, child in ipairs(node) do
    if not M.holds(child, item) then return false end
  end
  return true
end
holds["or"] = function(node, item)
  for _, child in ipairs(node) do
    if M.holds(child, item) then return true end
  end
  return false
end
holds["not"] = function(node, item)
  return not M.holds(node[1], item)
end

return M
