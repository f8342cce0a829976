-- SPDX-License-Identifier: MIT
-- The operations on tables. Each is f(store, request, now) -> the body of the response, JSON, and
-- raises a refusal (dynamo.service_refusal). What is made is there at once: a table is ACTIVE in the
-- answer of DescribeTable, and gone after DeleteTable.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
local parts = require "dynamo.embedded.request_parts"
local schema = require "dynamo.embedded.table_schema"
local stream_log = require "dynamo.embedded.stream_log"
local refusal = require "dynamo.service_refusal"
local uuid = require "dynamo.random_uuid"
local world = require "dynamo.world"

local M = {}

local ARN = "arn:aws:dynamodb:embedded:000000000000:table/%s"
local MOST_NAMES = 100

-- ---- descriptions ------------------------------------------------------------------------------

-- Returns ProvisionedThroughputDescription of a request's throughput, or of none.
local function throughput_of(given)
  return {
    ReadCapacityUnits = given and given.ReadCapacityUnits or 0,
    WriteCapacityUnits = given and given.WriteCapacityUnits or 0,
    NumberOfDecreasesToday = 0,
  }
end

-- Returns the descriptions of indexes, or nil.
local function indexes_of(arn, given, is_global)
  if not given then return nil end
  local list = {}
  for i, index in ipairs(given) do
    list[i] = {
      IndexName = index.IndexName,
      IndexArn = ("%s/index/%s"):format(arn, index.IndexName),
      KeySchema = index.KeySchema,
      Projection = index.Projection,
      IndexStatus = is_global and "ACTIVE" or nil,
      ProvisionedThroughput = is_global and throughput_of(index.ProvisionedThroughput) or nil,
    }
  end
  return list
end

-- Returns the description of a table that is made.
local function description_of(request, now)
  local arn = ARN:format(request.TableName)
  local on_demand = request.BillingMode == "PAY_PER_REQUEST"
  return {
    TableName = request.TableName,
    TableArn = arn,
    TableId = uuid.v4(world.random),
    TableStatus = "ACTIVE",
    CreationDateTime = now,
    AttributeDefinitions = request.AttributeDefinitions,
    KeySchema = request.KeySchema,
    GlobalSecondaryIndexes = indexes_of(arn, request.GlobalSecondaryIndexes, true),
    LocalSecondaryIndexes = indexes_of(arn, request.LocalSecondaryIndexes, false),
    ProvisionedThroughput = throughput_of(request.ProvisionedThroughput),
    BillingModeSummary = on_demand and { BillingMode = "PAY_PER_REQUEST" } or nil,
    DeletionProtectionEnabled = request.DeletionProtectionEnabled or false,
  }
end

-- Adds what a table's items and indexes hold just now.
local function with_counts(store, record)
  local description = {}
  for name, value in next, record.document.description do
    description[name] = value
  end
  description.ItemCount, description.TableSizeBytes = store:statistics(record)
  for _, kind in ipairs { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" } do
    local list = {}
    for i, index in ipairs(description[kind] or {}) do
      local copy = {}
      for name, value in next, index do
        copy[name] = value
      end
      copy.ItemCount, copy.IndexSizeBytes = store:statistics(record, index.IndexName)
      list[i] = copy
    end
    description[kind] = list[1] and list
  end
  return description
end

-- ---- the operations ----------------------------------------------------------------------------

local function create(store, request, now)
  if store:table(request.TableName) then
    refusal.raise("ResourceInUseException", ("Table already exists: %s"):format(request.TableName))
  end
  local description = description_of(request, now)
  local stream = request.StreamSpecification
  if stream and stream.StreamEnabled then
    description.StreamSpecification = stream
    description.LatestStreamArn, description.LatestStreamLabel =
      stream_log.enable(store, request.TableName, description, stream.StreamViewType, now)
  end
  local record = store:create_table(request.TableName, { description = description })
  return parts.object("TableDescription", parts.json(with_counts(store, record)))
end

--- Makes a table.
function M.CreateTable(store, request, now)
  schema.check(request)
  return store:write(create, store, request, now)
end

local function missing(name)
  refusal.raise(
    "ResourceNotFoundException",
    ("Requested resource not found: Table: %s not found"):format(name)
  )
end

local function record_of(store, request)
  local name = request.TableName:match "^arn:[^/]*:table/([^/]+)$" or request.TableName
  return store:table(name) or missing(name)
end

local function describe(store, request)
  return parts.object("Table", parts.json(with_counts(store, record_of(store, request))))
end

--- Describes a table.
function M.DescribeTable(store, request)
  return store:read(describe, store, request)
end

local function delete(store, request)
  local record = record_of(store, request)
  local description = record.document.description
  if description.DeletionProtectionEnabled then
    refusal.validation(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
        .. "protection first."
    )
  end
  if description.LatestStreamArn then stream_log.disable(store, description.LatestStreamArn) end
  local shown = with_counts(store, record)
  shown.TableStatus = "DELETING"
  store:drop_table(record)
  return parts.object("TableDescription", parts.json(shown))
end

--- Deletes a table with its items.
function M.DeleteTable(store, request)
  return store:write(delete, store, request)
end

--- Gives the names of tables, in order.
function M.ListTables(store, request)
  local limit = request.Limit or MOST_NAMES
  if limit < 1 or limit > MOST_NAMES then
    refusal.validation(
      "1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member "
        .. "must have value %s than or equal to %d",
      limit,
      limit < 1 and "greater" or "less",
      limit < 1 and 1 or MOST_NAMES
    )
  end
  local names = store:table_names(request.ExclusiveStartTableName, limit + 1)
  local is_more = #names > limit
  if is_more then names[limit + 1] = nil end
  return parts.object(
    "TableNames",
    names[1] and parts.json(names) or "[]",
    "LastEvaluatedTableName",
    is_more and parts.json(names[limit])
  )
end

return M
