-- SPDX-License-Identifier: MIT
-- The parents that an update asked for (:ensure), made before it: one UpdateItem each for parents
-- that are not within each other, SET parent = if_not_exists(parent, {}), under the update's own
-- condition. What comes after may fail and leave the empty parents.
local expressions = require "dynamo.table.expressions"
local node = require "dynamo.table.node"
local operations = require "dynamo.operations"
local paths = require "dynamo.expression.path"
local send = require "dynamo.table.send"

local M = {}

local update_item = operations.by_method.update_item

-- Returns how many places above `path` the parents are.
local function depth_of(path, parents)
  local depth, seen = 0, {}
  for _, parent in ipairs(parents) do
    local outer = parent.path
    if #outer < #path and not seen[#outer] and paths.overlap(outer, path) then
      depth, seen[#outer] = depth + 1, true
    end
  end
  return depth
end

-- Whether an update sets a path.
local function sets(update, path)
  for _, action in ipairs(update.set) do
    if paths.equal(action.path, path) then return true end
  end
  return false
end

--- Returns the updates that make the parents, the outer ones first.
-- @tparam table parents { { path }, ... }
function M.updates(parents)
  local updates = {}
  for _, parent in ipairs(parents) do
    local path = parent.path
    local round = depth_of(path, parents) + 1
    for i = #updates + 1, round do updates[i] = node.update() end
    local set = updates[round].set
    if not sets(updates[round], path) then
      set[#set + 1] =
        { path = path, operand = node.if_not_exists(path, {}), source = "request" }
    end
  end
  return updates
end

-- Returns the ask of one such update, beside that of the whole.
local function ask_for(ask)
  local params = {}
  for name, value in next, ask.params do params[name] = value end
  params.ReturnValues = nil
  return {
    noun = ask.noun, verb = ask.verb, explain = ask.explain,
    params = params, extras = ask.extras, words = ask.words, trees = {},
    expression = ask.expression, arguments = ask.arguments,
  }
end

--- Makes the parents; returns what each request returned, or nil, message, err.
-- @tparam table ask of the update, its params without expressions yet
-- @tparam table updates
-- @tparam ?table condition the tree of the update's own
function M.make(ask, updates, condition)
  local results = {}
  for i, update in ipairs(updates) do
    local own = ask_for(ask)
    local problem = expressions.store(own, { update = update, condition = condition })
    if problem then return send.fail(update_item, problem) end
    local result, message, err = send.write(own, update_item)
    if not result then return nil, message, err end
    results[i] = result
  end
  return results
end

return M
