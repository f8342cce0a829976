-- SPDX-License-Identifier: MIT
-- The four operations on one item. Each is f(store, request, now) -> the body of the response, JSON, and
-- raises a refusal (dynamo.service_refusal).
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
local core = require "dynamo.core"
local parts = require "dynamo.embedded.request_parts"
local capacity = require "dynamo.embedded.capacity"
local item_key = require "dynamo.embedded.item_key"
local stream_log = require "dynamo.embedded.stream_log"
local values = require "dynamo.embedded.values"
local wire = require "dynamo.embedded.wire"
local evaluate = require "dynamo.expression.evaluate"
local evaluate_update = require "dynamo.expression.evaluate_update"
local refusal = require "dynamo.service_refusal"

local M = {}

local MAX_ITEM_BYTES = 400 * 1024
local NOTHING = {}

-- ---- reading -----------------------------------------------------------------------------------

-- Returns the JSON of what a projection shows of an item.
local function projected(tree, json)
  if not tree then return json end
  return parts.item(evaluate.project(tree, assert(wire.read(json))))
end

-- Returns the tree of a request's projection, nil for none.
local function projection_of(request)
  local expressions = parts.expressions(request)
  local tree = parts.projection(expressions, request)
  expressions:finish()
  return tree
end

local function get(store, request)
  local record = parts.table(store, request.TableName)
  local projection = projection_of(request)
  local key = item_key.check_key(record, values.check_all(request.Key))
  local json, size = store:get(record, store:key(record, key))
  local units = capacity.of_read(size or 0, request.ConsistentRead)
  local report = capacity.report(request, record.name, units)
  return parts.object(
    "Item",
    json and projected(projection, json),
    "ConsumedCapacity",
    parts.json(report)
  )
end

--- Gives an item.
function M.GetItem(store, request)
  return store:read(get, store, request)
end

-- ---- writing -----------------------------------------------------------------------------------

-- Returns what is there: { tree, json, size }, without them where nothing is.
local function found(store, record, key)
  local json, size = store:get(record, key)
  if not json then return NOTHING end
  return { tree = assert(wire.read(json)), json = json, size = size }
end

-- Refuses a write whose condition does not hold.
local function check_condition(condition, old, request)
  if not condition or evaluate.holds(condition, old.tree or NOTHING) then return end
  local is_wanted = request.ReturnValuesOnConditionCheckFailure == "ALL_OLD"
  refusal.raise(
    "ConditionalCheckFailedException",
    "The conditional request failed",
    is_wanted and old.tree and { Item = old.tree } or nil
  )
end

-- Writes what an item is to be, nil for gone; returns it as `found` does.
local function write(store, record, key, tree, old, now, too_large)
  local new = NOTHING
  if tree then
    local json = assert(wire.write(tree))
    new = { tree = tree, json = json, size = core.size(json) }
    if new.size > MAX_ITEM_BYTES then refusal.validation(too_large) end
    store:put(record, key, tree, json, new.size)
  else
    store:delete(record, key)
  end
  stream_log.log(store, record, {
    tree = tree or old.tree or NOTHING,
    old = old.json,
    new = new.json,
    old_size = old.size,
    new_size = new.size,
  }, now)
  return new
end

-- Returns the item collection's metrics, if a request wants them and the table has local indexes.
local function metrics(record, request, tree)
  local has_local = record.document.description.LocalSecondaryIndexes
  if request.ReturnItemCollectionMetrics ~= "SIZE" or not has_local then return nil end
  local name = record.partition.name
  return parts.object(
    "ItemCollectionKey",
    parts.item { [name] = tree[name] },
    "SizeEstimateRangeGB",
    "[0.0,1.0]"
  )
end

-- Returns the response of a write.
local function response(record, request, attributes, old, new)
  local units = capacity.of_write(math.max(old.size or 0, new.size or 0))
  return parts.object(
    "Attributes",
    attributes,
    "ConsumedCapacity",
    parts.json(capacity.report(request, record.name, units)),
    "ItemCollectionMetrics",
    metrics(record, request, request.Key or request.Item)
  )
end

-- Returns a request's condition, nil for none. Its other expressions were read before.
local function condition_of(expressions, request)
  local condition = parts.condition(expressions, request)
  expressions:finish()
  return condition
end

-- Refuses a word for ReturnValues that an operation does not have.
local function check_return_values(request)
  local word = request.ReturnValues or "NONE"
  if word ~= "NONE" and word ~= "ALL_OLD" then
    refusal.validation "Return values set to invalid value"
  end
end

-- ---- put and delete ----------------------------------------------------------------------------

local function put(store, request, now)
  local record = parts.table(store, request.TableName)
  local condition = condition_of(parts.expressions(request), request)
  local item = values.check_all(request.Item)
  item_key.check_item(record, item)
  local key = store:key(record, item)
  local old = found(store, record, key)
  check_condition(condition, old, request)
  local new =
    write(store, record, key, item, old, now, "Item size has exceeded the maximum allowed size")
  local attributes = request.ReturnValues == "ALL_OLD" and old.json
  return response(record, request, attributes, old, new)
end

-- Refuses names and values for expressions where there is none.
local function check_tokens(request)
  for _, member in ipairs { "ExpressionAttributeNames", "ExpressionAttributeValues" } do
    if request[member] and not request.ConditionExpression then
      refusal.validation(
        "%s can only be specified when using expressions: ConditionExpression is null",
        member
      )
    end
  end
end

--- Puts an item.
function M.PutItem(store, request, now)
  check_return_values(request)
  check_tokens(request)
  return store:write(put, store, request, now)
end

local function delete(store, request, now)
  local record = parts.table(store, request.TableName)
  local condition = condition_of(parts.expressions(request), request)
  local key = store:key(record, item_key.check_key(record, values.check_all(request.Key)))
  local old = found(store, record, key)
  check_condition(condition, old, request)
  if old.tree then write(store, record, key, nil, old, now) end
  local attributes = request.ReturnValues == "ALL_OLD" and old.json
  return response(record, request, attributes, old, NOTHING)
end

--- Deletes an item.
function M.DeleteItem(store, request, now)
  check_return_values(request)
  check_tokens(request)
  return store:write(delete, store, request, now)
end

-- ---- update ------------------------------------------------------------------------------------

-- Refuses an update that writes to a key's attribute.
local function check_paths(record, paths)
  for _, path in ipairs(paths) do
    local name = path[1]
    if name == record.partition.name or record.sort and name == record.sort.name then
      refusal.validation(
        "One or more parameter values were invalid: Cannot update attribute %s. This attribute is "
          .. "part of the key",
        name
      )
    end
  end
end

-- Returns the JSON of what the paths of an update lead to, nil for nothing.
local function touched(paths, tree)
  local part = tree and evaluate.project(paths, tree)
  return part and next(part) and parts.item(part) or nil
end

-- By ReturnValues: the attributes of the response.
local ATTRIBUTES = {
  NONE = function() end,
  ALL_OLD = function(_, old)
    return old.json
  end,
  ALL_NEW = function(_, _, new)
    return new.json
  end,
  UPDATED_OLD = function(paths, old)
    return touched(paths, old.tree)
  end,
  UPDATED_NEW = function(paths, _, new)
    return touched(paths, new.tree)
  end,
}

-- Returns what an update makes of what is there, or of nothing but the key.
local function updated(record, tree, old, key)
  local base = old.tree or key
  if not tree then return base end
  local new = evaluate_update.update(tree, base)
  item_key.check_item(record, new)
  return new
end

local function update(store, request, now)
  local record = parts.table(store, request.TableName)
  local expressions = parts.expressions(request)
  local tree = parts.update(expressions, request)
  local condition = condition_of(expressions, request)
  local paths = tree and evaluate_update.paths(tree) or NOTHING
  local attributes = item_key.check_key(record, values.check_all(request.Key))
  check_paths(record, paths)
  local key = store:key(record, attributes)
  local old = found(store, record, key)
  check_condition(condition, old, request)
  local new = write(
    store,
    record,
    key,
    updated(record, tree, old, attributes),
    old,
    now,
    "Item size to update has exceeded the maximum allowed size"
  )
  local shown = ATTRIBUTES[request.ReturnValues or "NONE"]
  return response(record, request, shown(paths, old, new), old, new)
end

--- Updates an item, or makes it.
function M.UpdateItem(store, request, now)
  return store:write(update, store, request, now)
end

return M
