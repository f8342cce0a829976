-- SPDX-License-Identifier: MIT
-- Tables for the specs of the embedded store.
local wire = require "dynamo.embedded.wire"

local M = {}

local function key_schema(partition, sort)
  local schema = { { AttributeName = partition, KeyType = "HASH" } }
  if sort then schema[2] = { AttributeName = sort, KeyType = "RANGE" } end
  return schema
end

--- Returns the document of a table with the key p (S), s (N).
-- @tparam ?table indexes name -> { partition, sort }: attributes of type S
-- @tparam ?string ttl
function M.document(indexes, ttl)
  local description = {
    KeySchema = key_schema("p", "s"),
    AttributeDefinitions = {
      { AttributeName = "p", AttributeType = "S" },
      { AttributeName = "s", AttributeType = "N" },
    },
    GlobalSecondaryIndexes = indexes and {},
  }
  local types = description.AttributeDefinitions
  for name, key in pairs(indexes or {}) do
    local index = { IndexName = name, KeySchema = key_schema(key[1], key[2]) }
    table.insert(description.GlobalSecondaryIndexes, index)
    for _, attribute in ipairs(key) do
      types[#types + 1] = { AttributeName = attribute, AttributeType = "S" }
    end
  end
  return { description = description, ttl = ttl }
end

--- Writes an item.
function M.put(store, record, tree)
  local json = assert(wire.write(tree))
  store:write(store.put, store, record, store:key(record, tree), tree, json, #json)
end

--- Returns the values of an attribute of rows, in their order.
function M.values(rows, name)
  local found = {}
  for i, row in ipairs(rows) do
    local value = wire.read(row[1])[name]
    found[i] = value and (value.S or value.N) or false
  end
  return found
end

return M
