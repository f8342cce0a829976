-- SPDX-License-Identifier: MIT
-- The names of the key attributes of a table and its indexes: as the user tells them, and as the
-- table's description does.
local call = require "dynamo.call"
local errors = require "dynamo.error"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"

local M = {}

--- The check of the option `key`, as of dynamo.options_check.
function M.problem(key)
  local first, second = type(key) == "table" and key[1], type(key) == "table" and key[2]
  if type(first) ~= "string" or first == "" or #key > 2 or first == second then
    return 'must be { "partition key" } or { "partition key", "sort key" }'
  elseif second ~= nil and (type(second) ~= "string" or second == "") then
    return "the sort key's name must be a string", true
  end
end

local MOST_INDEX_KEYS = 8 -- four of the partition key, four of the sort key

-- Returns nil, or what is wrong with what is told of one index.
local function index_problem(name, names)
  local list = type(names) == "table" and names or {}
  local seen = {}
  for i, attribute in ipairs(list) do
    if type(attribute) ~= "string" or attribute == "" or seen[attribute] then list = {} end
    if i > MOST_INDEX_KEYS then list = {} end
    seen[attribute] = true
  end
  if type(name) == "string" and list[1] then return nil end
  return ('indexes.%s must be a list of the index\'s key attributes, such as { "partition key", '):format(
    nearest.word(name)
  ) .. '"sort key" }'
end

--- The check of the option `indexes`, as of dynamo.options_check.
function M.indexes_problem(indexes)
  if type(indexes) ~= "table" then return "must be a table, not a " .. type(indexes) end
  for name, names in next, indexes do
    local problem = index_problem(name, names)
    if problem then return problem, true end
  end
end

-- Returns the key names of a table's description, partition key first; nil if it has none.
local function names_of(description)
  local names = {}
  for _, element in ipairs(description.KeySchema or {}) do
    names[element.KeyType == "HASH" and 1 or 2] = element.AttributeName
  end
  return names[1] and names
end

-- Returns the names of the attributes of an index's key.
local function index_names_of(index)
  local names = {}
  for _, element in ipairs(index.KeySchema or {}) do
    names[#names + 1] = element.AttributeName
  end
  return names
end

-- Notes what a description says of the indexes' keys; what db:table was told stays.
local function note_indexes(noun, description)
  for _, member in ipairs { "LocalSecondaryIndexes", "GlobalSecondaryIndexes" } do
    for _, index in ipairs(description[member] or {}) do
      local name = index.IndexName
      noun.indexes[name] = noun.indexes[name] or index_names_of(index)
    end
  end
end

--- Notes what a table's description says of its key and of those of its indexes.
function M.note(noun, description)
  noun.key = noun.key or names_of(description)
  note_indexes(noun, description)
end

-- Asks DescribeTable, and notes what it says of keys; returns true, or nil, message, err.
local function describe(noun, options)
  local operation = operations.by_method.describe_table
  local response, message, err = call.run(
    noun.client,
    { operation = operation, params = { TableName = noun.name }, options = options }
  )
  if not response then return nil, message, err end
  M.note(noun, response.Table or {})
  return true
end

--- Returns the names of the key attributes, { "pk" } or { "pk", "sk" }; or nil, message, err.
-- A table that was not told them asks DescribeTable, once.
-- @tparam table noun
-- @tparam ?table options of the call: timeout, cancel
function M.names(noun, options)
  if noun.key then return noun.key end
  local ok, message, err = describe(noun, options)
  if not ok then return nil, message, err end
  if noun.key then return noun.key end
  return errors.fail {
    kind = "integrity",
    code = "no_key_schema",
    operation = "describe_table",
    message = "the table's description has no key schema",
  }
end

--- Whether a verb needs the names of the key attributes for what it was asked.
function M.is_needed(ask)
  local verb = ask.verb
  return verb.needs_key or not verb.operation.read and ask.noun.extensions[1] ~= nil
end

-- Fails because a key is not known and explain may not ask for it.
local function unknown(what, option)
  return errors.fail {
    kind = "config",
    code = "no_key",
    operation = "explain",
    message = ("%s is not known, and explain sends nothing: give db:table the option %s"):format(
      what,
      option
    ),
  }
end

--- As names, but with `explain` nothing is asked.
function M.find(noun, options, explain)
  if noun.key or not explain then return M.names(noun, options) end
  return unknown("the key", "key")
end

--- Returns the names of the attributes of an index's key; as find.
-- @tparam table noun
-- @tparam string index
-- @tparam ?table options
-- @tparam ?boolean explain
function M.index_names(noun, index, options, explain)
  if noun.indexes[index] then return noun.indexes[index] end
  if explain then return unknown("the key of the index " .. index, "indexes") end
  local ok, message, err = describe(noun, options)
  if not ok then return nil, message, err end
  if noun.indexes[index] then return noun.indexes[index] end
  local problem = nearest.unknown("index_name: the table has no index", index, noun.indexes)
  return errors.give(errors.validation("index_name", "index_name", problem))
end

return M
