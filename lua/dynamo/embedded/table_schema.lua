-- SPDX-License-Identifier: MIT
-- What CreateTable refuses of a request whose members are there and have the right types.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
local refusal = require "dynamo.service_refusal"

local M = {}

local INVALID = "One or more parameter values were invalid: "
local NAME = "^[%w_.-]+$"
local MOST_GLOBAL, MOST_LOCAL = 20, 5

local function check_name(name, member)
  if #name >= 3 and #name <= 255 and name:find(NAME) then return end
  local constraint = #name < 3 and "have length greater than or equal to 3"
    or #name > 255 and "have length less than or equal to 255"
    or "satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
  refusal.validation(
    "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s",
    name,
    member,
    constraint
  )
end

-- Refuses a key of more than two attributes.
local function check_length(key_schema)
  if not key_schema[3] then return end
  local shown = {}
  for i, element in ipairs(key_schema) do
    shown[i] = ("KeySchemaElement(attributeName=%s, keyType=%s)"):format(
      element.AttributeName,
      element.KeyType
    )
  end
  refusal.validation(
    "1 validation error detected: Value '[%s]' at 'keySchema' failed to satisfy constraint: Member "
      .. "must have length less than or equal to 2",
    table.concat(shown, ", ")
  )
end

-- Refuses a key that is none, and notes the attributes it is of.
local function check_key(key_schema, defined, used)
  check_length(key_schema)
  local first, second = key_schema[1], key_schema[2]
  if not first or first.KeyType ~= "HASH" then
    refusal.validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
  elseif second and second.KeyType ~= "RANGE" then
    refusal.validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
  elseif second and second.AttributeName == first.AttributeName then
    refusal.validation("Invalid KeySchema: Some index key attribute have no definition")
  end
  for _, element in ipairs(key_schema) do
    if not defined[element.AttributeName] then
      refusal.validation(
        "%sSome index key attributes are not defined in AttributeDefinitions. Keys: [%s], "
          .. "AttributeDefinitions: [%s]",
        INVALID,
        element.AttributeName,
        table.concat(defined.names, ", ")
      )
    end
    used[element.AttributeName] = true
  end
end

-- Returns the set of attributes that are defined; `names` has them as a list.
local function definitions_of(request)
  local defined = { names = {} }
  for _, definition in ipairs(request.AttributeDefinitions or {}) do
    local name = definition.AttributeName
    if defined[name] then refusal.validation("Cannot have two attributes with the same name") end
    defined[name] = definition.AttributeType
    defined.names[#defined.names + 1] = name
  end
  return defined
end

-- Refuses a projection that is none.
local function check_projection(index)
  local projection = index.Projection or {}
  local names = projection.NonKeyAttributes
  if not projection.ProjectionType then
    refusal.validation("%sUnknown ProjectionType: null", INVALID)
  elseif projection.ProjectionType == "INCLUDE" and not (names and names[1]) then
    refusal.validation(
      "%sProjectionType is INCLUDE, but NonKeyAttributes is not specified",
      INVALID
    )
  elseif projection.ProjectionType ~= "INCLUDE" and names then
    refusal.validation(
      "%sProjectionType is %s, but NonKeyAttributes is specified",
      INVALID,
      projection.ProjectionType
    )
  end
end

-- Refuses indexes that a table cannot have.
local function check_indexes(request, member, most, defined, used, seen)
  local list = request[member]
  if not list then return end
  if not list[1] then
    refusal.validation("%sList of %s is empty", INVALID, member)
  elseif #list > most then
    refusal.validation(
      "%s%s count exceeds the per-table limit of %d",
      INVALID,
      member:sub(1, -3),
      most
    )
  end
  for _, index in ipairs(list) do
    check_name(index.IndexName, "indexName")
    if seen[index.IndexName] then
      refusal.validation("%sDuplicate index name: %s", INVALID, index.IndexName)
    end
    seen[index.IndexName] = true
    check_key(index.KeySchema, defined, used)
    check_projection(index)
  end
end

-- Refuses local indexes whose partition key is not the table's.
local function check_local(request)
  for _, index in ipairs(request.LocalSecondaryIndexes or {}) do
    if not request.KeySchema[2] then
      refusal.validation(
        "%sTable KeySchema does not have a range key, which is required when specifying a "
          .. "LocalSecondaryIndex",
        INVALID
      )
    elseif index.KeySchema[1].AttributeName ~= request.KeySchema[1].AttributeName then
      refusal.validation(
        "%sIndex KeySchema does not have the same leading hash key as table KeySchema for index: "
          .. "%s. index hash key: %s, table hash key: %s",
        INVALID,
        index.IndexName,
        index.KeySchema[1].AttributeName,
        request.KeySchema[1].AttributeName
      )
    end
  end
end

-- Refuses definitions of what no key is made of.
local function check_used(defined, used)
  for _, name in ipairs(defined.names) do
    if not used[name] then
      refusal.validation(
        "%sSome AttributeDefinitions are not used. AttributeDefinitions: [%s], keys used: [%s]",
        INVALID,
        table.concat(defined.names, ", "),
        name
      )
    end
  end
end

--- Refuses units that are none.
function M.check_throughput(given)
  for _, member in ipairs { "ReadCapacityUnits", "WriteCapacityUnits" } do
    if given and (given[member] or 0) < 1 then
      refusal.validation(
        "1 validation error detected: Value '%d' at 'provisionedThroughput.%s%s' failed to satisfy "
          .. "constraint: Member must have value greater than or equal to 1",
        given[member] or 0,
        member:sub(1, 1):lower(),
        member:sub(2)
      )
    end
  end
end

-- Refuses throughput that does not go with how the table is paid for.
local function check_billing(request)
  local on_demand, given = request.BillingMode == "PAY_PER_REQUEST", request.ProvisionedThroughput
  M.check_throughput(given)
  if on_demand and given then
    refusal.validation(
      "%sNeither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        .. "PAY_PER_REQUEST",
      INVALID
    )
  elseif not on_demand and not given then
    refusal.validation(
      "%sReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        .. "PROVISIONED",
      INVALID
    )
  end
end

--- Returns the set of the attributes of which the keys of a table and its indexes are.
-- @tparam table description
function M.attributes_of(description)
  local schemas, used = { description.KeySchema }, {}
  for _, kind in ipairs { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" } do
    for _, index in ipairs(description[kind] or {}) do
      schemas[#schemas + 1] = index.KeySchema
    end
  end
  for _, key_schema in ipairs(schemas) do
    for _, element in ipairs(key_schema) do
      used[element.AttributeName] = true
    end
  end
  return used
end

--- Refuses a table that cannot be made.
-- @tparam table request of CreateTable
function M.check(request)
  check_name(request.TableName, "tableName")
  if not request.KeySchema then refusal.validation("%sKeySchema must be specified", INVALID) end
  check_billing(request)
  local defined, used, seen = definitions_of(request), {}, {}
  check_key(request.KeySchema, defined, used)
  check_indexes(request, "GlobalSecondaryIndexes", MOST_GLOBAL, defined, used, seen)
  check_indexes(request, "LocalSecondaryIndexes", MOST_LOCAL, defined, used, seen)
  check_local(request)
  check_used(defined, used)
end

return M
