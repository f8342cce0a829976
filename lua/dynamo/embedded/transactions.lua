-- SPDX-License-Identifier: MIT
-- TransactGetItems and TransactWriteItems. Each is f(store, request, now) -> the body of the response,
-- JSON, and raises a refusal (dynamo.service_refusal). What is written is one transaction of the store's:
-- all of it or nothing.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
local parts = require "dynamo.embedded.request_parts"
local capacity = require "dynamo.embedded.capacity"
local core = require "dynamo.core"
local evaluate = require "dynamo.expression.evaluate"
local item_key = require "dynamo.embedded.item_key"
local single_items = require "dynamo.embedded.single_items"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"
local values = require "dynamo.embedded.values"
local wire = require "dynamo.embedded.wire"

local M = {}

local MOST_ACTIONS = 100
local MOST_BYTES = 4 * 1024 * 1024 -- of items and keys together
local TOKEN_SECONDS = 600
local CANCELLED =
  "Transaction cancelled, please refer cancellation reasons for specific reasons [%s]"
local MISMATCH = "Another transaction was already executed with the same ClientRequestToken but "
  .. "different parameters"

-- ---- reasons -----------------------------------------------------------------------------------

-- What is told as the reason of one action, rather than of the whole request: by how it begins.
local OF_ONE_ACTION = {
  "The provided key element does not match the schema",
  "One or more parameter values were invalid: Type mismatch",
  "One or more parameter values were invalid: Missing the key",
  "An operand in the update expression has an incorrect data type",
  "The provided expression refers to an attribute that does not exist",
  "The document path provided in the update expression is invalid",
  "Item size",
  "Number overflow",
  "Number underflow",
}

-- Returns the reason that a refusal is for its action; nil where it is of the whole request.
local function reason_of(refused)
  if refused.code == "ConditionalCheckFailedException" then
    local item = refused.extra and refused.extra.Item
    return { Code = "ConditionalCheckFailed", Message = refused.message, Item = item }
  end
  if refused.code ~= "ValidationException" then return nil end
  for _, beginning in ipairs(OF_ONE_ACTION) do
    if refused.message:find(beginning, 1, true) == 1 then
      return { Code = "ValidationError", Message = refused.message }
    end
  end
end

-- Does every action, though one failed, and returns what they gave; raises if one did.
local function all(actions, run)
  local reasons, codes, results, has_failed = {}, {}, {}, false
  for i, action in ipairs(actions) do
    local ok, result = pcall(run, action)
    local reason = { Code = "None" }
    if not ok then
      reason = refusal.is(result) and reason_of(result) or error(result, 0)
      has_failed = true
    end
    reasons[i], codes[i], results[i] = reason, reason.Code, result
  end
  if not has_failed then return results end
  local text = CANCELLED:format(table.concat(codes, ", "))
  return refusal.raise("TransactionCanceledException", text, { CancellationReasons = reasons })
end

-- ---- actions -----------------------------------------------------------------------------------

-- Returns the actions of a transaction: { { word, asked }, ... }; or raises.
local function actions_of(given)
  local actions = {}
  if not given[1] or #given > MOST_ACTIONS then
    refusal.validation(
      "1 validation error detected: Value '[%s]' at 'transactItems' failed to satisfy constraint: "
        .. "Member must have length %s than or equal to %d",
      given[1] and "..." or "",
      given[1] and "less" or "greater",
      given[1] and MOST_ACTIONS or 1
    )
  end
  for i, element in ipairs(given) do
    local word, asked = next(element)
    if not word or next(element, word) then
      refusal.validation("TransactItems can only contain one of Check, Put, Update or Delete")
    end
    actions[i] = { word = word, asked = asked }
  end
  return actions
end

-- Notes which item each action is about; raises where one is there twice. A key that is wrong is left to
-- its action.
local function check_items(store, actions)
  local seen, bytes = {}, 0
  for _, action in ipairs(actions) do
    local record = parts.table(store, action.asked.TableName)
    action.record = record
    local tree = values.check_all(action.asked.Key or action.asked.Item)
    bytes = bytes + core.size(assert(wire.write(tree)))
    if bytes > MOST_BYTES then
      refusal.validation "Member must have a size of at most 4194304 bytes: the items of a transaction"
    end
    local ok, key = pcall(store.key, store, record, tree)
    local place = ok and record.name .. "\0" .. key
    if place and seen[place] then
      refusal.validation "Transaction request cannot include multiple operations on one item"
    end
    if place then seen[place] = true end
  end
end

-- Returns the JSON of the capacity that actions consumed, nil where it is not wanted: twice what they
-- would have alone; `member` says of which kind.
local function consumed(request, actions, member)
  local units, told = {}, {}
  for _, action in ipairs(actions) do
    local name = action.record.name
    units[name] = (units[name] or 0) + 2 * (action.units or 0)
  end
  for _, name in ipairs(tables.sorted_keys(units)) do
    local report = capacity.report(request, name, units[name])
    if report then report[member] = units[name] end
    told[#told + 1] = parts.json(report)
  end
  return told[1] and "[" .. table.concat(told, ",") .. "]"
end

-- ---- TransactWriteItems ------------------------------------------------------------------------

-- Refuses an item whose condition does not hold.
local function check(store, asked)
  local record, expressions = parts.table(store, asked.TableName), parts.expressions(asked)
  local condition = expressions:condition(asked.ConditionExpression, "ConditionExpression")
  expressions:finish()
  local key = store:key(record, item_key.check_key(record, values.check_all(asked.Key)))
  local json, size = store:get(record, key)
  local tree = json and assert(wire.read(json))
  if evaluate.holds(condition, tree or {}) then return size or 0 end
  local is_wanted = asked.ReturnValuesOnConditionCheckFailure == "ALL_OLD"
  local extra = is_wanted and tree and { Item = tree } or nil
  return refusal.raise("ConditionalCheckFailedException", "The conditional request failed", extra)
end

local VERBS = { Put = "PutItem", Update = "UpdateItem", Delete = "DeleteItem" }

-- Does one action.
local function write_one(store, action, request, now)
  if action.word == "ConditionCheck" then
    action.units = capacity.of_write(check(store, action.asked))
    return
  end
  local verb = VERBS[action.word] or refusal.validation("Unknown action: " .. action.word)
  local ask = tables.copy(action.asked)
  ask.ReturnConsumedCapacity = request.ReturnConsumedCapacity
  action.units = capacity.units_of(single_items[verb](store, ask, now))
end

local function write_all(store, request, now)
  local actions = actions_of(request.TransactItems)
  check_items(store, actions)
  all(actions, function(action)
    write_one(store, action, request, now)
  end)
  return parts.object("ConsumedCapacity", consumed(request, actions, "WriteCapacityUnits"))
end

-- Returns a text that is the same for the same plain values alone.
local function text_of(value)
  if type(value) ~= "table" then
    return ("%s:%d:%s"):format(type(value), #tostring(value), tostring(value))
  end
  local words = {}
  for name, content in next, value do
    words[#words + 1] = ("%d:%s=%s"):format(#tostring(name), tostring(name), text_of(content))
  end
  table.sort(words)
  return "{" .. table.concat(words, ",") .. "}"
end

-- Does what was not done with this token, and answers as then what was.
local function write_once(store, request, now)
  local token = request.ClientRequestToken
  if not token then return write_all(store, request, now) end
  local fingerprint = core.sha1(text_of(request))
  local known, answer = store:token(token, now - TOKEN_SECONDS)
  if known and known ~= fingerprint then
    refusal.raise("IdempotentParameterMismatchException", MISMATCH)
  elseif known then
    return answer
  end
  answer = write_all(store, request, now)
  store:keep_token(token, now, fingerprint, answer)
  return answer
end

--- Writes up to 100 items, all or none.
function M.TransactWriteItems(store, request, now)
  return store:write(write_once, store, request, now)
end

-- ---- TransactGetItems --------------------------------------------------------------------------

-- Returns the element of the response for one item.
local function get_one(store, action)
  local asked, record = action.asked, action.record
  local expressions, text = parts.expressions(asked), asked.ProjectionExpression
  local projection = text and expressions:projection(text, "ProjectionExpression")
  expressions:finish()
  local json, size = store:get(record, store:key(record, item_key.check_key(record, asked.Key)))
  action.units = capacity.of_read(size or 0, true)
  if json and projection then
    json = parts.item(evaluate.project(projection, assert(wire.read(json))))
  end
  return parts.object("Item", json)
end

local function get_all(store, request)
  local actions = actions_of(request.TransactItems)
  check_items(store, actions)
  local responses = all(actions, function(action)
    return get_one(store, action)
  end)
  return parts.object(
    "Responses",
    "[" .. table.concat(responses, ",") .. "]",
    "ConsumedCapacity",
    consumed(request, actions, "ReadCapacityUnits")
  )
end

--- Gets up to 100 items as they are at one moment.
function M.TransactGetItems(store, request)
  return store:read(get_all, store, request)
end

return M
