-- SPDX-License-Identifier: MIT
-- What is known of the account's tables: asked for once each, when it is needed.
--
-- A record of a table is { name, noun (the table object), description (as DescribeTable gives it),
-- keys = { { name, kind }, ... }, indexes = name -> { keys, description } }.
local mistake = require "dynamo.prompt.mistake"

local M = {}

--- Returns the catalogue of a client.
function M.new(db)
  return { db = db, records = {}, names = nil }
end

--- Returns the names of all tables, sorted as the service does; or nil, message, err.
function M.names(catalogue)
  local names, start = {}, nil
  repeat
    local answer, message, err =
      catalogue.db:list_tables { ExclusiveStartTableName = start, Limit = 100 }
    if not answer then return nil, message, err end
    for _, name in ipairs(answer.TableNames or {}) do
      names[#names + 1] = name
    end
    start = answer.LastEvaluatedTableName
  until not start
  catalogue.names = names
  return names
end

--- Returns the names of all tables as they were known last; raises what keeps them from being known.
function M.known_names(catalogue)
  if catalogue.names then return catalogue.names end
  local names, message, err = M.names(catalogue)
  if not names then mistake.fail(message, err) end
  return names
end

-- Returns the key attributes of a key schema: { { name, kind }, ... }, the partition key first.
local function keys_of(schema, kinds)
  local keys = {}
  for _, element in ipairs(schema or {}) do
    local name = element.AttributeName
    keys[element.KeyType == "HASH" and 1 or 2] = { name = name, kind = kinds[name] or "S" }
  end
  return keys
end

local function indexes_of(description, kinds)
  local indexes = {}
  for _, list in ipairs { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" } do
    for _, index in ipairs(description[list] or {}) do
      indexes[index.IndexName] = { keys = keys_of(index.KeySchema, kinds), description = index }
    end
  end
  return indexes
end

-- Returns the record that a description gives.
local function record_of(catalogue, name, description)
  local kinds, names = {}, {}
  for _, attribute in ipairs(description.AttributeDefinitions or {}) do
    kinds[attribute.AttributeName] = attribute.AttributeType
  end
  local keys = keys_of(description.KeySchema, kinds)
  for i, key in ipairs(keys) do
    names[i] = key.name
  end
  return {
    name = name,
    noun = catalogue.db:table(name, { key = names }),
    description = description,
    keys = keys,
    indexes = indexes_of(description, kinds),
  }
end

--- Returns the record of a table, raises what keeps it from being known.
-- @tparam table catalogue
-- @tparam string name
-- @tparam ?boolean fresh asks again
function M.record(catalogue, name, fresh)
  if catalogue.records[name] and not fresh then return catalogue.records[name] end
  local answer, message, err = catalogue.db:describe_table { TableName = name }
  if not answer then mistake.fail(message, err) end
  catalogue.records[name] = record_of(catalogue, name, answer.Table)
  return catalogue.records[name]
end

--- Forgets what is known of a table, which was made or deleted.
function M.forget(catalogue, name)
  catalogue.records[name], catalogue.names = nil, nil
end

return M
