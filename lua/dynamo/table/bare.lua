-- SPDX-License-Identifier: MIT
-- An upsert that sets nothing: a key alone, or nulls that are removed. An UpdateItem that only
-- removes creates no item that could be relied on, and one without an expression fails on moto. So
-- a PutItem of the key alone goes first, if there is no item; only where there is one, and there
-- is something to do or to tell, the update follows. Another client that deletes the item between
-- the two leaves what it would have left had it come last.
local nodes = require "dynamo.expression.tree"
local operations = require "dynamo.operations"
local chain = require "dynamo.table.chain"
local prepare = require "dynamo.table.prepare"
local send = require "dynamo.table.send"
local values = require "dynamo.value"

local M = {}

local put_item = operations.by_method.put_item
local update_item = operations.by_method.update_item

-- The update that does nothing, said where an expression is needed: it takes what is in no set from
-- an attribute that is not there. An item that had this attribute would lose no more than this
-- element.
local NOTHING = nodes.update()
NOTHING.delete[1] = nodes.action(nodes.path "dynamo:nothing", nodes.value(values.set { "nothing" }))

-- Returns what the upsert returns for an item that was created with its key alone.
local function created(ask, info)
  local wanted = ask.params.ReturnValues
  if wanted == nil or wanted == "NONE" then return true, nil, info end
  if wanted ~= "ALL_NEW" then return {}, nil, info end
  return chain.after(ask, ask.params.Key), nil, info
end

-- Whether there is nothing to do to an item that is there, and nothing to say of it.
local function is_done(ask)
  local wanted = ask.params.ReturnValues
  local is_empty = next(ask.update.written) == nil
  return is_empty and not ask.condition and (wanted == nil or wanted == "NONE")
end

-- Sends the update itself.
local function update(ask)
  local problem = prepare.store(ask)
  if problem then return send.fail(update_item, problem) end
  return send.write(ask, update_item)
end

-- Returns the request of the put, or, where there is more to do, that of the update with the put's
-- before it.
local function explained(ask, result, message, err)
  if not result or ask.is_done then return result, message, err end
  local request, why, failed = update(ask)
  if request then request.before = { result } end
  return request, why, failed
end

-- Runs the upsert: the put, and the update where there is an item.
local function run(ask, operation)
  local result, message, err = send.write(ask.put, operation)
  if ask.explain then return explained(ask, result, message, err) end
  if result then
    return created(ask, err)
  elseif err.code ~= "ConditionalCheckFailedException" then
    return nil, message, err
  elseif ask.is_done then
    return true,
      nil,
      { request_id = err.request_id, attempts = err.attempts, replayed = err.replayed or false }
  end
  return update(ask)
end

--- Prepares the put that goes first, and how the two are sent; returns the put's operation and
-- parameters, or nil, error, operation.
-- @tparam table ask with update, condition and params.Key
-- @tparam table names the key attributes
function M.prepare(ask, names)
  ask.is_done, ask.run = is_done(ask), run
  if next(ask.update.written) == nil then prepare.set_tree(ask, "update", NOTHING) end
  local put, key = prepare.beside(ask), ask.params.Key
  put.item, put.params.Item, put.params.Key = key, key, nil
  local absent = nodes.test("attribute_not_exists", nodes.path(names[1]))
  local condition = nodes.all { absent, prepare.tree(ask, "condition") }
  prepare.set_tree(put, "condition", condition)
  local problem = prepare.store(put)
  if problem then return nil, problem, put_item end
  ask.put = put
  return put_item, put.params
end

return M
