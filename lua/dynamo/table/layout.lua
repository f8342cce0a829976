-- SPDX-License-Identifier: MIT
-- What users:create is told of a table, as the parameters of CreateTable.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
local given = require "dynamo.given"
local nearest = require "dynamo.nearest"
local options_check = require "dynamo.options_check"
local tables = require "dynamo.tables"

local M = {}

local TYPES = { S = true, N = true, B = true }
local KEY = '{ name = "S" }, of type "S", "N" or "B"'
local ON_DEMAND = "PAY_PER_REQUEST"

-- ---- keys ----------------------------------------------------------------------------------

-- Returns the one name and type of a map; nil for anything else.
local function pair_of(value)
  if type(value) ~= "table" then return nil end
  local name, kind = next(value)
  if type(name) ~= "string" or name == "" or next(value, name) ~= nil then return nil end
  if not TYPES[kind] then return nil end
  return { name = name, type = kind }
end

-- Returns a list of { name, type }: of one map, or, for an index, of a list of them; or nil, what is
-- wrong.
local function key_of(value, place, may_be_list)
  if value == nil then return {} end
  local maps = may_be_list and type(value) == "table" and value[1] ~= nil and value or { value }
  local problem = given.list_problem(maps)
  if problem then return nil, ("%s: %s"):format(place, problem) end
  local key = {}
  for i, map in ipairs(maps) do
    key[i] = pair_of(map)
    if not key[i] then
      return nil,
        ("%s must be %s%s"):format(place, KEY, may_be_list and ", or a list of these" or "")
    end
  end
  return key
end

-- Notes the types of key attributes; returns nil, or what is wrong.
local function define(layout, key, place)
  for _, attribute in ipairs(key) do
    local known = layout.types[attribute.name]
    if known and known.type ~= attribute.type then
      return ('%s: %s is of type "%s" there, and "%s" in %s'):format(
        place,
        attribute.name,
        attribute.type,
        known.type,
        known.place
      )
    end
    layout.types[attribute.name] = known or { type = attribute.type, place = place }
  end
end

-- Returns a KeySchema; or nil, what is wrong.
local function key_schema(layout, of, place, may_be_list)
  local schema = {}
  for _, role in ipairs { { "partition_key", "HASH" }, { "sort_key", "RANGE" } } do
    local where = place .. role[1]
    local key, problem = key_of(of[role[1]], where, may_be_list)
    problem = problem or define(layout, key, where)
    if problem then return nil, problem end
    for _, attribute in ipairs(key) do
      schema[#schema + 1] = { AttributeName = attribute.name, KeyType = role[2] }
    end
  end
  return schema
end

-- ---- billing -------------------------------------------------------------------------------

local UNITS = { read = options_check.count, write = options_check.count }

-- Returns nil, or what is wrong with a billing.
local function billing_problem(value, place)
  if value == nil or value == ON_DEMAND then return nil end
  if type(value) ~= "table" then
    return ('%s must be "%s" or { read = units, write = units }'):format(place, ON_DEMAND)
  end
  local what = { unknown = "unknown field", required = { "read", "write" } }
  local problem = options_check.problem(value, UNITS, what)
  return problem and ("%s: %s"):format(place, problem)
end

-- Returns ProvisionedThroughput, nil on demand.
local function throughput_of(billing)
  if type(billing) ~= "table" then return nil end
  return { ReadCapacityUnits = billing.read, WriteCapacityUnits = billing.write }
end

-- ---- indexes -------------------------------------------------------------------------------

local function any() end
local INDEX = { partition_key = any, sort_key = any, projection = any, billing = any }

-- Returns a Projection; or nil, what is wrong.
local function projection_of(value, place)
  if value == nil or value == "ALL" or value == "KEYS_ONLY" then
    return { ProjectionType = value or "ALL" }
  end
  local is_list = type(value) == "table" and value[1] ~= nil and not given.list_problem(value)
  for _, name in ipairs(is_list and value or tables.NONE) do
    is_list = is_list and type(name) == "string"
  end
  if is_list then return { ProjectionType = "INCLUDE", NonKeyAttributes = tables.copy(value) } end
  return nil, place .. 'projection must be "ALL", "KEYS_ONLY" or a list of attributes'
end

-- Returns nil, or what is wrong with an index of the table's own partition key.
local function local_problem(layout, index, place)
  if index.sort_key == nil then return place .. "partition_key or sort_key is missing" end
  if not layout.schema[2] then
    return place .. "partition_key is missing: a local index needs a table with a sort key"
  end
  if index.billing ~= nil then
    return place .. "billing is the table's: the index is a local one"
  end
end

-- Returns nil, or what is wrong with the billing of an index: units of its own go with those of the table.
local function index_billing_problem(layout, billing, place)
  local problem = billing_problem(billing, place .. "billing")
  if problem or billing == nil then return problem end
  if (billing == ON_DEMAND) == (layout.throughput == nil) then return nil end
  local wanted = layout.throughput and "{ read = units, write = units }"
    or ('"%s"'):format(ON_DEMAND)
  return ("%sbilling must be %s, as that of the table is"):format(place, wanted)
end

-- Returns nil, or what is wrong with what is said of an index.
local function index_problem(layout, index, name)
  local place = ("indexes.%s"):format(nearest.word(name))
  local problem = options_check.problem(index, INDEX, { unknown = "unknown field" })
  if problem then return ("%s: %s"):format(place, problem) end
  place = place .. "."
  return index.partition_key == nil and local_problem(layout, index, place)
    or index_billing_problem(layout, index.billing, place)
end

-- Returns one index; or nil, what is wrong.
local function index_of(layout, name, index)
  local problem = index_problem(layout, index, name)
  if problem then return nil, problem end
  local place, is_local = ("indexes.%s."):format(nearest.word(name)), index.partition_key == nil
  local schema, wrong = key_schema(layout, index, place, true)
  if not schema then return nil, wrong end
  if is_local then table.insert(schema, 1, layout.schema[1]) end
  local projection
  projection, wrong = projection_of(index.projection, place)
  if not projection then return nil, wrong end
  local throughput = not is_local and (throughput_of(index.billing) or layout.throughput) or nil
  return {
    IndexName = name,
    KeySchema = schema,
    Projection = projection,
    ProvisionedThroughput = throughput,
  }
end

-- Returns nil, or what keeps a value from being name -> index.
local function indexes_problem(indexes)
  if type(indexes) ~= "table" then
    return ("indexes must be a table, not a %s"):format(type(indexes))
  end
  for name, index in next, indexes do
    if type(name) ~= "string" or type(index) ~= "table" then
      return "indexes must be { name = { partition_key = ..., sort_key = ... } }"
    end
  end
end

-- Returns the local and the global indexes, in the order of their names; or nil, what is wrong.
local function indexes_of(layout, indexes)
  local problem = indexes_problem(indexes)
  if problem then return nil, problem end
  local locals, globals = {}, {}
  for _, name in ipairs(tables.sorted_keys(indexes)) do
    local index, wrong = index_of(layout, name, indexes[name])
    if not index then return nil, wrong end
    local list = indexes[name].partition_key == nil and locals or globals
    list[#list + 1] = index
  end
  return locals, globals
end

-- ---- the table -----------------------------------------------------------------------------

-- Returns nil, or what a table object was told of its key that is not so.
local function told_problem(told, schema)
  for i = 1, told and 2 or 0 do
    local name, other = told[i], schema[i] and schema[i].AttributeName
    if name ~= other then
      return ("the key is %s, and db:table was told { %s }"):format(
        other or "without a sort key",
        table.concat(told, ", ")
      )
    end
  end
end

-- Returns a list, nil for an empty one, which the service refuses.
local function filled(list)
  return list[1] and list
end

--- Adds to the parameters of CreateTable what our own words say of keys, indexes and billing; returns nil,
-- or what is wrong.
-- @tparam table params
-- @tparam table o partition_key, sort_key, indexes, billing
-- @tparam ?table told the names of the key attributes, as db:table was told
function M.add(params, o, told)
  if o.partition_key == nil then return "partition_key is missing; it must be " .. KEY end
  local problem = billing_problem(o.billing, "billing")
  if problem then return problem end
  local layout = { types = {}, throughput = throughput_of(o.billing) }
  local schema, wrong = key_schema(layout, o, "", false)
  problem = wrong or told_problem(told, schema)
  if problem then return problem end
  layout.schema = schema
  local locals, globals = indexes_of(layout, o.indexes or {})
  if not locals then return globals end
  params.KeySchema = schema
  params.AttributeDefinitions = {}
  for i, name in ipairs(tables.sorted_keys(layout.types)) do
    local kind = layout.types[name].type
    params.AttributeDefinitions[i] = { AttributeName = name, AttributeType = kind }
  end
  params.LocalSecondaryIndexes, params.GlobalSecondaryIndexes = filled(locals), filled(globals)
  params.BillingMode = layout.throughput and "PROVISIONED" or ON_DEMAND
  params.ProvisionedThroughput = layout.throughput
end

return M
