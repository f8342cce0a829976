-- SPDX-License-Identifier: MIT
-- What an update makes of an item. All its operands are read from the item as it was, then it is
-- written: SET, ADD, DELETE, and last REMOVE, whose list indexes are those of before.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
local evaluate = require "dynamo.expression.evaluate"
local wire = require "dynamo.expression.wire_value"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"

local M = {}

local MISSING = "The provided expression refers to an attribute that does not exist in the item"
local BAD_TYPE = "An operand in the update expression has an incorrect data type"
local BAD_PATH = "The document path provided in the update expression is invalid for update"

-- ---- operands ----------------------------------------------------------------------------------

local OPERANDS = {}

-- Returns the value of an operand, or raises.
local function operand(item, node)
  return OPERANDS[node.kind](item, node)
end

function OPERANDS.value(_, node)
  return node.value
end

function OPERANDS.path(item, node)
  return evaluate.at(item, node) or refusal.validation(MISSING)
end

function OPERANDS.arith(item, node)
  local left, right = operand(item, node.left), operand(item, node.right)
  if not (left.N and right.N) then refusal.validation(BAD_TYPE) end
  return wire.calculate(node.op, left, right)
end

local CALLS = {}

function CALLS.if_not_exists(item, node)
  return evaluate.at(item, node[1]) or operand(item, node[2])
end

function CALLS.list_append(item, node)
  local first, second = operand(item, node[1]), operand(item, node[2])
  if not (first.L and second.L) then refusal.validation(BAD_TYPE) end
  local joined = {}
  for _, list in ipairs { first.L, second.L } do
    for _, element in ipairs(list) do
      joined[#joined + 1] = element
    end
  end
  return { L = joined }
end

function OPERANDS.call(item, node)
  return CALLS[node.name](item, node)
end

-- ---- writing -----------------------------------------------------------------------------------

-- The writer of an update copies what it changes, once: `copies` has the tables that are its own.
local function own(copies, content)
  if copies[content] then return content end
  local copy = tables.copy(content)
  copies[copy] = true
  return copy
end

-- Returns the member of a container's content at a segment; its key there.
local function key_in(value, segment)
  if type(segment) == "number" then return value.L and "L", segment + 1 end
  return value.M and "M", segment
end

-- Returns the content and the key where a path ends in the new item, every container on the way
-- being the writer's own; or nil where there is no such container.
local function place(item, path, copies)
  local content, key = item, path[1]
  for i = 2, #path do
    local value = content[key]
    local type, next_key = nil, nil
    if value then
      type, next_key = key_in(value, path[i])
    end
    if not type then return nil end
    local copy = own(copies, value[type])
    content[key] = { [type] = copy }
    content, key = copy, next_key
  end
  return content, key
end

-- Writes a value at a path. Behind a list's end it is appended.
local function put(item, path, value, copies)
  local content, key = place(item, path, copies)
  if not content then refusal.validation(BAD_PATH) end
  if type(key) == "number" and key > #content then key = #content + 1 end
  content[key] = value
end

-- Takes out what was at a path of the item before, if anything was; an element leaves a hole, see
-- `close_holes`.
local function take_out(before, item, path, copies, holes)
  local content, key = place(item, path, copies)
  if not content then refusal.validation(BAD_PATH) end
  if type(key) ~= "number" then
    content[key] = nil
  elseif evaluate.at(before, path) then
    holes[content] = holes[content] or {}
    holes[content][key] = true
  end
end

local function close_holes(holes)
  for list, missing in next, holes do
    local count = 0
    for i = 1, #list do
      local element = list[i]
      list[i] = nil
      if not missing[i] then
        count = count + 1
        list[count] = element
      end
    end
  end
end

-- ---- ADD and DELETE ----------------------------------------------------------------------------

-- Returns the texts of a set with those of another added.
local function union(a, b)
  local list, found = tables.copy(a), {}
  for _, element in ipairs(a) do
    found[element] = true
  end
  for _, element in ipairs(b) do
    if not found[element] then list[#list + 1] = element end
  end
  return list
end

-- Returns the texts of a set without those of another, nil if none is left.
local function difference(a, b)
  local list, taken = {}, {}
  for _, element in ipairs(b) do
    taken[element] = true
  end
  for _, element in ipairs(a) do
    if not taken[element] then list[#list + 1] = element end
  end
  return list[1] and list
end

-- Returns what ADD makes of the value that is there.
local function added(old, value)
  if not old then return value end
  if old.N and value.N then return wire.calculate("+", old, value) end
  local type = next(value)
  if not wire.ELEMENTS[type] or not old[type] then refusal.validation(BAD_TYPE) end
  return { [type] = union(old[type], value[type]) }
end

-- Returns what DELETE leaves of the value that is there; nil for nothing.
local function lessened(old, value)
  local type = next(value)
  if not old[type] then refusal.validation(BAD_TYPE) end
  local rest = difference(old[type], value[type])
  return rest and { [type] = rest }
end

-- ---- the whole ---------------------------------------------------------------------------------

-- Returns the values that the paths of SET, ADD and DELETE are to have: lists beside the actions;
-- false for what DELETE leaves nothing of, or has nothing to take from.
local function values_of(item, update)
  local values = { set = {}, add = {}, delete = {} }
  for i, action in ipairs(update.set) do
    values.set[i] = operand(item, action.operand)
  end
  for i, action in ipairs(update.add) do
    values.add[i] = added(evaluate.at(item, action.path), action.operand.value)
  end
  for i, action in ipairs(update.delete) do
    local old = evaluate.at(item, action.path)
    values.delete[i] = old and lessened(old, action.operand.value) or false
  end
  return values
end

-- Returns the index that a path ends in, 0 for a name.
local function last_index(path)
  local last = path[#path]
  return type(last) == "number" and last or 0
end

-- Returns what SET and ADD write, { path, value }, a list's elements in their order: of those behind
-- its end each is appended to what the one before left.
local function writes_of(update, values)
  local writes = {}
  for _, clause in ipairs { "set", "add" } do
    for i, action in ipairs(update[clause]) do
      writes[#writes + 1] = { path = action.path, value = values[clause][i] }
    end
  end
  table.sort(writes, function(a, b)
    return last_index(a.path) < last_index(b.path)
  end)
  return writes
end

--- Returns what an update makes of an item, which is left as it is; or raises a refusal.
-- @tparam table update a tree of dynamo.expression.strict
-- @tparam table item
function M.update(update, item)
  local values, copies, holes = values_of(item, update), {}, {}
  local result = own(copies, item)
  for _, write in ipairs(writes_of(update, values)) do
    put(result, write.path, write.value, copies)
  end
  for i, action in ipairs(update.delete) do
    local value = values.delete[i]
    if value then
      put(result, action.path, value, copies)
    elseif evaluate.at(result, action.path) then
      take_out(item, result, action.path, copies, holes)
    end
  end
  for _, action in ipairs(update.remove) do
    take_out(item, result, action.path, copies, holes)
  end
  close_holes(holes)
  return result
end

--- Returns the paths that an update writes, a list.
function M.paths(update)
  local paths = {}
  for _, clause in ipairs { "set", "remove", "delete", "add" } do
    for _, action in ipairs(update[clause]) do
      paths[#paths + 1] = action.path
    end
  end
  return paths
end

return M
