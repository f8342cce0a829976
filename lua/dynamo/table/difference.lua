-- SPDX-License-Identifier: MIT
-- What a function made of an item that was read, and the condition that nobody else has changed that
-- meanwhile. Attributes are told apart at the top of the item: a list or a map that differs somewhere is
-- written, and guarded, as a whole.
local compare = require "dynamo.compare"
local core = require "dynamo.core"
local nodes = require "dynamo.expression.tree"
local tables = require "dynamo.tables"

local M = {}

-- What our own metatables, which are locked, call themselves -> they.
local METATABLES = {
  ["dynamo.list"] = core.list_metatable,
  ["dynamo.map"] = core.map_metatable,
  ["dynamo.set"] = core.set_metatable,
}

--- Returns a copy of a value through and through, which its owner may change.
function M.copy(value)
  if type(value) ~= "table" then return value end
  local metatable, copy = getmetatable(value), {}
  for key, element in next, value do
    copy[key] = M.copy(element)
  end
  return setmetatable(
    copy,
    METATABLES[metatable] or type(metatable) == "table" and metatable or nil
  )
end

-- Notes what became of one attribute.
local function note(difference, read, name, new)
  local old = rawget(read.seen, name)
  if new ~= nil then
    if not compare.are_same(old, new) then difference.set[name] = new end
  elseif rawget(read.stored, name) ~= nil and (old ~= nil or read.is_hidden) then
    difference.remove[name] = true
  end
end

--- Returns what is to be set and removed so that the item becomes what the function returned.
-- @tparam table read the item, an empty one for none: stored (as it is), seen (as the function saw it:
--   extensions may have changed it), is_hidden (the function was told that there is none)
-- @tparam table made what the function returned
-- @tparam table passed_over attribute -> true: of no concern; the key
-- @treturn table set (attribute -> value), remove (attribute -> true)
function M.of(read, made, passed_over)
  local difference = { set = {}, remove = {} }
  for name, value in next, made do
    if not passed_over[name] then note(difference, read, name, value) end
  end
  for name in next, read.stored do
    if not passed_over[name] and rawget(made, name) == nil then
      note(difference, read, name, nil)
    end
  end
  return difference
end

--- Whether there is no difference.
function M.is_none(difference)
  return next(difference.set) == nil and next(difference.remove) == nil
end

--- Returns the update that removes what is to be removed; nil for nothing.
function M.removal(difference)
  local names = tables.sorted_keys(difference.remove)
  if not names[1] then return nil end
  local update = nodes.update()
  for i, name in ipairs(names) do
    update.remove[i] = nodes.action(nodes.path(name))
  end
  return update
end

-- Returns the condition that an attribute is as it was read.
local function is_as_read(stored, name)
  local path, value = nodes.path(name), rawget(stored, name)
  if value == nil then return nodes.test("attribute_not_exists", path) end
  return nodes.compare("=", path, nodes.value(value))
end

--- Returns the condition that what differs is as it was read, or still missing.
-- @tparam table difference
-- @tparam table stored
function M.guard(difference, stored)
  local changed = tables.copy(difference.set)
  for name in next, difference.remove do
    changed[name] = true
  end
  local conditions = {}
  for i, name in ipairs(tables.sorted_keys(changed)) do
    conditions[i] = is_as_read(stored, name)
  end
  return nodes.all(conditions)
end

return M
