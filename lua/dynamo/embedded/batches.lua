-- SPDX-License-Identifier: MIT
-- BatchGetItem and BatchWriteItem. Each is f(store, request, now) -> the body of the response, JSON, and
-- raises a refusal (dynamo.service_refusal): of a batch that has anything wrong with it nothing is done.
-- With faults (dynamo.embedded.faults, in store.faults) some of its entries are handed back.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
local request_parts = require "dynamo.embedded.request_parts"
local capacity = require "dynamo.embedded.capacity"
local item_key = require "dynamo.embedded.item_key"
local single_items = require "dynamo.embedded.single_items"
local values = require "dynamo.embedded.values"
local wire = require "dynamo.embedded.wire"
local evaluate = require "dynamo.expression.evaluate"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"

local M = {}

local MOST_KEYS, MOST_WRITES = 100, 25
local MOST_BYTES = 16 * 1024 * 1024
local DUPLICATES = "Provided list of item keys contains duplicates"

-- Returns the tables of a batch: { { name, asked }, ... } in the order of their names, or raises.
local function parts_of(request, operation)
  local parts = {}
  for _, name in ipairs(tables.sorted_keys(request.RequestItems)) do
    parts[#parts + 1] = { name = name, asked = request.RequestItems[name] }
  end
  if parts[1] then return parts end
  return refusal.validation("The requestItems parameter is required for %s", operation)
end

-- Whether an entry is handed back, as a fault on purpose.
local function is_left(store)
  return store.faults ~= nil and store.faults:leaves()
end

-- Returns the JSON of a list of texts that are JSON.
local function array(texts)
  return "[" .. table.concat(texts, ",") .. "]"
end

-- Returns the JSON of what is told of each table: `member(part)` gives JSON, or nil.
local function by_table(parts, member)
  local told = {}
  for _, part in ipairs(parts) do
    local text = member(part)
    if text then told[#told + 1] = request_parts.json(part.name) .. ":" .. text end
  end
  return "{" .. table.concat(told, ",") .. "}"
end

-- Returns the JSON of a batch's consumed capacity, nil where it is not wanted.
local function consumed(request, parts)
  local told = {}
  for i, part in ipairs(parts) do
    told[i] = request_parts.json(capacity.report(request, part.record.name, part.units))
  end
  return told[1] and array(told)
end

-- Notes a key; raises where it was there before.
local function note(part, key)
  if part.seen[key] then refusal.validation(DUPLICATES) end
  part.seen[key] = true
end

-- ---- BatchGetItem ------------------------------------------------------------------------------

-- Refuses more keys of one table than there may be of all.
local function check_keys(part)
  if #(part.asked.Keys or {}) <= MOST_KEYS then return end
  refusal.validation(
    "1 validation error detected: Value at 'RequestItems.%s.member.Keys' failed to satisfy constraint: "
      .. "Member must have length less than or equal to %d",
    part.name,
    MOST_KEYS
  )
end

-- Reads what is asked of a table: its keys, and the projection.
local function prepare_get(store, part)
  local asked = part.asked
  part.record, part.seen, part.keys = request_parts.table(store, part.name), {}, {}
  local expressions = request_parts.expressions(asked)
  part.projection = request_parts.projection(expressions, asked)
  expressions:finish()
  check_keys(part)
  for i, key in ipairs(asked.Keys or {}) do
    item_key.check_key(part.record, values.check_all(key))
    part.keys[i] = { tree = key, bytes = store:key(part.record, key) }
    note(part, part.keys[i].bytes)
  end
  part.units, part.found, part.left = 0, {}, {}
end

-- Returns the JSON of what is shown of an item.
local function shown(part, json)
  if not part.projection then return json end
  return request_parts.item(evaluate.project(part.projection, assert(wire.read(json))))
end

-- Gets one item, unless there is no room for more of them.
local function get_one(store, part, key, batch)
  local json, size = store:get(part.record, key.bytes)
  if is_left(store) or batch.bytes + (size or 0) > MOST_BYTES then
    part.left[#part.left + 1] = request_parts.item(key.tree)
    return
  end
  batch.bytes = batch.bytes + (size or 0)
  part.units = part.units + capacity.of_read(size or 0, part.asked.ConsistentRead)
  if json then part.found[#part.found + 1] = shown(part, json) end
end

-- Returns the JSON of what is left of a table, with all that its request said, nil for nothing.
local function left_keys(part)
  if not part.left[1] then return nil end
  local asked = part.asked
  return request_parts.object(
    "Keys",
    array(part.left),
    "ProjectionExpression",
    request_parts.json(asked.ProjectionExpression),
    "ExpressionAttributeNames",
    request_parts.json(asked.ExpressionAttributeNames),
    "ConsistentRead",
    request_parts.json(asked.ConsistentRead)
  )
end

local function batch_get(store, request)
  local parts, count, batch = parts_of(request, "BatchGetItem"), 0, { bytes = 0 }
  for _, part in ipairs(parts) do
    prepare_get(store, part)
    count = count + #part.keys
  end
  if count > MOST_KEYS then
    refusal.validation "Too many items requested for the BatchGetItem call"
  end
  for _, part in ipairs(parts) do
    for _, key in ipairs(part.keys) do
      get_one(store, part, key, batch)
    end
  end
  return request_parts.object(
    "Responses",
    by_table(parts, function(part)
      return array(part.found)
    end),
    "UnprocessedKeys",
    by_table(parts, left_keys),
    "ConsumedCapacity",
    consumed(request, parts)
  )
end

--- Gets up to 100 items of some tables.
function M.BatchGetItem(store, request)
  return store:read(batch_get, store, request)
end

-- ---- BatchWriteItem ----------------------------------------------------------------------------

-- Returns an entry: the operation, its member and its value; or raises.
local function entry_of(given)
  local put, delete = given.PutRequest, given.DeleteRequest
  if (put and delete) or not (put or delete) then
    refusal.validation(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        .. "supported datatypes"
    )
  end
  if put then return { word = "PutRequest", verb = "PutItem", member = "Item", tree = put.Item } end
  return { word = "DeleteRequest", verb = "DeleteItem", member = "Key", tree = delete.Key }
end

-- Refuses more writes of one table than there may be of all.
local function check_writes(part)
  if #part.asked <= MOST_WRITES then return end
  refusal.validation(
    "1 validation error detected: Value '{%s=[...]}' at 'requestItems' failed to satisfy constraint: "
      .. "Map value must satisfy constraint: [Member must have length less than or equal to %d, Member "
      .. "must have length greater than or equal to 1]",
    part.name,
    MOST_WRITES
  )
end

-- Reads what is asked of a table, all of it, before anything is written.
local function prepare_write(store, part)
  local record = request_parts.table(store, part.name)
  part.record, part.seen, part.entries, part.units, part.left = record, {}, {}, 0, {}
  for i, given in ipairs(part.asked) do
    local entry = entry_of(given)
    values.check_all(entry.tree)
    if entry.verb == "PutItem" then
      item_key.check_item(record, entry.tree)
    else
      item_key.check_key(record, entry.tree)
    end
    note(part, store:key(record, entry.tree))
    part.entries[i] = entry
  end
end

-- Writes one item.
local function write_one(store, part, entry, request, now)
  if is_left(store) then
    local content = request_parts.object(entry.member, request_parts.item(entry.tree))
    part.left[#part.left + 1] = request_parts.object(entry.word, content)
    return
  end
  local ask = { TableName = part.record.name, [entry.member] = entry.tree }
  ask.ReturnConsumedCapacity = request.ReturnConsumedCapacity
  part.units = part.units + capacity.units_of(single_items[entry.verb](store, ask, now))
end

local function batch_write(store, request, now)
  local parts, count = parts_of(request, "BatchWriteItem"), 0
  for _, part in ipairs(parts) do
    check_writes(part)
    count = count + #part.asked
  end
  if count > MOST_WRITES then
    refusal.validation "Too many items requested for the BatchWriteItem call"
  end
  for _, part in ipairs(parts) do
    prepare_write(store, part)
  end
  for _, part in ipairs(parts) do
    for _, entry in ipairs(part.entries) do
      write_one(store, part, entry, request, now)
    end
  end
  return request_parts.object(
    "UnprocessedItems",
    by_table(parts, function(part)
      return part.left[1] and array(part.left)
    end),
    "ConsumedCapacity",
    consumed(request, parts)
  )
end

--- Puts and deletes up to 25 items of some tables.
function M.BatchWriteItem(store, request, now)
  return store:write(batch_write, store, request, now)
end

return M
