-- SPDX-License-Identifier: MIT
-- What DescribeTable tells of a table, as it is made and as it is kept.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
local parts = require "dynamo.embedded.request_parts"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"
local uuid = require "dynamo.random_uuid"
local world = require "dynamo.world"

local M = {}

local ARN = "arn:aws:dynamodb:embedded:000000000000:table/%s"
local INDEX_KINDS = { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" }

--- Returns ProvisionedThroughputDescription of a request's throughput, or of none.
function M.throughput(given)
  return {
    ReadCapacityUnits = given and given.ReadCapacityUnits or 0,
    WriteCapacityUnits = given and given.WriteCapacityUnits or 0,
    NumberOfDecreasesToday = 0,
  }
end

--- Returns the descriptions of a request's indexes, or nil.
-- @tparam string arn the table's
-- @tparam ?table given
-- @tparam boolean is_global
function M.indexes(arn, given, is_global)
  if not given then return nil end
  local list = {}
  for i, index in ipairs(given) do
    list[i] = {
      IndexName = index.IndexName,
      IndexArn = ("%s/index/%s"):format(arn, index.IndexName),
      KeySchema = index.KeySchema,
      Projection = index.Projection,
      IndexStatus = is_global and "ACTIVE" or nil,
      ProvisionedThroughput = is_global and M.throughput(index.ProvisionedThroughput) or nil,
    }
  end
  return list
end

--- Returns the description of a table that is made.
-- @tparam table request of CreateTable
-- @tparam number now seconds since 1970
function M.new(request, now)
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
    GlobalSecondaryIndexes = M.indexes(arn, request.GlobalSecondaryIndexes, true),
    LocalSecondaryIndexes = M.indexes(arn, request.LocalSecondaryIndexes, false),
    ProvisionedThroughput = M.throughput(request.ProvisionedThroughput),
    BillingModeSummary = on_demand and { BillingMode = "PAY_PER_REQUEST" } or nil,
    DeletionProtectionEnabled = request.DeletionProtectionEnabled or false,
  }
end

-- Returns a list of indexes with what they hold; nil for none.
local function counted(store, record, list)
  local copies = {}
  for i, index in ipairs(list or {}) do
    copies[i] = tables.copy(index)
    copies[i].ItemCount, copies[i].IndexSizeBytes = store:statistics(record, index.IndexName)
  end
  return copies[1] and copies
end

--- Returns a table's description with what it and its indexes hold just now.
function M.with_counts(store, record)
  local description = tables.copy(record.document.description)
  description.ItemCount, description.TableSizeBytes = store:statistics(record)
  for _, kind in ipairs(INDEX_KINDS) do
    description[kind] = counted(store, record, description[kind])
  end
  return description
end

--- Returns the record of a table, which is named or told by its ARN; or raises.
function M.record(store, name)
  name = parts.table_name(name)
  local record = store:table(name)
  if record then return record end
  return refusal.raise(
    "ResourceNotFoundException",
    ("Requested resource not found: Table: %s not found"):format(name)
  )
end

return M
