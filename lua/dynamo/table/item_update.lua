-- SPDX-License-Identifier: MIT
-- The update that sets all attributes of an item. It is prepared once for their names, and kept: the
-- items of one program have few sets of names.
local core = require "dynamo.core"
local bind = require "dynamo.expression.bind"
local fill = require "dynamo.expression.fill"
local prepared = require "dynamo.expression.prepared"
local nodes = require "dynamo.expression.tree"
local nulls = require "dynamo.table.ignore_nulls"

local M = {}

-- What a table keeps is bounded: then it begins anew.
local MAX_PLANS, MAX_NODES = 256, 2048

--- Makes what a table keeps:
--   plans   a text of all its names, sorted -> plan: attributes (those names), keys (where in an item
--           the values of the update are, in the order of their tokens), own (see
--           dynamo.expression.prepared)
--   root    of a tree of names in the order in which `next` gives those of an item, its key's too; a
--           plan stands under PLAN
--   count, node_count
function M.kept()
  return { plans = {}, count = 0, root = {}, node_count = 0 }
end

local PLAN = {}

-- Returns the plan for an item whose names came in the same order before, or nil.
local function find(node, item)
  for name in next, item do
    node = node[name]
    if not node then return nil end
  end
  return node[PLAN]
end

-- ---- what is made once ---------------------------------------------------------------------

-- Returns the template of an update that sets attributes, each with a hole for its value.
local function new_template(attributes, entries)
  local update, holes = nodes.update(), {}
  for i, name in ipairs(attributes) do
    local path, operand, entry = nodes.path(name), nodes.placeholder(i), entries[name]
    if entry and entry.write == "if_absent" then operand = nodes.if_not_exists(path, operand) end
    update.set[i], holes[i] = nodes.action(path, operand), { type = "?", n = i, at = 1 }
  end
  return bind.template("update", "", update, holes)
end

-- Returns the plan for the attributes of an item.
local function new_plan(attributes, entries)
  local own, keys = prepared.of_template(new_template(attributes, entries)), {}
  for i, n in ipairs(own.arguments or {}) do
    keys[i] = attributes[n]
  end
  return { attributes = attributes, keys = keys, own = own }
end

-- Whether a plan is for these attributes: a name may hold what stands between two names in a key.
local function fits(plan, attributes)
  for i, name in ipairs(plan.attributes) do
    if attributes[i] ~= name then return false end
  end
  return #attributes == #plan.attributes
end

-- Returns the plan for the attributes of an item, sorted; owned from now on.
local function plan_of(kept, attributes, entries)
  local key = table.concat(attributes, "\0")
  local plan = kept.plans[key]
  if plan and fits(plan, attributes) then return plan end
  if kept.count >= MAX_PLANS then
    kept.plans, kept.count, kept.root, kept.node_count = {}, 0, {}, 0
  end
  plan = new_plan(attributes, entries)
  kept.plans[key], kept.count = plan, kept.count + 1
  return plan
end

-- Returns the node under a name, made if it is not there.
local function below(kept, node, name)
  if node[name] then return node[name] end
  local child = {}
  node[name], kept.node_count = child, kept.node_count + 1
  return child
end

-- Notes the plan for items whose names come in the order of this one's.
local function note(kept, item, plan)
  if kept.node_count >= MAX_NODES then
    kept.root, kept.node_count = {}, 0
  end
  local node, room = kept.root, MAX_NODES
  for name in next, item do
    node, room = below(kept, node, name), room - 1
    if room == 0 then return end
  end
  node[PLAN] = plan
end

-- ---- the whole -----------------------------------------------------------------------------

--- Returns the update, prepared, and its values; or nil, error for a name that is none.
-- @tparam table noun see dynamo.table.definition
-- @tparam table names the key attributes, of all items of the table the same
-- @tparam table item
function M.prepare(noun, names, item)
  local kept = noun.updates
  local plan = find(kept.root, item)
  if not plan then
    local attributes, err = nulls.attributes(item, names)
    if not attributes then return nil, err end
    plan = plan_of(kept, attributes, noun.attributes)
    note(kept, item, plan)
  end
  local own = plan.own
  if own.values then return own, own.values end
  local values, _, are_apart = core.gather(item, plan.keys, own.order)
  if are_apart then return own, values end
  return fill.merged(own, values)
end

return M
