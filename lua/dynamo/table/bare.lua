-- SPDX-License-Identifier: MIT
-- An upsert that sets nothing: a key alone, or nulls that are removed. An UpdateItem that only
-- removes creates no item that could be relied on, and one without an expression fails on moto. So
-- a PutItem of the key alone goes first, if there is no item; only where there is one, and there
-- is something to do or to tell, the update follows. Another client that deletes the item between
-- the two leaves what it would have left had it come last.
local nodes = require "dynamo.expression.tree"
local operations = require "dynamo.operations"
local chain = require "dynamo.table.chain"
local expressions = require "dynamo.table.expressions"
local send = require "dynamo.table.send"
local values = require "dynamo.value"

local M = {}

local put_item = operations.by_method.put_item

--- Whether an update, carried out where there is no item, may leave none.
function M.is_bare(update)
  return not (update.set[1] or update.add[1])
end

-- The update that does nothing, said where an expression is needed: it takes what is in no set from
-- an attribute that is not there. An item that had this attribute would lose no more than this
-- element.
local NOTHING = nodes.update()
NOTHING.delete[1] = nodes.action(nodes.path "dynamo:nothing", nodes.value(values.set { "nothing" }))

-- Returns the ask of the put, ready to be sent; or nil, error.
local function ask_for(ask, names)
  local own = send.beside(ask)
  own.item, own.params.Item, own.params.Key = ask.params.Key, ask.params.Key, nil
  local absent = nodes.test("attribute_not_exists", nodes.path(names[1]))
  local problem = expressions.store(own, { condition = nodes.all { absent, ask.condition } })
  if problem then return nil, problem end
  return own
end

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
  return nodes.is_empty(ask.update) and not ask.condition and (wanted == nil or wanted == "NONE")
end

--- Runs the upsert: result, nil, info or nil, message, err.
-- @tparam table ask with update, condition and params.Key, nothing of it stored yet
-- @tparam table names the key attributes
-- @tparam function update sends the update itself
function M.run(ask, names, update)
  local done = is_done(ask)
  if nodes.is_empty(ask.update) then ask.update = NOTHING end
  local own, problem = ask_for(ask, names)
  if not own then return send.fail(put_item, problem) end
  local result, message, err = send.write(own, put_item)
  if ask.explain then
    if not result or done then return result, message, err end
    local request, why, failed = update(ask)
    if request then request.before = { result } end
    return request, why, failed
  elseif result then
    return created(ask, err)
  elseif err.code ~= "ConditionalCheckFailedException" then
    return nil, message, err
  elseif done then
    return true,
      nil,
      { request_id = err.request_id, attempts = err.attempts, replayed = err.replayed or false }
  end
  return update(ask)
end

return M
