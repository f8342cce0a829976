-- SPDX-License-Identifier: MIT
-- The names of a table's key attributes: as the user tells them, and as the table's description does.
local call = require "dynamo.call"
local errors = require "dynamo.error"
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

--- Whether a verb needs the names of the key attributes for what it was asked.
function M.is_needed(ask)
  local verb = ask.verb
  return verb.needs_key or not verb.operation.read and ask.noun.extensions[1] ~= nil
end

--- As names, but with `explain` nothing is asked.
function M.find(noun, options, explain)
  if noun.key or not explain then return M.names(noun, options) end
  return errors.fail {
    kind = "config",
    code = "no_key",
    operation = "explain",
    message = "the key is not known, and explain sends nothing: give db:table the option key",
  }
end

return M
