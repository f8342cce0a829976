-- SPDX-License-Identifier: MIT
-- Sends what a verb has made: alone, as a transaction of one, or not at all (explain).
local call = require "dynamo.call"
local service_error = require "dynamo.call.service_error"
local errors = require "dynamo.error"
local chain = require "dynamo.table.chain"
local place = require "dynamo.table.error_path"
local once = require "dynamo.table.once"

local M = {}

-- Returns result, nil, info of the operation, or its request.
local function carry_out(ask, operation, params)
  local client = ask.noun.client
  if ask.explain then return call.explain(client, operation, params, false) end
  return call.run(client, operation, params, false, ask.extras)
end

-- Runs the write as a transaction; a conflict refuses nobody's write but this one.
local function run_once(ask, operation)
  ask.extras.retry_conflicts = true
  local transaction, prefix = once.transaction(operation, ask.params)
  local result, message, err = carry_out(ask, once.operation, transaction)
  if ask.explain and result then return result end
  if result then
    once.unwrap_info(err, ask.noun.name)
    return result, message, err
  end
  service_error.unwrap(err)
  if err.path and err.path:sub(1, #prefix) == prefix then place.cut(err, prefix) end
  return errors.give(err)
end

--- Runs the operation; a validation error speaks of the user's arguments, and the item of a failed
-- condition is as the extensions hand it on.
function M.run(ask, operation)
  local result, message, err
  if ask.extras.once then
    result, message, err = run_once(ask, operation)
  else
    result, message, err = carry_out(ask, operation, ask.params)
  end
  if result then return result, message, err end
  if err.kind == "validation" and err.path then place.translate(ask, err) end
  if err.item then err.item = chain.after(ask, err.item) end
  return errors.give(err)
end

--- Returns the ask of a request that goes before that of `ask`: with its options and without its
-- expressions, for nothing that is returned.
function M.beside(ask)
  local params = {}
  for name, value in next, ask.params do
    params[name] = value
  end
  params.ReturnValues = nil
  return {
    noun = ask.noun,
    verb = ask.verb,
    explain = ask.explain,
    params = params,
    extras = ask.extras,
    words = ask.words,
    trees = {},
    expression = ask.expression,
    arguments = ask.arguments,
  }
end

--- Fails before anything is sent.
function M.fail(operation, err)
  return call.fail(operation, err)
end

--- Runs a write: returns the attributes that return_values asked for, else true.
function M.write(ask, operation)
  local params = ask.params
  if params.ConditionExpression and params.ReturnValuesOnConditionCheckFailure == nil then
    params.ReturnValuesOnConditionCheckFailure = "ALL_OLD"
  end
  local result, message, info = M.run(ask, operation)
  if not result or ask.explain then return result, message, info end
  for name, value in next, ask.info or {} do
    info[name] = value
  end
  if params.ReturnValues and params.ReturnValues ~= "NONE" then
    return chain.after(ask, result.Attributes or {}), nil, info
  end
  return true, nil, info
end

return M
