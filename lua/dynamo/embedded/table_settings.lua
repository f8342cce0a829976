-- SPDX-License-Identifier: MIT
-- The operations that change a table which is there, and those that tell of an account. Each is
-- f(store, request, now) -> the body of the response, JSON, and raises a refusal
-- (dynamo.service_refusal).
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
local codec = require "dynamo.codec"
local descriptions = require "dynamo.embedded.table_description"
local parts = require "dynamo.embedded.request_parts"
local schema = require "dynamo.embedded.table_schema"
local stream_log = require "dynamo.embedded.stream_log"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"

local M = {}

-- Returns a copy of a record's document that may be changed.
local function copy_of(record)
  return assert(codec.from_json(assert(codec.to_json(record.document))))
end

-- ---- indexes -----------------------------------------------------------------------------------

-- Returns the place of an index in a list, or nil.
local function place_of(list, name)
  for i, index in ipairs(list) do
    if index.IndexName == name then return i end
  end
end

local function missing()
  refusal.raise("ResourceNotFoundException", "Requested resource not found")
end

local UPDATES = {}

function UPDATES.Create(description, list, given)
  if place_of(list, given.IndexName) then
    refusal.validation "Attempting to create an index which already exists"
  end
  local made = descriptions.indexes(description.TableArn, { given }, true)
  list[#list + 1] = made[1]
end

function UPDATES.Update(_, list, given)
  local index = list[place_of(list, given.IndexName) or missing()]
  index.ProvisionedThroughput = descriptions.throughput(given.ProvisionedThroughput)
end

function UPDATES.Delete(_, list, given)
  table.remove(list, place_of(list, given.IndexName) or missing())
end

-- Carries out GlobalSecondaryIndexUpdates.
local function update_indexes(description, updates)
  local list = description.GlobalSecondaryIndexes or {}
  for _, update in ipairs(updates) do
    local word, given = next(update)
    if not UPDATES[word] then
      refusal.validation "One or more parameter values were invalid: an index update is empty"
    end
    UPDATES[word](description, list, given)
  end
  description.GlobalSecondaryIndexes = list[1] and list or nil
end

-- Keeps of the definitions those that a key uses.
local function define(description, given)
  local used, defined, kept = schema.attributes_of(description), {}, {}
  for _, list in ipairs { description.AttributeDefinitions, given or {} } do
    for _, definition in ipairs(list) do
      local name = definition.AttributeName
      if used[name] and not defined[name] then
        defined[name], kept[#kept + 1] = true, definition
      end
    end
  end
  description.AttributeDefinitions = kept
  for name in pairs(used) do
    if not defined[name] then
      refusal.validation(
        "One or more parameter values were invalid: Some index key attributes are not defined in "
          .. "AttributeDefinitions. Keys: [%s]",
        name
      )
    end
  end
end

-- ---- UpdateTable -------------------------------------------------------------------------------

local function update_stream(store, record, description, given, now)
  local is_on = description.StreamSpecification ~= nil
  if given.StreamEnabled == is_on then
    refusal.validation(
      is_on and "Table already has an enabled stream: TableName: %s"
        or "Table has no stream to disable: TableName: %s",
      record.name
    )
  elseif given.StreamEnabled then
    description.StreamSpecification = given
    description.LatestStreamArn, description.LatestStreamLabel =
      stream_log.enable(store, record.name, description, given.StreamViewType, now)
  else
    stream_log.disable(store, description.LatestStreamArn)
    description.StreamSpecification = nil
  end
end

-- Refuses throughput that an update does not take.
local function check_throughput(description, request)
  local given = request.ProvisionedThroughput
  schema.check_throughput(given)
  if given and request.BillingMode == "PAY_PER_REQUEST" then
    refusal.validation(
      "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits "
        .. "can be specified when BillingMode is PAY_PER_REQUEST"
    )
  end
  local now = description.ProvisionedThroughput
  if
    given
    and given.ReadCapacityUnits == now.ReadCapacityUnits
    and given.WriteCapacityUnits == now.WriteCapacityUnits
  then
    refusal.validation(
      "The provisioned throughput for the table will not change. The requested value equals the "
        .. "current value. Current ReadCapacityUnits provisioned for the table: %d. Requested "
        .. "ReadCapacityUnits: %d. Current WriteCapacityUnits provisioned for the table: %d. "
        .. "Requested WriteCapacityUnits: %d. Refer to the Amazon DynamoDB Developer Guide for "
        .. "current limits and how to request higher limits.",
      now.ReadCapacityUnits,
      given.ReadCapacityUnits,
      now.WriteCapacityUnits,
      given.WriteCapacityUnits
    )
  end
end

local function update_billing(description, request)
  if request.BillingMode == "PAY_PER_REQUEST" then
    description.BillingModeSummary = { BillingMode = "PAY_PER_REQUEST" }
    description.ProvisionedThroughput = descriptions.throughput(nil)
  elseif request.BillingMode then
    description.BillingModeSummary = { BillingMode = "PROVISIONED" }
  end
  if request.ProvisionedThroughput then
    description.ProvisionedThroughput = descriptions.throughput(request.ProvisionedThroughput)
  end
end

local CHANGES = {
  "BillingMode",
  "DeletionProtectionEnabled",
  "GlobalSecondaryIndexUpdates",
  "ProvisionedThroughput",
  "SSESpecification",
  "StreamSpecification",
  "TableClass",
}

-- Refuses a request that changes nothing.
local function check_changes(request)
  for _, member in ipairs(CHANGES) do
    if request[member] ~= nil then return end
  end
  refusal.validation(
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
      .. "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"
  )
end

local function update(store, request, now)
  local record = descriptions.record(store, request.TableName)
  local document = copy_of(record)
  local description = document.description
  check_throughput(description, request)
  update_billing(description, request)
  if request.DeletionProtectionEnabled ~= nil then
    description.DeletionProtectionEnabled = request.DeletionProtectionEnabled
  end
  if request.GlobalSecondaryIndexUpdates then
    update_indexes(description, request.GlobalSecondaryIndexUpdates)
  end
  define(description, request.AttributeDefinitions)
  if request.StreamSpecification then
    update_stream(store, record, description, request.StreamSpecification, now)
  end
  local changed = store:change_table(record, document)
  return parts.object("TableDescription", parts.json(descriptions.with_counts(store, changed)))
end

--- Changes a table; what it asks for is there at once.
function M.UpdateTable(store, request, now)
  check_changes(request)
  return store:write(update, store, request, now)
end

-- ---- times to live -----------------------------------------------------------------------------

local function update_ttl(store, request)
  local record, wanted =
    descriptions.record(store, request.TableName), request.TimeToLiveSpecification
  local document = copy_of(record)
  if wanted.AttributeName == "" then
    refusal.validation(
      "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to "
        .. "satisfy constraint: Member must have length greater than or equal to 1"
    )
  elseif wanted.Enabled == (document.ttl ~= nil) then
    refusal.validation("TimeToLive is already %s", wanted.Enabled and "enabled" or "disabled")
  end
  document.ttl = wanted.Enabled and wanted.AttributeName or nil
  store:change_table(record, document)
  return parts.object("TimeToLiveSpecification", parts.json(wanted))
end

--- Says by which attribute items expire.
function M.UpdateTimeToLive(store, request)
  return store:write(update_ttl, store, request)
end

local function describe_ttl(store, request)
  local attribute = descriptions.record(store, request.TableName).document.ttl
  local description =
    { TimeToLiveStatus = attribute and "ENABLED" or "DISABLED", AttributeName = attribute }
  return parts.object("TimeToLiveDescription", parts.json(description))
end

--- Tells by which attribute items expire.
function M.DescribeTimeToLive(store, request)
  return store:read(describe_ttl, store, request)
end

-- ---- tags --------------------------------------------------------------------------------------

-- Returns the record of the table whose tags are asked for; whoever may not see it is told no more.
local function tagged(store, arn)
  if not arn:find "^arn:[^/]*:table/[%w_.-]+$" then
    refusal.validation("Invalid TableArn: Invalid ResourceArn provided as input %s", arn)
  end
  local record = store:table(arn:match "/([^/]+)$")
  if record then return record end
  return refusal.raise(
    "AccessDeniedException",
    ("User is not authorized to perform this action on resource: %s"):format(arn)
  )
end

-- Changes the tags of a table by f(tags).
local function change_tags(store, request, f)
  local record = tagged(store, request.ResourceArn)
  local document = copy_of(record)
  document.tags = document.tags or {}
  f(document.tags)
  store:change_table(record, document)
  return "{}"
end

--- Tags a table.
function M.TagResource(store, request)
  return store:write(change_tags, store, request, function(tags)
    for _, tag in ipairs(request.Tags) do
      tags[tag.Key] = tag.Value
    end
  end)
end

--- Takes tags off a table.
function M.UntagResource(store, request)
  return store:write(change_tags, store, request, function(tags)
    for _, key in ipairs(request.TagKeys) do
      tags[key] = nil
    end
  end)
end

local function list_tags(store, request)
  local tags, list = tagged(store, request.ResourceArn).document.tags or {}, {}
  for i, key in ipairs(tables.sorted_keys(tags)) do
    list[i] = { Key = key, Value = tags[key] }
  end
  return parts.object("Tags", list[1] and parts.json(list) or "[]")
end

--- Gives the tags of a table.
function M.ListTagsOfResource(store, request)
  return store:read(list_tags, store, request)
end

-- ---- the account -------------------------------------------------------------------------------

-- As of an account that never asked for more.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
local LIMITS = {
  AccountMaxReadCapacityUnits = 80000,
  AccountMaxWriteCapacityUnits = 80000,
  TableMaxReadCapacityUnits = 40000,
  TableMaxWriteCapacityUnits = 40000,
}

--- Tells the limits of an account.
function M.DescribeLimits()
  return parts.json(LIMITS)
end

--- Tells where the store is: inside the process.
function M.DescribeEndpoints()
  return '{"Endpoints":[{"Address":"embedded","CachePeriodInMinutes":1440}]}'
end

return M
