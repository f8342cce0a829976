-- SPDX-License-Identifier: MIT
-- What the table verbs send. Each takes an ask and the verb's argument. An ask is
--   { noun, verb, explain (whether to return the request, and send nothing),
--     params (fresh: what the options said), extras (the options that are no member: timeout, once, ...),
--     words (member -> what the user calls it),
--     expression, arguments (of update: the expression and its positional values),
--     trees (of the expressions), refusal (the error of what data made wrong of them, nil for none),
--     item, space, info (made on the way: the item as sent, the alias space, more for info) }.
local errors = require "dynamo.error"
local nodes = require "dynamo.expression.tree"
local operations = require "dynamo.operations"
local bare = require "dynamo.table.bare"
local chain = require "dynamo.table.chain"
local parents = require "dynamo.table.ensure"
local expressions = require "dynamo.table.expressions"
local newer = require "dynamo.table.if_newer"
local nulls = require "dynamo.table.ignore_nulls"
local write = require "dynamo.table.merge"
local schema = require "dynamo.table.schema"
local send = require "dynamo.table.send"

local M = {}

local get_item = operations.by_method.get_item
local put_item = operations.by_method.put_item
local update_item = operations.by_method.update_item
local delete_item = operations.by_method.delete_item

-- Returns the names of the key attributes, nil if they are neither known nor needed; or
-- nil, message, err.
local function names_of(ask, needed)
  local noun = ask.noun
  if noun.key or not (needed or noun.extensions[1]) then return noun.key end
  if not ask.explain then return schema.names(noun, ask.extras) end
  return errors.fail {
    kind = "config",
    code = "no_key",
    operation = "explain",
    message = "the key is not known, and explain sends nothing: give db:table the option key",
  }
end

-- ---- reads ---------------------------------------------------------------------------------

-- Returns nil, message, err: a required item is not there, as the service said.
local function not_found(info)
  return errors.fail {
    kind = "service",
    code = "ItemNotFound",
    operation = "get_item",
    message = "there is no item with this key, and it is required",
    request_id = info.request_id,
    attempts = info.attempts,
    retryable = false,
    throttled = false,
  }
end

function M.get(ask, key)
  ask.params.Key = key
  local names = ask.noun.key
  local problem = names and schema.mismatch(names, key) or expressions.store(ask, {})
  if problem then return send.fail(get_item, problem) end
  local result, message, err = send.run(ask, get_item)
  if not result or ask.explain then return result, message, err end
  local item = result.Item and chain.after(ask, result.Item)
  if item == nil and ask.extras.required then return not_found(err) end
  return item, nil, err
end

-- ---- the parts of a write ------------------------------------------------------------------

-- Runs the extensions; returns what they make of the item, or nil, error.
local function extended(ask, names, item)
  local changed, err = chain.before(ask, names, item, ask.trees.update)
  if not changed then return nil, err end
  ask.info = changed.info
  return changed
end

-- Puts the one condition of a write into ask.condition; returns nil, or an error.
-- @tparam table ask
-- @tparam table changed by the extensions
-- @tparam ?table own the verb's test
-- @tparam function than of dynamo.table.if_newer
-- @tparam table written what `than` looks into
local function join_conditions(ask, changed, own, than, written)
  local given, limit = ask.trees.condition, ask.extras.if_newer
  if not (given or own or limit or changed.conditions[1]) then return nil end
  local all = { given }
  all[#all + 1] = own
  if limit then
    local condition, err = than(limit, written)
    if not condition then return err end
    all[#all + 1] = condition
  end
  for _, condition in ipairs(changed.conditions) do
    all[#all + 1] = condition
  end
  ask.condition = nodes.all(all)
end

-- ---- put, insert, replace ------------------------------------------------------------------

-- Makes the request that puts an item; returns nil, or an error.
local function prepare_put(ask, names, item, test)
  local changed, problem = extended(ask, names, item)
  if not changed then return problem end
  ask.item, ask.params.Item = changed.item, changed.item
  return names and schema.missing(names, changed.item, "Item")
    or join_conditions(
      ask,
      changed,
      test and nodes.test(test, nodes.path(names[1])),
      newer.than_item,
      ask.item
    )
    or expressions.store(ask, { condition = ask.condition })
end

-- Returns the verb that puts an item if `test` (of the partition key), if any, holds.
local function put_if(test)
  return function(ask, item)
    local names, message, err = names_of(ask, test ~= nil)
    if message then return nil, message, err end
    local problem = prepare_put(ask, names, item, test)
    if problem then return send.fail(put_item, problem) end
    return send.write(ask, put_item)
  end
end

M.put = put_if(nil)
M.insert = put_if "attribute_not_exists"
M.replace = put_if "attribute_exists"

-- ---- upsert, patch, update -----------------------------------------------------------------

-- Returns the key's part of an item.
local function key_of(item, names)
  local key = {}
  for _, name in ipairs(names) do
    key[name] = rawget(item, name)
  end
  return key
end

-- Returns the update that writes the attributes which are no key, each with its source; or nil,
-- error. Without `names` there is nothing but the key.
local function update_of_item(ask, names, changed)
  if not names then return nodes.update() end
  local attributes, err = nulls.attributes(changed.item, names)
  if not attributes then return nil, err end
  local update =
    nulls.update(changed.item, attributes, ask.extras.ignore_nulls, ask.noun.attributes)
  if next(changed.sources) == nil then return update end
  for _, action in ipairs(update.set) do
    action.source = changed.sources[action.path[1]]
  end
  return update
end

-- Joins item, extensions and request in ask.update; returns nil, or an error.
local function join_update(ask, names, changed)
  local of_item, err = update_of_item(ask, names, changed)
  if not of_item then return err end
  local request = ask.trees.update
  if not request and not ask.noun.extensions[1] then
    ask.update = of_item -- attributes beside the key, each once
    return nil
  end
  ask.update, err = write.merged({
    item = of_item,
    extension = changed.update,
    request = request or nodes.update(),
  }, ask.noun.merge)
  if not ask.update then return err end
  return names and write.key_problem(ask.update, names)
end

-- Returns the error of a write that needs an action and has none.
local function nothing_to_set()
  return errors.validation("nothing_to_set", "Item", "Item: nothing to set beside the key")
end

-- Makes the update of an item that sets attributes, in ask.update; returns nil, or an error.
local function prepare_attributes(ask, names, item, test)
  local changed, problem = extended(ask, names, item)
  if not changed then return problem end
  ask.item, ask.params.Key = changed.item, key_of(changed.item, names)
  problem = schema.missing(names, changed.item, "Item") or join_update(ask, names, changed)
  if problem then return problem end
  if test and nodes.is_empty(ask.update) then return nothing_to_set() end
  return join_conditions(
    ask,
    changed,
    test and nodes.test(test, nodes.path(names[1])),
    newer.than_update,
    ask.update
  )
end

-- Sends ask.update under ask.condition.
local function send_update(ask)
  local problem = expressions.store(ask, { update = ask.update, condition = ask.condition })
  if problem then return send.fail(update_item, problem) end
  return send.write(ask, update_item)
end

-- Returns the verb that sets attributes of an item if `test` (of the partition key), if any, holds.
local function set_if(test)
  return function(ask, item)
    local names, message, err = names_of(ask, true)
    if not names then return nil, message, err end
    local problem = prepare_attributes(ask, names, item, test)
    if problem then return send.fail(update_item, problem) end
    if not test and bare.is_bare(ask.update) then return bare.run(ask, names, send_update) end
    return send_update(ask)
  end
end

M.upsert = set_if(nil)
M.patch = set_if "attribute_exists"

-- Returns the error of a key that has more than the key attributes and what extensions wrote.
local function key_problem(names, changed)
  local own = {}
  for name, value in next, changed.item do
    if not changed.sources[name] then own[name] = value end
  end
  return schema.mismatch(names, own)
end

-- Splits what the extensions made of a key into the key and more attributes to set; returns nil,
-- or an error.
local function split_key(ask, names, changed)
  ask.params.Key = names and key_of(changed.item, names) or changed.item
  return names and key_problem(names, changed)
end

-- Makes the update of an expression, in ask.update; returns nil, or an error.
local function prepare_expression(ask, names, key)
  local changed, problem = extended(ask, names, key)
  if not changed then return problem end
  problem = split_key(ask, names, changed) or join_update(ask, names, changed)
  if problem then return problem end
  return join_conditions(ask, changed, nil, newer.than_update, ask.update)
end

-- Returns nil, or the error of parents that are in the key.
local function parents_problem(updates, names)
  for _, update in ipairs(names and updates or {}) do
    local problem = write.key_problem(update, names)
    if problem then return problem end
  end
end

-- Sends the update; where the service refuses it because a parent is missing, makes the parents
-- and sends it again. An update of parents alone is the last of these.
local function send_with_parents(ask, updates)
  if nodes.is_empty(ask.update) then ask.update = table.remove(updates) end
  local before = send.beside(ask)
  local result, message, err = send_update(ask)
  if not result and not parents.are_missing(err) or ask.explain and not result then
    return nil, message, err
  elseif result and not ask.explain then
    return result, message, err
  end
  local made, problem, failed = parents.make(before, updates, ask.condition)
  if not made then return nil, problem, failed end
  if not ask.explain then return send_update(ask) end
  result.before = made
  return result
end

function M.update(ask, key)
  local names, message, err = names_of(ask, false)
  if message then return nil, message, err end
  local problem = prepare_expression(ask, names, key)
  if problem then return send.fail(update_item, problem) end
  local ensured = ask.trees.update.ensure
  if not ensured then return send_update(ask) end
  local updates = parents.updates(ensured)
  problem = parents_problem(updates, names)
  if problem then return send.fail(update_item, problem) end
  return send_with_parents(ask, updates)
end

-- ---- delete --------------------------------------------------------------------------------

-- Makes the request that deletes an item; returns nil, or an error.
local function prepare_delete(ask, names, key)
  local changed, problem = extended(ask, names, key)
  if not changed then return problem end
  ask.params.Key = changed.item
  return names and schema.mismatch(names, changed.item)
    or join_conditions(ask, changed, nil, nil, nil)
    or expressions.store(ask, { condition = ask.condition })
end

function M.delete(ask, key)
  local names, message, err = names_of(ask, false)
  if message then return nil, message, err end
  local problem = prepare_delete(ask, names, key)
  if problem then return send.fail(delete_item, problem) end
  return send.write(ask, delete_item)
end

return M
