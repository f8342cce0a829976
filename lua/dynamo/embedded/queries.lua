-- SPDX-License-Identifier: MIT
-- Query and Scan. Each is f(store, request) -> the body of the response, JSON, and raises a refusal
-- (dynamo.service_refusal).
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
local parts = require "dynamo.embedded.request_parts"
local key_range = require "dynamo.embedded.key_range"
local keys = require "dynamo.embedded.keys"
local legacy = require "dynamo.embedded.legacy_parameters"
local one_page = require "dynamo.embedded.one_page"
local refusal = require "dynamo.service_refusal"

local M = {}

local MOST_SEGMENTS = 1000000

-- Refuses a filter on attributes of the key that is queried.
local function check_filter(tree, key)
  for name, child in next, tree do
    if type(child) == "table" and name ~= "value" then
      local is_path = child.kind == "path"
      local first = is_path and child[1]
      if first and (first == key.partition.name or key.sort and first == key.sort.name) then
        refusal.validation(
          "Filter Expression can only contain non-primary key attributes: Primary key attribute: %s",
          first
        )
      end
      check_filter(child, key)
    end
  end
end

-- Reads what Query and Scan have in common.
-- @treturn table a reading: see dynamo.embedded.one_page
local function reading_of(store, request)
  local record = parts.table(store, request.TableName)
  local index = parts.index(record, request.IndexName)
  local is_global = index and not parts.is_local(record, request.IndexName)
  if is_global and request.ConsistentRead then
    refusal.validation "Consistent reads are not supported on global secondary indexes"
  end
  local expressions = parts.expressions(request)
  return {
    record = record,
    index = index,
    key = index or record,
    expressions = expressions,
    filter = parts.filter(expressions, request),
    projection = parts.projection(expressions, request),
  }
end

-- Returns the tree of a query's key condition.
local function key_condition(expressions, request)
  local text, given = request.KeyConditionExpression, request.KeyConditions
  if text then return expressions:condition(text, "KeyConditionExpression") end
  if given and next(given) then return legacy.filter(given) end
  return refusal.validation(
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
  )
end

local function query(store, request)
  local reading = reading_of(store, request)
  local tree = key_condition(reading.expressions, request)
  reading.expressions:finish()
  if reading.filter then check_filter({ reading.filter }, reading.key) end
  reading.lower, reading.upper = key_range.of(tree, reading.key)
  reading.backward = request.ScanIndexForward == false
  return one_page.read(store, request, reading)
end

--- Gives the items of a partition, in order.
function M.Query(store, request)
  return store:read(query, store, request)
end

-- Returns the range of a scan's segment.
local function segment_of(request)
  local segment, total = request.Segment, request.TotalSegments
  if not segment and not total then return nil, nil end
  if not segment or not total then
    refusal.validation(
      "The %s parameter is required but was not present in the request when %s is present",
      segment and "TotalSegments" or "Segment",
      segment and "Segment parameter" or "parameter TotalSegments"
    )
  elseif total < 1 or total > MOST_SEGMENTS or segment < 0 then
    refusal.validation(
      "1 validation error detected: Value '%d' at 'totalSegments' failed to satisfy constraint: "
        .. "Member must have value greater than or equal to 1",
      total
    )
  elseif segment >= total then
    refusal.validation(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: "
        .. "%d is not less than TotalSegments: %d",
      segment,
      total
    )
  end
  return keys.segment(segment, total)
end

local function scan(store, request)
  local reading = reading_of(store, request)
  reading.expressions:finish()
  reading.lower, reading.upper = segment_of(request)
  return one_page.read(store, request, reading)
end

--- Gives all items, or those of a segment.
function M.Scan(store, request)
  return store:read(scan, store, request)
end

return M
