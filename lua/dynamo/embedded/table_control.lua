-- SPDX-License-Identifier: MIT
-- The operations on tables. Each is f(store, request, now) -> the body of the response, JSON, and
-- raises a refusal (dynamo.service_refusal). What is made is there at once: a table is ACTIVE in the
-- answer of DescribeTable, and gone after DeleteTable.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
local descriptions = require "dynamo.embedded.table_description"
local parts = require "dynamo.embedded.request_parts"
local schema = require "dynamo.embedded.table_schema"
local stream_log = require "dynamo.embedded.stream_log"
local refusal = require "dynamo.service_refusal"

local M = {}

local MOST_NAMES = 100

local function create(store, request, now)
  if store:table(request.TableName) then
    refusal.raise("ResourceInUseException", ("Table already exists: %s"):format(request.TableName))
  end
  local description = descriptions.new(request, now)
  local stream = request.StreamSpecification
  if stream and stream.StreamEnabled then
    description.StreamSpecification = stream
    description.LatestStreamArn, description.LatestStreamLabel =
      stream_log.enable(store, request.TableName, description, stream.StreamViewType, now)
  end
  local record = store:create_table(request.TableName, { description = description })
  return parts.object("TableDescription", parts.json(descriptions.with_counts(store, record)))
end

--- Makes a table.
function M.CreateTable(store, request, now)
  schema.check(request)
  return store:write(create, store, request, now)
end

local function describe(store, request)
  return parts.object(
    "Table",
    parts.json(descriptions.with_counts(store, descriptions.record(store, request.TableName)))
  )
end

--- Describes a table.
function M.DescribeTable(store, request)
  return store:read(describe, store, request)
end

local function delete(store, request)
  local record = descriptions.record(store, request.TableName)
  local description = record.document.description
  if description.DeletionProtectionEnabled then
    refusal.validation(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
        .. "protection first."
    )
  end
  if description.LatestStreamArn then stream_log.disable(store, description.LatestStreamArn) end
  local shown = descriptions.with_counts(store, record)
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
