-- SPDX-License-Identifier: MIT
-- Asks that are prepared, sent as one request that is carried out whole or not at all, and what became
-- of each where it failed. The option `once` is such a request with one ask: its token makes a second
-- arrival harmless, so that it may be sent again whatever became of the first.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
local call = require "dynamo.call"
local check = require "dynamo.call.check"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local chain = require "dynamo.table.chain"
local place = require "dynamo.table.error_path"
local prepare = require "dynamo.table.prepare"

local M = {}

--- The operations that carry such a request out.
M.write = operations.by_method.transact_write_items
M.get = operations.by_method.transact_get_items

-- What an operation is called within one of them.
local ACTIONS = {
  get_item = "Get",
  put_item = "Put",
  update_item = "Update",
  delete_item = "Delete",
  condition_check = "ConditionCheck",
}

-- ---- the request ---------------------------------------------------------------------------

-- Returns what an ask is in the list of actions. What it says of the whole goes into the request; that
-- no attributes are to be returned, which is all there is beside, goes nowhere.
local function action_of(ask, operation, request)
  local name, action = ACTIONS[ask.operation.method], {}
  local members = operations.shapes[name].members
  for member, value in next, ask.params do
    if members[member] then
      action[member] = value
    elseif operation.members[member] then
      request[member] = value
    end
  end
  return { [name] = action }
end

-- Returns number -> the key of what an ask puts, as far as the names of the key attributes are known.
local function put_keys(asks)
  local keys = {}
  for i, ask in ipairs(asks) do
    local item, names = ask.params.Item, ask.noun.key
    keys[i] = item and names and prepare.key_of(item, names)
  end
  return keys
end

-- Gives an error of the request the number of the action that it is about, and a path within that.
local function locate(err)
  local prefix, number = err.path:match "^(TransactItems%[(%d+)%]%.%a+%.)"
  if prefix then
    err.action = tonumber(number)
    place.cut(err, prefix)
  end
end

-- Whoever made these parameters knows that they go together.
local function class_of_write()
  return "TOKEN"
end

--- Sends asks as one request, or returns the request.
-- @tparam table client
-- @tparam table operation M.write or M.get
-- @tparam {table,...} asks prepared ones: see dynamo.table.ask
-- @tparam table request what else is said of the whole, such as ClientRequestToken; owned from now on
-- @tparam ?table options of the call
-- @tparam ?boolean explain whether to return the request, and send nothing
-- @treturn[1] table the response
-- @treturn[1] nil
-- @treturn[1] table info
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err where it is about one ask, its number is in err.action, and err.path says where
--   within that
function M.send(client, operation, asks, request, options, explain)
  local items = {}
  for i, ask in ipairs(asks) do
    items[i] = action_of(ask, operation, request)
  end
  local problem = check.one_action_each(items, false, put_keys(asks), "actions")
  if problem then return call.fail(operation, problem) end
  request.TransactItems = items
  local asked = { operation = operation, params = request, options = options }
  asked.replay_class = class_of_write
  local result, message, err = (explain and call.explain or call.run)(client, asked)
  if result or not err.path then return result, message, err end
  locate(err)
  return errors.give(err)
end

-- ---- what became of it ---------------------------------------------------------------------

local FAILED, THERE, MISSING =
  "ConditionalCheckFailed",
  "there is an item with this key already",
  "there is no item with this key"

-- Verb -> what its own condition found where it failed, and whether the service then has an item to show.
local OWN_CONDITIONS = {
  insert = { THERE, true },
  replace = { MISSING, false },
  patch = { MISSING, false },
}

-- Returns why an action failed, in the verb's own words where it was the verb's own condition that did.
local function why(ask, reason)
  local own = reason.code == FAILED and OWN_CONDITIONS[ask.verb.name]
  local is_shown = ask.params.ReturnValuesOnConditionCheckFailure == "ALL_OLD"
  if own and is_shown and own[2] == (reason.item ~= nil) then return own[1] end
  return reason.message
end

-- Says of one reason which ask it is about.
local function describe(ask, reason)
  reason.verb, reason.table, reason.message = ask.verb.name, ask.noun.name, why(ask, reason)
  if reason.item then reason.item = chain.after(ask, reason.item) end
end

-- Whether a reason is one.
local function has_failed(reason)
  return reason.code ~= nil and reason.code ~= "None"
end

local MAX_TOLD = 3 -- actions in a message

-- Returns what the message of a cancelled transaction says, and the number of the first action that
-- failed.
local function told(reasons)
  local lines, first, more = {}, nil, 0
  for i, reason in ipairs(reasons) do
    local is_told = has_failed(reason) and #lines < MAX_TOLD
    if is_told then
      first = first or i
      lines[#lines + 1] = ("actions[%d] (%s, table %s): %s"):format(
        i,
        reason.verb,
        reason.table,
        reason.message or reason.code
      )
    elseif has_failed(reason) then
      more = more + 1
    end
  end
  if more > 0 then lines[#lines + 1] = ("and %d more"):format(more) end
  return table.concat(lines, "; "), first
end

--- Says of each reason of a cancelled transaction whose it is: `verb` and `table` of it, the item as the
-- extensions hand it on, `message` in the verb's own words. The first action that failed is err.action,
-- its item err.item.
-- @tparam {table,...} asks
-- @tparam table err
function M.tell_reasons(asks, err)
  local reasons = err.reasons
  if not reasons or #reasons ~= #asks then return end
  for i, reason in ipairs(reasons) do
    describe(asks[i], reason)
  end
  local text, first = told(reasons)
  if not first then return end
  err.action, err.item = first, reasons[first].item
  errors.rename(err, err.code, "the transaction was cancelled: " .. text)
end

return M
