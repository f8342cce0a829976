-- SPDX-License-Identifier: MIT
-- The actions of a transaction, each { ask, subject (the first argument of its verb), is_prepared,
-- problem (an error: what data made wrong of it; nil for nothing) }. They are prepared in order, once
-- each, and sent together.
local call = require "dynamo.call"
local spans = require "dynamo.call.span"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local place = require "dynamo.table.error_path"
local schema = require "dynamo.table.schema"
local transact = require "dynamo.table.transact"
local tables = require "dynamo.tables"

local M = {}

-- ---- what an action may be -----------------------------------------------------------------

local OF_WHOLE = "it is said once for all"
-- What an action cannot be told, and why: options and members of its request, each with the option.
local REFUSED_OPTIONS = {
  timeout = OF_WHOLE,
  cancel = OF_WHOLE,
  retry_unsafe = "a transaction may always be sent again",
  once = "a transaction is done once",
  required = "an item that is not there is nil",
}
local REFUSED_MEMBERS = {
  ConsistentRead = { "consistent_read", "a transaction always reads so" },
  ReturnConsumedCapacity = { "return_consumed_capacity", OF_WHOLE },
  ReturnItemCollectionMetrics = { "return_item_collection_metrics", OF_WHOLE },
  ReturnValues = { "return_values", "a transaction returns no attributes" },
}

local function unavailable(option, reason)
  return ("the option %s is not available in a transaction: %s"):format(option, reason)
end

-- Returns nil, or what is wrong with an ask as an action.
local function ask_problem(ask)
  for option, reason in next, REFUSED_OPTIONS do
    if ask.options[option] ~= nil then return unavailable(option, reason) end
  end
  for member, refused in next, REFUSED_MEMBERS do
    if ask.params[member] ~= nil then return unavailable(refused[1], refused[2]) end
  end
  if ask.update and ask.update.ensure then
    return "ensure is not available in a transaction: it takes requests of its own"
  end
end

--- Returns an action; or nil, what is wrong with it, and true if that is a sentence of its own.
-- @tparam table client
-- @tparam ?table noun what its table knows
-- @tparam table verb of dynamo.table.verbs
-- @param ... what the verb takes
function M.action(client, noun, verb, ...)
  if not noun then return nil, "the first argument must be a table of db:table" end
  if noun.client ~= client then
    return nil, ("the table %s is of another client"):format(noun.name)
  end
  local ask, subject, is_whole = verb.ask(noun, ...)
  if not ask then return nil, subject, is_whole end
  local problem = ask_problem(ask)
  if problem then return nil, problem end
  return { ask = ask, subject = subject, is_prepared = false }
end

-- ---- preparing -----------------------------------------------------------------------------

-- Returns how many actions each table has.
local function counts_of(actions)
  local counts = {}
  for _, action in ipairs(actions) do
    local name = action.ask.noun.name
    counts[name] = (counts[name] or 0) + 1
  end
  return counts
end

-- Returns the names of the key, nil where they are neither known nor needed; or nil, message, err. They
-- are needed also for what is put beside other actions on its table, which may be about the same item.
local function names_of(asked, ask, counts)
  local noun = ask.noun
  local is_beside = ask.verb.argument == "item" and counts[noun.name] > 1
  if noun.key or not is_beside and not schema.is_needed(ask) then return noun.key end
  local options, problem = {}, nil
  if not asked.explain then
    options, problem = spans.options(asked.span, options)
  end
  if problem then return call.fail(asked.operation, problem) end
  return schema.find(noun, options, asked.explain)
end

-- Prepares one action; returns nil, or an error.
local function prepare_one(action, names)
  local ask = action.ask
  if ask.refusal then return ask.refusal end
  local operation, problem = ask.verb.prepare(ask, names, action.subject)
  if not operation then return problem end
  if ask.run then
    return errors.validation(
      "nothing_to_set",
      "Item",
      "Item: nothing to set beside the key; in a transaction put or insert it, or update it"
    )
  end
  ask.operation = operation
end

-- Returns nil, message, err: an action is no good.
local function refuse(operation, number, err)
  err.action = number
  place.within(err, ("actions[%d]"):format(number))
  return call.fail(operation, err)
end

-- Prepares what was not prepared yet; returns true; or nil, message, err. What data made wrong of an
-- action is for good; the names of a key that could not be looked up may be there the next time.
local function prepare_all(asked)
  local counts = counts_of(asked.actions)
  for i, action in ipairs(asked.actions) do
    if not action.is_prepared then
      local names, message, err = names_of(asked, action.ask, counts)
      if message then return nil, message, err end
      action.is_prepared, action.problem = true, prepare_one(action, names)
    end
    if action.problem then return refuse(asked.operation, i, errors.copy(action.problem)) end
  end
  return true
end

-- Returns nil, or the error of a list that is too short or too long.
local function count_problem(operation, count)
  local shape = operations.shapes[operation.members.TransactItems]
  if count >= shape.min and count <= shape.max then return nil end
  return errors.validation(
    "action_count",
    "actions",
    ("actions: there are %d; a transaction takes %d to %d"):format(count, shape.min, shape.max)
  )
end

-- ---- sending -------------------------------------------------------------------------------

-- Member of the request -> what the user calls it.
local WORDS = { ClientRequestToken = "token", TransactItems = "actions" }

-- Returns nil, message, err of a transaction that failed, in the user's words.
local function failed(asks, err)
  local number = err.action
  if number then
    place.translate(asks[number], err)
    place.within(err, ("actions[%d]"):format(number))
  elseif WORDS[err.path] then
    place.move(err, WORDS[err.path])
  end
  transact.tell_reasons(asks, err)
  return errors.give(err)
end

-- Returns the options of the call itself: what is left of the time of the whole; or nil, error.
local function options_of(asked)
  if asked.explain or not asked.span then return asked.options end
  return spans.options(asked.span, tables.copy(asked.options))
end

-- Sends actions that are prepared, or returns their request.
local function send(asked)
  local options, problem = options_of(asked)
  if not options then return call.fail(asked.operation, problem) end
  local asks = {}
  for i, action in ipairs(asked.actions) do
    asks[i] = action.ask
  end
  local result, message, err =
    transact.send(asked.client, asked.operation, asks, asked.request, options, asked.explain)
  if result then return result, message, err end
  return failed(asks, err)
end

--- Prepares actions and sends them together, or returns their request.
-- @tparam table asked
--   client, operation   the operation is one of dynamo.table.transact
--   actions             a list
--   request             what else is said of the whole; owned from now on
--   options             of the call
--   span                of dynamo.call.span, for what may have to look up keys before it is sent
--   explain             true: the request is returned, and nothing is sent
-- @return as dynamo.table.transact, with err.path as the user wrote it
function M.send(asked)
  local problem = count_problem(asked.operation, #asked.actions)
  if problem then return call.fail(asked.operation, problem) end
  local ready, message, err = prepare_all(asked)
  if not ready then return nil, message, err end
  return send(asked)
end

return M
