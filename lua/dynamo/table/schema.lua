-- SPDX-License-Identifier: MIT
-- The key attributes of a table, and whether a key is one.
local call = require "dynamo.call"
local core = require "dynamo.core"
local errors = require "dynamo.error"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"

local M = {}

-- Bytes a partition and a sort key value may have.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
local MAX_BYTES = { 2048, 1024 }

--- The check of the option `key`, as of dynamo.options_check.
function M.problem(key)
  local first, second = type(key) == "table" and key[1], type(key) == "table" and key[2]
  if type(first) ~= "string" or first == "" or #key > 2 or first == second then
    return 'must be { "partition key" } or { "partition key", "sort key" }'
  elseif second ~= nil and (type(second) ~= "string" or second == "") then
    return "the sort key's name must be a string", true
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

--- Returns the names of the key attributes, { "pk" } or { "pk", "sk" }; or nil, message, err.
-- A table that was not told them asks DescribeTable, once.
-- @tparam table noun
-- @tparam ?table options of the call: timeout, cancel
function M.names(noun, options)
  if noun.key then return noun.key end
  local describe = operations.by_method.describe_table
  local response, message, err = call.run(
    noun.client,
    { operation = describe, params = { TableName = noun.name }, options = options }
  )
  if not response then return nil, message, err end
  noun.key = names_of(response.Table or {})
  if noun.key then return noun.key end
  return errors.fail {
    kind = "integrity",
    code = "no_key_schema",
    operation = "describe_table",
    message = "the table's description has no key schema",
  }
end

-- Returns nil, or what is wrong with the value of the `index`th key attribute.
local function value_problem(value, index)
  if value == nil then return "is missing; it is a key attribute" end
  local kind = core.kind(value)
  if kind == "N" then return nil end
  local bytes = (kind == "S" or kind == "B") and #tostring(value)
  if not bytes then return "must be a string, a number or dynamo.binary: it is a key attribute" end
  if bytes == 0 then return "must not be empty: it is a key attribute" end
  if bytes > MAX_BYTES[index] then
    return ("is %d bytes long; this key attribute may have %d"):format(bytes, MAX_BYTES[index])
  end
end

--- Returns nil, or a validation error: a key attribute is missing from `item` or cannot be one.
-- @tparam table names
-- @tparam table item
-- @tparam string argument "Key" or "Item", which the path begins with
function M.missing(names, item, argument)
  for i, name in ipairs(names) do
    local problem = value_problem(rawget(item, name), i)
    if problem then
      local path = argument .. "." .. name
      return errors.validation("key", path, path .. " " .. problem)
    end
  end
end

--- As missing(), and nothing else may be in a key.
function M.mismatch(names, key)
  local problem = M.missing(names, key, "Key")
  if problem then return problem end
  for name in next, key do
    if name ~= names[1] and name ~= names[2] then
      local path = "Key." .. nearest.word(name)
      return errors.validation(
        "key",
        path,
        ("%s is not a key attribute; the key is %s"):format(path, table.concat(names, ", "))
      )
    end
  end
end

return M
