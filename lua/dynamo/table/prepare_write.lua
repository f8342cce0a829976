-- SPDX-License-Identifier: MIT
-- What the writing verbs send, prepared and not sent: functions of an ask (see dynamo.table.ask),
-- the names of the key attributes (nil where they are neither known nor needed) and the verb's first
-- argument. Each returns the operation and its parameters, which are those of the ask; or nil, error.
local replay = require "dynamo.call.replay_class"
local errors = require "dynamo.error"
local prepared = require "dynamo.expression.prepared"
local nodes = require "dynamo.expression.tree"
local operations = require "dynamo.operations"
local bare = require "dynamo.table.bare"
local chain = require "dynamo.table.chain"
local parents = require "dynamo.table.ensure"
local newer = require "dynamo.table.if_newer"
local nulls = require "dynamo.table.ignore_nulls"
local item_update = require "dynamo.table.item_update"
local merge = require "dynamo.table.merge"
local prepare = require "dynamo.table.prepare"
local tables = require "dynamo.tables"

local M = {}

local put_item = operations.by_method.put_item
local update_item = operations.by_method.update_item
local delete_item = operations.by_method.delete_item

local NONE = tables.NONE

--- Returns the class of a write (see dynamo.call.replay_class), told by the trees of its expressions.
function M.replay_class(ask)
  local condition = prepare.tree(ask, "condition")
  if not ask.update then return condition and "CONDITIONAL" or "IDEMPOTENT" end
  return replay.of_update(prepare.tree(ask, "update"), condition, condition ~= nil)
end

-- ---- the parts of a write ------------------------------------------------------------------

-- Runs the extensions; returns what they make of the item, or nil, error.
local function extended(ask, names, item)
  local changed, err = chain.before(ask, names, item, prepare.tree(ask, "update"))
  if not changed then return nil, err end
  ask.info = changed.info
  return changed
end

-- Returns the test of the partition key, prepared once for a table.
local function test_of(noun, name, partition_key)
  local own = noun.tests[name]
  if own then return own end
  own = prepared.keep(prepared.of_tree("condition", nodes.test(name, nodes.path(partition_key))))
  noun.tests[name] = own
  return own
end

-- Returns the condition of the option if_newer, nil without it; or nil, error.
local function newer_condition(ask)
  local limit = ask.options.if_newer
  if not limit then return nil end
  if ask.update then return newer.than_update(limit, prepare.tree(ask, "update")) end
  return newer.than_item(limit, ask.item)
end

-- Makes one condition of all that a write has; returns nil, or an error.
-- @tparam table ask
-- @tparam ?table changed by the extensions
-- @tparam ?table test of the verb's own, prepared
local function join_conditions(ask, changed, test)
  if not (changed or ask.condition or ask.options.if_newer) then
    if test then
      ask.condition, ask.condition_values = test, test.values
    end
    return nil
  end
  local limit, err = newer_condition(ask)
  if err then return err end
  local more = changed and changed.conditions or NONE
  if not (limit or more[1]) and not (test and ask.condition) then
    if test then prepare.set(ask, "condition", test, test.values) end
    return nil
  end
  local all = { prepare.tree(ask, "condition") }
  all[#all + 1] = test and test.tree
  all[#all + 1] = limit
  for _, condition in ipairs(more) do
    all[#all + 1] = condition
  end
  prepare.set_tree(ask, "condition", nodes.all(all))
end

-- ---- put, insert, replace, delete ----------------------------------------------------------

-- Returns the function that prepares a put which needs the test `name` (of the partition key), if any.
local function put_if(name)
  return function(ask, names, item)
    local changed, problem
    if ask.noun.extensions[1] then
      changed, problem = extended(ask, names, item)
      if not changed then return nil, problem end
      item = changed.item
    end
    ask.item, ask.params.Item = item, item
    problem = names and prepare.missing(names, item, "Item")
      or join_conditions(ask, changed, name and test_of(ask.noun, name, names[1]))
      or prepare.store(ask)
    if problem then return nil, problem end
    return put_item, ask.params
  end
end

M.put = put_if(nil)
M.insert = put_if "attribute_not_exists"
M.replace = put_if "attribute_exists"

function M.delete(ask, names, key)
  local changed, problem
  if ask.noun.extensions[1] then
    changed, problem = extended(ask, names, key)
    if not changed then return nil, problem end
    key = changed.item
  end
  ask.params.Key = key
  problem = names and prepare.mismatch(names, key)
    or join_conditions(ask, changed, nil)
    or prepare.store(ask)
  if problem then return nil, problem end
  return delete_item, ask.params
end

-- ---- what an update writes -----------------------------------------------------------------

-- Returns the update that writes the attributes of an item which are no key, each with its source;
-- or nil, error.
local function update_of_item(ask, names, item, changed)
  local attributes, err = nulls.attributes(item, names)
  if not attributes then return nil, err end
  local update = nulls.update(item, attributes, ask.options.ignore_nulls, ask.noun.attributes)
  for _, action in ipairs(changed and update.set or NONE) do
    action.source = changed.sources[action.path[1]]
  end
  return update
end

-- Returns nil, or the error of an update that writes a place twice, or the key.
local function update_problem(ask, names)
  local own = ask.update
  if own.overlap and ask.noun.merge ~= "concatenate" then
    return merge.overlap_error(own.overlap.first, own.overlap.second)
  elseif names and (own.written[names[1]] or own.written[names[2]]) then
    return merge.key_problem(prepare.tree(ask, "update"), names)
  end
end

-- Joins what an item, the extensions and the request write; returns nil, or an error.
local function join_update(ask, names, item, changed)
  local update, extension, err = nodes.update(), changed and changed.update or nodes.update(), nil
  if names then
    update, err = update_of_item(ask, names, item, changed)
  end
  if not update then return err end
  local is_alone = nodes.is_empty(update) and nodes.is_empty(extension)
  if ask.update and is_alone then return update_problem(ask, names) end
  local request = prepare.tree(ask, "update") or nodes.update()
  local sources = { item = update, extension = extension, request = request }
  update, err = merge.merged(sources, ask.noun.merge)
  if not update then return err end
  prepare.set_tree(ask, "update", update)
  return update_problem(ask, names)
end

-- ---- upsert, patch -------------------------------------------------------------------------

-- Makes the update of an item's attributes; returns nil, or an error.
local function set_attributes(ask, names, item, changed)
  local mode = ask.options.ignore_nulls
  if changed or ask.update then return join_update(ask, names, item, changed) end
  if not mode then
    ask.update, ask.update_values = item_update.prepare(ask.noun, names, item)
    return not ask.update and ask.update_values or nil
  end
  local attributes, err = nulls.attributes(item, names)
  if not attributes then return err end
  local update = nulls.update(item, attributes, mode, ask.noun.attributes)
  prepare.set_tree(ask, "update", update) -- attributes beside the key, each once
end

-- Returns the function that makes the update and the condition of an upsert which needs the test
-- `name` (of the partition key), if any; that returns nil, or an error.
local function setter(name)
  return function(ask, names, item)
    local changed, problem
    if ask.noun.extensions[1] then
      changed, problem = extended(ask, names, item)
      if not changed then return problem end
      item = changed.item
    end
    ask.item, ask.params.Key = item, prepare.key_of(item, names)
    problem = prepare.missing(names, item, "Item") or set_attributes(ask, names, item, changed)
    if problem then return problem end
    if name and next(ask.update.written) == nil then
      return errors.validation("nothing_to_set", "Item", "Item: nothing to set beside the key")
    end
    return join_conditions(ask, changed, name and test_of(ask.noun, name, names[1]))
  end
end

local set_always, set_if_there = setter(nil), setter "attribute_exists"

-- Where nothing is set the put of the key goes first, in an ask of its own: see dynamo.table.bare.
function M.upsert(ask, names, item)
  local problem = set_always(ask, names, item)
  if problem then return nil, problem end
  if not ask.update.creates then return bare.prepare(ask, names) end
  problem = prepare.store(ask)
  if problem then return nil, problem end
  return update_item, ask.params
end

function M.patch(ask, names, item)
  local problem = set_if_there(ask, names, item) or prepare.store(ask)
  if problem then return nil, problem end
  return update_item, ask.params
end

-- ---- update --------------------------------------------------------------------------------

-- Returns the error of a key that has more than the key attributes and what extensions wrote.
local function key_problem(names, changed)
  local own = {}
  for name, value in next, changed.item do
    if not changed.sources[name] then own[name] = value end
  end
  return prepare.mismatch(names, own)
end

-- Puts what the extensions made of the key into the request and the update; returns nil, or an error.
local function extend(ask, names, key)
  local changed, err = extended(ask, names, key)
  if not changed then return err end
  ask.params.Key = names and prepare.key_of(changed.item, names) or changed.item
  return names and key_problem(names, changed)
    or join_update(ask, names, changed.item, changed)
    or join_conditions(ask, changed, nil)
end

-- Where parents are to be there, the updates that make them are kept in the ask: see
-- dynamo.table.ensure.
function M.update(ask, names, key)
  local ensured, problem = ask.update.ensure
  if ask.noun.extensions[1] then
    problem = extend(ask, names, key)
  else
    ask.params.Key = key
    problem = names and prepare.mismatch(names, key)
      or update_problem(ask, names)
      or ask.options.if_newer and join_conditions(ask, nil, nil)
  end
  problem = problem or ensured and parents.prepare(ask, ensured, names) or prepare.store(ask)
  if problem then return nil, problem end
  return update_item, ask.params
end

return M
