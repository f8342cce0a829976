-- SPDX-License-Identifier: MIT
-- What upsert and patch make of an item's attributes, null ones and maps above all: the option
-- `ignore_nulls`. AWS's Enhanced Client for Java has other words for the modes:
--
--   absent      null is stored as NULL                       (what is written is what is read)
--   "remove"    null removes the attribute, a map is whole   ignoreNulls = false, DEFAULT
--   "ignore"    a null attribute is left out; a map is whole, its nulls too   ignoreNulls = true
--   "maps"      nulls are left out at every depth, a map is whole             MAPS_ONLY
--   "scalars"   nulls are left out, a map's leaves are set one by one         SCALAR_ONLY
--
-- https://sdk.amazonaws.com/java/api/latest/software/amazon/awssdk/enhanced/dynamodb/model/IgnoreNullsMode.html
local core = require "dynamo.core"
local errors = require "dynamo.error"
local nodes = require "dynamo.expression.tree"
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {}

M.MODES = { "remove", "ignore", "scalars", "maps" }

-- Whether a value is a map: a table of string keys, or an empty one that is not marked a list.
local function is_map(value)
  if type(value) ~= "table" or core.is_list(value) or core.is_set(value) then return false end
  local name = next(value)
  return name == nil or type(name) == "string"
end

-- Returns a map without the nulls at any depth; other values, and maps within themselves (which
-- the encoder refuses), as they are.
local function without_nulls(value, above)
  if not is_map(value) or above[value] then return value end
  local copy = {}
  above[value] = true
  for name, member in next, value do
    if member ~= core.null then copy[name] = without_nulls(member, above) end
  end
  above[value] = nil
  return copy
end

-- Returns the path one name further down.
local function below(path, name)
  local longer = nodes.path()
  for i, segment in ipairs(path) do
    longer[i] = segment
  end
  longer[#longer + 1] = name
  return longer
end

-- Returns the function that adds the SET of a path, always or only if there is nothing yet.
local function setter(update, if_absent)
  return function(path, value)
    local operand = if_absent and nodes.if_not_exists(path, nodes.value(value))
      or nodes.value(value)
    update.set[#update.set + 1] = nodes.action(path, operand)
  end
end

-- Sets the leaves of a map one by one. An empty map is a leaf, and so is one within itself, which
-- the encoder refuses.
local function set_leaves(set, path, map, above)
  above[map] = true
  for _, name in ipairs(tables.sorted_keys(map)) do
    local member, inner = rawget(map, name), below(path, name)
    if is_map(member) and next(member) ~= nil and not above[member] then
      set_leaves(set, inner, member, above)
    elseif member ~= core.null then
      set(inner, member)
    end
  end
  above[map] = nil
end

-- How each mode adds an attribute that is not null.
local ADD = {}

function ADD.remove(set, path, value)
  set(path, value)
end
ADD.ignore = ADD.remove
function ADD.maps(set, path, value)
  set(path, without_nulls(value, {}))
end

function ADD.scalars(set, path, value)
  if is_map(value) and next(value) ~= nil then return set_leaves(set, path, value, {}) end
  set(path, value)
end

-- Adds what writes one attribute, in a mode, to an update.
local function add(update, set, name, value, mode)
  local path = nodes.path(name)
  if not mode then
    set(path, value)
  elseif value ~= core.null then
    ADD[mode](set, path, value)
  elseif mode == "remove" then
    update.remove[#update.remove + 1] = nodes.action(path)
  end
end

-- Returns nil, or the error of an attribute name that is none.
local function name_problem(name)
  if type(name) == "string" and name ~= "" then return nil end
  local path = name == "" and 'Item[""]' or ("Item[%s]"):format(nearest.word(name))
  local got = name == "" and "an empty one" or "a " .. type(name)
  return errors.validation(
    "type",
    path,
    ("%s: an attribute name must be a string, not %s"):format(path, got)
  )
end

--- Returns the attributes of `item` that are no key, sorted; or nil, error for a name that is none.
function M.attributes(item, names)
  local others = {}
  for name in next, item do
    local problem = name_problem(name)
    if problem then return nil, problem end
    if name ~= names[1] and name ~= names[2] then others[#others + 1] = name end
  end
  table.sort(others)
  return others
end

--- Returns the update that writes attributes of an item.
-- @tparam table item
-- @tparam table attributes the names to write, in order
-- @tparam ?string mode the option ignore_nulls
-- @tparam table schema attribute -> { write = "always" or "if_absent" }
function M.update(item, attributes, mode, schema)
  local update = nodes.update()
  local always, if_absent = setter(update, false), setter(update, true)
  for _, name in ipairs(attributes) do
    local set = schema[name] and schema[name].write == "if_absent" and if_absent or always
    add(update, set, name, rawget(item, name), mode)
  end
  return update
end

return M
