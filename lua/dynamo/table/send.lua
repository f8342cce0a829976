-- SPDX-License-Identifier: MIT
-- Carries out what a verb asks for: prepares it, and sends it alone, as a transaction of one, or not
-- at all (explain).
local call = require "dynamo.call"
local service_error = require "dynamo.call.service_error"
local errors = require "dynamo.error"
local chain = require "dynamo.table.chain"
local place = require "dynamo.table.error_path"
local once = require "dynamo.table.once"
local schema = require "dynamo.table.schema"

local M = {}

-- Returns result, nil, info of what is asked, or its request.
local function carry_out(ask, asked)
  if ask.explain then return call.explain(ask.noun.client, asked) end
  return call.run(ask.noun.client, asked)
end

-- Runs the write as a transaction; a conflict refuses nobody's write but this one.
local function run_once(ask)
  ask.options.retry_conflicts = true
  local transaction, prefix = once.transaction(ask.operation, ask.params)
  local result, message, err =
    carry_out(ask, { operation = once.operation, params = transaction, options = ask.options })
  if ask.explain and result then return result end
  if result then
    once.unwrap_info(err, ask.noun.name)
    return result, message, err
  end
  service_error.unwrap(err)
  if err.path and err.path:sub(1, #prefix) == prefix then place.cut(err, prefix) end
  return errors.give(err)
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

-- Returns the names of the key attributes, which the table was not told; nil alone if they are not
-- needed; or nil, message, err.
local function find_names(ask)
  local noun, verb = ask.noun, ask.verb
  if not (verb.needs_key or verb.send == M.write and noun.extensions[1]) then return nil end
  if not ask.explain then return schema.names(noun, ask.options) end
  return errors.fail {
    kind = "config",
    code = "no_key",
    operation = "explain",
    message = "the key is not known, and explain sends nothing: give db:table the option key",
  }
end

--- Carries out what a verb asks for.
-- @tparam table ask see dynamo.table.ask
-- @tparam table subject the verb's first argument
-- @return as the verb
function M.run(ask, subject)
  local verb, names = ask.verb, ask.noun.key
  if ask.refusal then return M.fail(verb.operation, ask.refusal) end
  if not names then
    local message, err
    names, message, err = find_names(ask)
    if message then return nil, message, err end
  end
  local operation, params, refused = verb.prepare(ask, names, subject)
  if not operation then return M.fail(refused or verb.operation, params) end
  return (ask.run or verb.send)(ask, operation)
end

return M
