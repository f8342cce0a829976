-- SPDX-License-Identifier: MIT
-- The parents that an update asked for (:ensure), made where the service says that one is missing:
-- one UpdateItem each for parents that are not within each other, SET parent =
-- if_not_exists(parent, {}), under the update's own condition. What comes after may fail and leave
-- the empty parents.
local paths = require "dynamo.expression.path"
local nodes = require "dynamo.expression.tree"
local operations = require "dynamo.operations"
local prepare = require "dynamo.table.prepare"
local merge = require "dynamo.table.merge"
local send = require "dynamo.table.send"
local values = require "dynamo.value"

local M = {}

-- What the service says, and the emulators after it, where a parent is missing or no map.
local INVALID_PATH = "document path provided in the update expression is invalid"

local update_item = operations.by_method.update_item

-- Whether an update sets a path.
local function sets(update, path)
  for _, action in ipairs(update.set) do
    if paths.equal(action.path, path) then return true end
  end
  return false
end

-- Returns the first `count` segments of a path.
local function prefix_of(path, count)
  local prefix = nodes.path()
  for i = 1, count do
    prefix[i] = path[i]
  end
  return prefix
end

-- Adds the SET of a parent, empty, if it is missing: a list where an index follows, else a map.
local function add(update, path, following)
  if sets(update, path) then return end
  local empty = type(following) == "number" and values.list {} or {}
  update.set[#update.set + 1] =
    nodes.action(path, nodes.if_not_exists(path, nodes.value(empty)), "request")
end

--- Returns the updates that make the parents and all that is above them, the outer ones first.
-- @tparam table parents { { path }, ... }
function M.updates(parents)
  local updates = {}
  for _, parent in ipairs(parents) do
    local path = parent.path
    for depth = 1, #path do
      updates[depth] = updates[depth] or nodes.update()
      add(updates[depth], prefix_of(path, depth), path[depth + 1])
    end
  end
  return updates
end

-- Whether an update failed, and did nothing, because a parent of what it writes is missing.
local function are_missing(err)
  return err.code == "ValidationException"
    and err.maybe_applied == "no"
    and err.message:find(INVALID_PATH, 1, true) ~= nil
end

-- Makes the parents; returns what each request returned, or nil, message, err.
local function make(ask)
  local results = {}
  for i, update in ipairs(ask.parents) do
    local own = prepare.beside(ask)
    prepare.set_tree(own, "update", update)
    prepare.set(own, "condition", ask.condition, ask.condition_values)
    local problem = prepare.store(own)
    if problem then return send.fail(update_item, problem) end
    local result, message, err = send.write(own, update_item)
    if not result then return nil, message, err end
    results[i] = result
  end
  return results
end

-- Sends the update; where the service refuses it because a parent is missing, makes the parents and
-- sends it again.
local function run(ask, operation)
  local result, message, err = send.write(ask, operation)
  if result and not ask.explain or not result and (ask.explain or not are_missing(err)) then
    return result, message, err
  end
  local made, problem, failed = make(ask)
  if not made then return nil, problem, failed end
  if not ask.explain then return send.write(ask, operation) end
  result.before = made
  return result
end

--- Prepares the ask of an update that ensures parents, and how it is sent; returns nil, or an error.
-- An update of parents alone is the last of those that make them.
-- @tparam table ask with update and condition
-- @tparam table ensured the parents: { { path }, ... }
-- @tparam ?table names the key attributes
function M.prepare(ask, ensured, names)
  local updates = M.updates(ensured)
  for _, update in ipairs(names and updates or {}) do
    local problem = merge.key_problem(update, names)
    if problem then return problem end
  end
  if next(ask.update.written) == nil then prepare.set_tree(ask, "update", table.remove(updates)) end
  ask.parents, ask.run = updates, run
end

return M
