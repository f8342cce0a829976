-- SPDX-License-Identifier: MIT
-- Carries out what a verb asks for: prepares it, and sends it alone, as a transaction of one, or not
-- at all (explain).
local call = require "dynamo.call"
local service_error = require "dynamo.call.service_error"
local errors = require "dynamo.error"
local chain = require "dynamo.table.chain"
local place = require "dynamo.table.error_path"
local schema = require "dynamo.table.schema"
local transact = require "dynamo.table.transact"

local M = {}

-- Returns result, nil, info of what is asked, or its request.
local function carry_out(ask, asked)
  if ask.explain then return call.explain(ask.noun.client, asked) end
  return call.run(ask.noun.client, asked)
end

-- Makes the info of a transaction that of one write.
local function unwrap_info(info, table_name)
  local capacity, metrics = info.consumed_capacity, info.item_collection_metrics
  info.consumed_capacity = capacity and capacity[1]
  info.item_collection_metrics = metrics and metrics[table_name] and metrics[table_name][1]
end

-- Runs the write as a transaction of one; a conflict refuses nobody's write but this one.
local function run_once(ask)
  ask.options.retry_conflicts = true
  local result, message, err = transact.send(
    ask.noun.client,
    transact.write,
    { ask },
    {},
    ask.options,
    ask.explain
  )
  if not result then
    service_error.unwrap(err)
    err.action = nil
    return errors.give(err)
  end
  if not ask.explain then unwrap_info(err, ask.noun.name) end
  return result, message, err
end

-- Returns nil, message, err of a failed operation: a validation error speaks of the user's arguments,
-- and the item of a failed condition is as the extensions hand it on.
local function failed(ask, err)
  if err.kind == "validation" and err.path then place.translate(ask, err) end
  if err.item then err.item = chain.after(ask, err.item) end
  return errors.give(err)
end

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

--- Fails before anything is sent.
function M.fail(operation, err)
  return call.fail(operation, err)
end

--- Runs a read: returns the item, nil for none.
function M.read(ask, operation)
  ask.operation = operation
  local result, _, info = carry_out(ask, ask)
  if not result then return failed(ask, info) end
  if ask.explain then return result end
  local item = result.Item and chain.after(ask, result.Item)
  if item == nil and ask.options.required then return not_found(info) end
  return item, nil, info
end

-- Adds what extensions told to the info of the call.
local function add_info(more, info)
  for name, value in next, more do
    info[name] = value
  end
end

--- Runs a write: returns the attributes that return_values asked for, else true.
function M.write(ask, operation)
  ask.operation = operation
  local result, _, info = (ask.options.once and run_once or carry_out)(ask, ask)
  if not result then return failed(ask, info) end
  if ask.explain then return result end
  if ask.info then add_info(ask.info, info) end
  local wanted = ask.params.ReturnValues
  if wanted and wanted ~= "NONE" then
    return chain.after(ask, result.Attributes or {}), nil, info
  end
  return true, nil, info
end

--- Carries out what a verb asks for.
-- @tparam table ask see dynamo.table.ask
-- @tparam table subject the verb's first argument
-- @return as the verb
function M.run(ask, subject)
  local verb, names = ask.verb, ask.noun.key
  if ask.refusal then return M.fail(verb.operation, ask.refusal) end
  if not names and schema.is_needed(ask) then
    local message, err
    names, message, err = schema.find(ask.noun, ask.options, ask.explain)
    if not names then return nil, message, err end
  end
  local operation, params, refused = verb.prepare(ask, names, subject)
  if not operation then return M.fail(refused or verb.operation, params) end
  return (ask.run or verb.send)(ask, operation)
end

return M
