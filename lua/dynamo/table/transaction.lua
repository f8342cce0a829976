-- SPDX-License-Identifier: MIT
--- Several writes that are all done, or none of them.
--
-- db:transaction() returns a builder; each of its verbs takes a table, then what the table's verb takes,
-- and returns the builder:
--
--   insert, put, replace, upsert, patch (table, item, options)
--   update (table, key, expression, values..., options)
--   delete (table, key, options)
--   check (table, key, condition, values..., options): the item is to be as the condition says
--
-- Options of an action are those of the verb, but for return_values, which a transaction does not have,
-- and for what is said once for the whole, to `commit`. What is wrong with the code raises at its line;
-- what is wrong with the data is kept and returned by `commit`. Items and values are read by `commit` or
-- `explain`, whichever comes first.
-- @classmod transaction
local call = require "dynamo.call"
local recovery = require "dynamo.call.recovery"
local replay = require "dynamo.call.replay_class"
local spans = require "dynamo.call.span"
local errors = require "dynamo.error"
local given = require "dynamo.given"
local hidden = require "dynamo.hidden"
local nearest = require "dynamo.nearest"
local uuid = require "dynamo.random_uuid"
local table_objects = require "dynamo.table"
local action_list = require "dynamo.table.action_list"
local arguments = require "dynamo.table.arguments"
local condition_check = require "dynamo.table.condition_check"
local transact = require "dynamo.table.transact"
local verbs = require "dynamo.table.verbs"

local M = {}

local methods = {}
local meta = { __name = "dynamo.transaction", __metatable = "dynamo.transaction" }
local new_transaction, of_transaction = hidden.class(meta)

-- Returns a transaction, the only place where one is made:
--   client     its state
--   actions    of dynamo.table.action_list
--   token      text: made or given at the first commit or explain; nil before
--   is_sealed  whether it was committed, so that nothing may be added
--   is_done    whether that succeeded
--   applied    "no", "unknown" or "yes": what commits that failed may have done; nil before
--   began      seconds on the transport's monotonic clock: not after the first of those was sent
local function new(client)
  return new_transaction({}, {
    client = client,
    actions = {},
    token = nil,
    is_sealed = false,
    is_done = false,
    applied = nil,
    began = nil,
  })
end

-- Returns what `self` knows; or nil, what is wrong with using it.
local function own_of(self, method)
  local own = of_transaction(self)
  if not own then return nil, ("use transaction:%s(...), with a colon"):format(method) end
  if own.client.closed then return nil, "the client is closed" end
  return own
end

-- ---- actions -------------------------------------------------------------------------------

-- Returns the method that adds what a verb asks for.
local function adder(verb)
  local name = verb.name
  return function(self, object, ...)
    local own, problem = own_of(self, name)
    if not own then error(problem, 2) end
    if own.is_sealed then
      error(("transaction:%s: it was committed; begin another"):format(name), 2)
    end
    local action, wrong, is_whole =
      action_list.action(own.client, table_objects.noun(object), verb, ...)
    if not action then
      error(is_whole and wrong or ("transaction:%s: %s"):format(name, wrong), 2)
    end
    own.actions[#own.actions + 1] = action
    return self
  end
end

for name, verb in next, verbs do
  if not verb.operation.read then methods[name] = adder(verb) end
end
methods.check = adder(condition_check)

-- ---- the whole -----------------------------------------------------------------------------

local OPTIONS = arguments.options_of("commit", transact.write)

-- Makes sure of a token, which stays; returns nil, or what is wrong with the one that is given.
local function take_token(own, token)
  if token and own.token and token ~= own.token then
    return "token: it had another one; a transaction keeps its token"
  end
  own.token = own.token or token or uuid.v4(own.client.random)
end

-- Returns what commit and explain ask for (see dynamo.table.action_list), and what the transaction knows;
-- or nil, what is wrong.
local function asked_of(self, method, o, ...)
  local own, problem = own_of(self, method)
  if not own then return nil, problem end
  local request, options = arguments.params({}, OPTIONS, o)
  problem = given.surplus_problem(...)
    or not request and options
    or own.is_done and "it is done; begin another"
    or take_token(own, options.token)
  if problem then return nil, ("transaction:%s: %s"):format(method, problem) end
  request.ClientRequestToken = own.token
  return {
    client = own.client,
    operation = transact.write,
    actions = own.actions,
    request = request,
    options = options,
    span = nil,
    began = nil,
    explain = false,
  },
    own
end

local STALE = "an earlier commit may have done it, so long ago that the service has forgotten the token "
  .. "by which it would know; read the items, then begin another transaction"

-- Sends what commit asks for, unless an earlier commit may have been done so long ago that the token no
-- longer keeps it from being done twice.
local function carry_out(own, asked)
  local seconds = asked.options.timeout or own.client.timeout
  local span, problem = spans.begin(own.client, seconds, asked.options.cancel)
  if not span then return call.fail(transact.write, problem) end
  local now = span.deadline - seconds
  if own.began and now - own.began > recovery.TOKEN_SECONDS then
    return call.fail(transact.write, errors.validation("token_expired", nil, STALE))
  end
  asked.span, asked.began = span, now
  return action_list.send(asked)
end

-- Returns the info with what the extensions of the nth action say in actions[n].
local function with_actions(own, info)
  for i, action in ipairs(own.actions) do
    local said = action.ask.info
    if said and next(said) ~= nil then
      info.actions = info.actions or {}
      info.actions[i] = said
    end
  end
  return info
end

--- Carries the actions out, all or none.
-- @function commit
-- @tparam ?table o all optional: token (text, 1 to 36 characters: within ten minutes the service does
--   only once what comes under one token; one is made, and kept for another commit of the same
--   transaction after a failure), timeout (seconds), cancel (a canceller), retry_conflicts (true: sent
--   again where each reason of a failure is a conflict with another transaction or a throttle),
--   return_consumed_capacity, return_item_collection_metrics
-- @treturn[1] boolean true
-- @treturn[1] nil
-- @treturn[1] table info; actions[i]: what the extensions of the i-th action say, if anything
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation": `action` is the number of the action, `path` such as
--   actions[2].Item.x. Code TransactionCanceledException: `reasons` has a reason for each action, with
--   code ("None" for one that did not fail), message, item, verb and table; `action` and `item` are those
--   of the first that failed. IdempotentParameterMismatchException: the token was another transaction's
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
function methods:commit(o, ...)
  local asked, own = asked_of(self, "commit", o, ...)
  if not asked then error(own, 2) end
  own.is_sealed = true
  local result, message, err = carry_out(own, asked)
  if result then
    own.is_done = true
    return true, message, with_actions(own, err)
  end
  own.applied = replay.worse(own.applied, err.maybe_applied or "no")
  err.maybe_applied = own.applied
  if own.applied ~= "no" then own.began = own.began or asked.began end
  return nil, message, err
end

--- Returns the exact request of the transaction, signed, and sends nothing.
-- @function explain
-- @tparam ?table o as of commit
-- @treturn[1] table { method, url, headers = { { name, value }, ... }, body }
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err as of commit; code no_key: a table was not told its key
function methods:explain(o, ...)
  local asked, problem = asked_of(self, "explain", o, ...)
  if not asked then error(problem, 2) end
  asked.explain = true
  return action_list.send(asked)
end

function meta.__index(_, name)
  local method = methods[name]
  if method or type(name) ~= "string" then return method end
  error(nearest.unknown("a transaction has no method", name, methods), 2)
end

function meta.__tostring(self)
  local count = #of_transaction(self).actions
  return ("dynamo transaction (%d action%s)"):format(count, count == 1 and "" or "s")
end

-- ---- the door ------------------------------------------------------------------------------

--- db:transaction(): see dynamo.late.
M.transaction = {
  read = function(client, ...)
    local surplus = given.surplus_problem(...)
    if surplus then return nil, surplus end
    return client
  end,
  run = new,
}

return M
