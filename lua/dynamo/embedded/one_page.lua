-- SPDX-License-Identifier: MIT
-- One page of a query or a scan: which items are looked at, which are shown, and of them what.
--
-- A reading is what is to be read: record, index (nil: the table), key ({ partition, sort } of that),
-- filter and projection (trees, or nil), show (nil, or what makes of an item what is shown of it, in
-- place of the projection), lower, upper and backward (as of dynamo.embedded.items).
local parts = require "dynamo.embedded.request_parts"
local capacity = require "dynamo.embedded.capacity"
local values = require "dynamo.embedded.values"
local wire = require "dynamo.embedded.wire"
local evaluate = require "dynamo.expression.evaluate"
local refusal = require "dynamo.service_refusal"

local M = {}

local PAGE_BYTES = 1024 * 1024
local CHUNK_ROWS = 256
local ROLES = { "partition", "sort" }

-- ---- what is shown -----------------------------------------------------------------------------

-- Adds the attributes of a key as paths.
local function add_key(paths, key)
  for _, role in ipairs(ROLES) do
    if key[role] then paths[#paths + 1] = { key[role].name } end
  end
end

-- Returns the paths of what an index has of an item; nil for all of it.
local function projected_paths(record, index)
  local description = record.document.description
  for _, kind in ipairs { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" } do
    for _, one in ipairs(description[kind] or {}) do
      if one.IndexName == index.name and one.Projection.ProjectionType ~= "ALL" then
        local paths = {}
        add_key(paths, record)
        add_key(paths, index)
        for _, name in ipairs(one.Projection.NonKeyAttributes or {}) do
          paths[#paths + 1] = { name }
        end
        return paths
      end
    end
  end
end

-- Refuses a Select that does not go with the rest.
local function check_select(request, reading)
  local select, has_projection = request.Select, reading.projection ~= nil
  if has_projection and select and select ~= "SPECIFIC_ATTRIBUTES" then
    refusal.validation("Cannot specify the ProjectionExpression when choosing to get %s", select)
  elseif select == "SPECIFIC_ATTRIBUTES" and not has_projection then
    refusal.validation(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
        .. "SPECIFIC_ATTRIBUTES"
    )
  elseif select == "ALL_PROJECTED_ATTRIBUTES" and not reading.index then
    refusal.validation "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
  end
end

-- ---- where it begins and ends ------------------------------------------------------------------

-- Returns the key behind which a page begins: nil for the first; with an index also the item's key.
local function start_of(store, request, reading)
  local given = request.ExclusiveStartKey
  if not given then return nil end
  values.check_all(given)
  for _, key in ipairs { reading.record, reading.key } do
    for _, role in ipairs(ROLES) do
      local attribute = key[role]
      local value = attribute and given[attribute.name]
      if attribute and not (value and value[attribute.type]) then
        refusal.validation "The provided starting key is invalid"
      end
    end
  end
  local base = store:key(reading.record, given)
  if not reading.index then return base end
  return store:index_key(reading.record, reading.index.name, given), base
end

-- Returns the LastEvaluatedKey of a page that ends with an item.
local function end_key(reading, tree)
  local key = {}
  for _, of in ipairs { reading.record, reading.key } do
    for _, role in ipairs(ROLES) do
      if of[role] then key[of[role].name] = tree[of[role].name] end
    end
  end
  return parts.item(key)
end

-- ---- one page ----------------------------------------------------------------------------------

-- Returns the JSON of a row as the page shows it; nil: the filter leaves it out.
local function shown(reading, row)
  if not (reading.filter or reading.paths) then return row[1] end
  local tree = assert(wire.read(row[1]))
  if reading.filter and not evaluate.holds(reading.filter, tree) then return nil end
  if reading.show then return parts.item(reading.show(tree)) end
  return reading.paths and parts.item(evaluate.project(reading.paths, tree)) or row[1]
end

-- Looks at rows until a page is full; notes in `page` what it comes to.
local function look(rows, page, reading)
  for _, row in ipairs(rows) do
    page.last, page.scanned, page.bytes = row, page.scanned + 1, page.bytes + row[2]
    local json = shown(reading, row)
    if json then
      page.count = page.count + 1
      page.items[page.count] = json
    end
    if page.scanned == page.limit or page.bytes >= PAGE_BYTES then return true end
  end
end

-- Reads a page.
local function fill(store, reading, page, after, after_base)
  local is_more = true
  while is_more do
    local rows
    rows, is_more = store:range(reading.record, {
      index = reading.index and reading.index.name,
      lower = reading.lower,
      upper = reading.upper,
      backward = reading.backward,
      after = after,
      after_base = after_base,
      max_rows = math.min(CHUNK_ROWS, page.limit - page.scanned),
    })
    if look(rows, page, reading) then return true end
    local last = rows[#rows]
    if last then
      after, after_base = last[3], last[4]
    end
  end
end

-- Returns how many items a page looks at, at most. Query and Scan say it in words of their own.
local function limit_of(request)
  local limit = request.Limit
  if limit and limit < 1 then
    refusal.validation(
      "1 validation error detected: Value %s failed to satisfy constraint: Member must have value "
        .. "greater than or equal to 1",
      request.KeyConditionExpression and "at 'Limit'" or ("'%d' at 'limit'"):format(limit)
    )
  end
  return limit or math.huge
end

-- ---- the page ----------------------------------------------------------------------------------

local Page = {}
Page.__index = Page

--- Returns the items, a JSON list.
function Page:json_items()
  return "[" .. table.concat(self.items, ",") .. "]"
end

--- Returns ConsumedCapacity as JSON, or nil: it is not wanted.
function Page:consumed(request)
  local units = capacity.of_read(self.bytes, request.ConsistentRead)
  return parts.json(capacity.report(request, self.name, units))
end

--- Reads a page.
-- @tparam table store
-- @tparam table request ExclusiveStartKey, Limit
-- @tparam table reading
-- @treturn table count, scanned, end_key (JSON; nil at the end), json_items(), consumed(request)
function M.page(store, request, reading)
  local index = reading.index
  reading.paths = reading.projection or index and projected_paths(reading.record, index)
  local page = setmetatable({
    name = reading.record.name,
    items = {},
    count = 0,
    scanned = 0,
    bytes = 0,
    limit = limit_of(request),
  }, Page)
  local is_full = fill(store, reading, page, start_of(store, request, reading))
  page.end_key = is_full and end_key(reading, assert(wire.read(page.last[1]))) or nil
  return page
end

--- Reads a page and returns the body of the response, JSON.
-- @tparam table store
-- @tparam table request of Query or Scan
-- @tparam table reading
function M.read(store, request, reading)
  check_select(request, reading)
  local page = M.page(store, request, reading)
  return parts.object(
    "Items",
    request.Select ~= "COUNT" and page:json_items(),
    "Count",
    ("%d"):format(page.count),
    "ScannedCount",
    ("%d"):format(page.scanned),
    "LastEvaluatedKey",
    page.end_key,
    "ConsumedCapacity",
    page:consumed(request)
  )
end

return M
