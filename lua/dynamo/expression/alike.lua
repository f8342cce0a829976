-- SPDX-License-Identifier: MIT
-- Expressions of builders, prepared once for all that differ in nothing but their values: a builder
-- made anew for each request says what the one before said. What is alike is found by a walk over the
-- tree, one step for each kind, name and number in it, down a tree of such steps.
local core = require "dynamo.core"
local bind = require "dynamo.expression.bind"
local fill = require "dynamo.expression.fill"
local prepared = require "dynamo.expression.prepared"
local nodes = require "dynamo.expression.tree"
local tables = require "dynamo.tables"

local M = {}

-- ---- the steps -----------------------------------------------------------------------------

-- What is kept begins anew when it has so many steps.
local MAX_STEPS = 8192

-- Kind of expression -> its first step: a table of those that may follow, and, where an expression
-- ends, what is prepared of it under PLAN.
local first, count = {}, 0
local PLAN = {}

-- Returns the step that follows `at` by a key, where it was not taken before.
local function new_step(at, key)
  local step = {}
  at[key], count = step, count + 1
  return step
end

local function first_step(kind)
  if count >= MAX_STEPS then
    first, count = {}, 0
  end
  return first[kind] or new_step(first, kind)
end

-- ---- the walk ------------------------------------------------------------------------------

-- What leads to a step says what kind of key comes next, so that no two trees take the same steps.
-- Each function returns the last step, nil for a tree that is not found again; values of the tree go
-- into a list.

-- kind of node -> function(at, node, values), behind the step of its kind.
local walk_of = {}

local function walk(at, node, values)
  local kind = node.kind
  local own = walk_of[kind]
  return own and own(at[kind] or new_step(at, kind), node, values)
end

-- Walks over a list of nodes.
local function walk_list(at, list, values)
  local length = #list
  at = at[length] or new_step(at, length)
  for i = 1, length do
    at = walk(at, list[i], values)
    if not at then return nil end
  end
  return at
end

function walk_of.path(at, path)
  local length = #path
  at = at[length] or new_step(at, length)
  for i = 1, length do
    local segment = path[i]
    at = at[segment] or new_step(at, segment)
  end
  return at
end

local walk_path = walk_of.path

function walk_of.value(at, node, values)
  values[#values + 1] = node.value
  return at
end

local function walk_named(at, node, values)
  local name = node.name
  return walk_list(at[name] or new_step(at, name), node, values)
end

local function walk_sides(at, node, values)
  local op = node.op
  at = walk(at[op] or new_step(at, op), node.left, values)
  return at and walk(at, node.right, values)
end

walk_of.size, walk_of["not"], walk_of["and"], walk_of["or"] =
  walk_list, walk_list, walk_list, walk_list
walk_of.call, walk_of.test = walk_named, walk_named
walk_of.arith, walk_of.compare = walk_sides, walk_sides

walk_of["in"] = function(at, node, values)
  at = walk(at, node.subject, values)
  return at and walk_list(at, node.list, values)
end

-- Walks over the actions of a clause, none of them of another source than the request.
local function walk_clause(at, actions, values)
  local length = #actions
  at = at[length] or new_step(at, length)
  for i = 1, length do
    local action = actions[i]
    if action.source then return nil end
    at = walk_path(at, action.path)
    if action.operand then at = walk(at, action.operand, values) end
    if not at then return nil end
  end
  return at
end

function walk_of.update(at, update, values)
  if update.ensure then return nil end
  for i = 1, #nodes.CLAUSES do
    at = walk_clause(at, update[nodes.CLAUSES[i]], values)
    if not at then return nil end
  end
  return at
end

function walk_of.projection(at, projection)
  local length = #projection
  at = at[length] or new_step(at, length)
  for i = 1, length do
    at = walk_path(at, projection[i])
  end
  return at
end

-- ---- what is made once ---------------------------------------------------------------------

-- The keys of nodes, in the order of the walk.
local ORDER = { "subject", "left", "right", "list", "path", "operand" }

local open

-- Puts a copy of the child under a key, open, into a copy of its node.
local function open_child(copy, key, holes)
  if type(copy[key]) == "table" then copy[key] = open(copy[key], holes) end
end

-- Returns a copy of a node, or a list of such, with a hole for each value; the holes are added to a
-- list.
function open(node, holes)
  if node.kind == "value" then
    holes[#holes + 1] = { type = "?", n = #holes + 1, at = 1 }
    return nodes.placeholder(#holes)
  end
  local copy = tables.copy(node)
  if node.kind == "path" then return node end
  for _, key in ipairs(node.kind == "update" and nodes.CLAUSES or ORDER) do
    open_child(copy, key, holes)
  end
  for i = 1, #node do
    open_child(copy, i, holes)
  end
  return copy
end

-- Returns what is prepared of all trees like one.
local function new_plan(kind, tree)
  local holes = {}
  local template = bind.template(kind, "", open(tree, holes), holes)
  return prepared.of_template(template)
end

--- Returns the prepared expression of a tree without holes (see dynamo.expression.prepared), and its
-- values; or nil for one that is not found again: a range, whose ends decide whether it is fine, and
-- an update with sources or with parents to ensure.
-- @tparam string kind
-- @tparam table tree immutable from now on
function M.of(kind, tree)
  local values = {}
  local step = walk(first_step(kind), tree, values)
  if not step then return nil end
  local own = step[PLAN]
  if not own then
    own = new_plan(kind, tree)
    step[PLAN] = own
  end
  if own.values then return own, own.values end
  local found, _, are_apart = core.gather(values, own.arguments, own.order)
  if are_apart then return own, found end
  return fill.merged(own, found)
end

return M
