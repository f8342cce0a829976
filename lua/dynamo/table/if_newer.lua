-- SPDX-License-Identifier: MIT
-- The option if_newer: a write that is done only if what is stored is older, or is not there.
local core = require "dynamo.core"
local errors = require "dynamo.error"
local paths = require "dynamo.expression.path"
local nodes = require "dynamo.expression.tree"

local M = {}

-- Returns what is at the segments of `path` from number `from` on within a value, or nil.
local function within(value, path, from)
  for i = from, #path do
    local segment = path[i]
    if type(value) ~= "table" then return nil end
    if type(segment) == "number" then segment = segment + 1 end -- a list counts from 0
    value = rawget(value, segment)
  end
  return value
end

-- Whether `path` begins with `start`.
local function begins_with(path, start)
  return #start <= #path and paths.overlap(start, path)
end

-- Returns the value that an update gives to a place, nil for none that is known before.
local function set_by(update, path)
  for _, action in ipairs(update.set) do
    if begins_with(path, action.path) and action.operand.kind == "value" then
      return within(action.operand.value, path, #action.path + 1)
    end
  end
end

local function refuse(message)
  return nil, errors.validation("if_newer", "if_newer", "if_newer: " .. message)
end

-- Returns the condition that a path is missing or smaller than `value`; or nil, error without one.
local function condition(path, value)
  if value == nil or value == core.null then
    return refuse(("the write brings no value for %s to compare with"):format(paths.show(path)))
  end
  return nodes.any {
    nodes.test("attribute_not_exists", path),
    nodes.compare("<", path, nodes.value(value)),
  }
end

--- Returns the condition for a put: that a place is missing or smaller than in the item; or nil,
-- error if the item has nothing there.
-- @tparam string text a path
-- @tparam table item
function M.than_item(text, item)
  local path, message = paths.parse(text)
  if not path then return refuse(message) end
  return condition(path, within(item, path, 1))
end

--- As than_item, for what an update writes.
function M.than_update(text, update)
  local path, message = paths.parse(text)
  if not path then return refuse(message) end
  return condition(path, set_by(update, path))
end

return M
