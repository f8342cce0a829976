-- SPDX-License-Identifier: MIT
-- What an update does, told from its tree alone: which paths it writes, whether two of them
-- overlap, whether it may be sent twice.
local paths = require "dynamo.expression.path"
local nodes = require "dynamo.expression.tree"
local values = require "dynamo.value"

local M = {}

--- Returns what an update writes, in the order sent: { { path, source, action = "SET" }, ... }.
function M.writes(update)
  local writes = {}
  for _, clause in ipairs(nodes.CLAUSES) do
    for _, action in ipairs(update[clause]) do
      writes[#writes + 1] =
        { path = action.path, source = action.source, action = nodes.KEYWORDS[clause] }
    end
  end
  return writes
end

-- ---- overlaps ------------------------------------------------------------------------------

-- Paths entered one after the other make a tree: a node has segments as its keys, and under keys that
-- are no segments the number of the first path that leads through it, that takes it for a map and
-- that takes it for a list. Where a path ends stands its number.
local FIRST, MAP, LIST = {}, {}, {}

-- Notes what path number `n` takes a node for; returns the number of the first path that takes it
-- for something else, or nil.
local function take(node, segment, n)
  local own, other = MAP, LIST
  if type(segment) == "number" then
    own, other = other, own
  end
  node[own] = node[own] or n
  return node[other]
end

-- Enters path number `n`; returns the number of the first path that it clashes with, or nil.
local function enter(node, path, n)
  local last = #path
  for i = 1, last - 1 do
    local earlier = take(node, path[i], n)
    if earlier then return earlier end
    local child = node[path[i]]
    if child == nil then
      child = { [FIRST] = n }
      node[path[i]] = child
    elseif type(child) == "number" then
      return child
    end
    node = child
  end
  local earlier = take(node, path[last], n)
  if earlier then return earlier end
  local taken = node[path[last]]
  if taken == nil then
    node[path[last]] = n
  else
    return type(taken) == "number" and taken or taken[FIRST]
  end
end

--- Returns the first two writes of an update whose paths clash (see dynamo.expression.path),
-- { first = write, second = write }; nil if there are none. DynamoDB refuses such a pair.
function M.overlaps(update)
  local root, n = {}, 0
  for _, clause in ipairs(nodes.CLAUSES) do
    for _, action in ipairs(update[clause]) do
      n = n + 1
      local earlier = enter(root, action.path, n)
      if earlier then
        local writes = M.writes(update)
        return { first = writes[earlier], second = writes[n] }
      end
    end
  end
end

--- Returns the first two paths of a projection that clash, { first = { path = }, second = ... };
-- nil if there are none. DynamoDB refuses them too.
function M.projection_overlaps(projection)
  local root = {}
  for n, path in ipairs(projection) do
    local earlier = enter(root, path, n)
    if earlier then return { first = { path = projection[earlier] }, second = { path = path } } end
  end
end

-- ---- replay --------------------------------------------------------------------------------

-- kind of operand -> function(operand, path): whether setting `path` to it twice does what setting
-- it once does. What is not here is not proven.
local constant = {}

local function is_constant(operand, path)
  local test = constant[operand.kind]
  return test ~= nil and test(operand, path)
end

function constant.value()
  return true
end

-- if_not_exists(path, constant) of the very path that is set: the second time it is there.
function constant.call(call, path)
  return call.name == "if_not_exists" and paths.equal(call[1], path) and is_constant(call[2], path)
end

local function is_set_value(operand)
  return operand.kind == "value" and values.is_set(operand.value)
end

-- clause -> function(action): whether doing it twice does what doing it once does.
local repeatable = {
  set = function(action)
    return is_constant(action.operand, action.path)
  end,
  remove = function()
    return true
  end,
  delete = function(action)
    return is_set_value(action.operand)
  end,
  add = function(action)
    return is_set_value(action.operand)
  end,
}

-- Whether the path ends at a list's index. SET beyond the end of a list appends, REMOVE moves the
-- elements behind it: the second time another element is meant.
local function is_element(path)
  return type(path[#path]) == "number"
end

--- Whether an update may be sent again after it may have been applied: constants, if_not_exists of
-- the same path and a constant, REMOVE, ADD and DELETE of sets, none of them on a list's element;
-- false also for what is not proven.
function M.is_idempotent(update)
  for clause, test in next, repeatable do
    for _, action in ipairs(update[clause]) do
      if is_element(action.path) or not test(action) then return false end
    end
  end
  return true
end

-- Whether `name` is one of `names`.
local function among(names, name)
  for _, known in ipairs(names) do
    if known == name then return true end
  end
  return false
end

--- Returns the first path an update writes that is, or lies within, one of the attributes
-- `key_names` (a list); nil if there is none. DynamoDB refuses to update a key.
function M.key_written(update, key_names)
  for _, clause in ipairs(nodes.CLAUSES) do
    for _, action in ipairs(update[clause]) do
      if among(key_names, action.path[1]) then return action.path end
    end
  end
end

return M
