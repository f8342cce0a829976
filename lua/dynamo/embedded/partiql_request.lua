-- SPDX-License-Identifier: MIT
-- Statements of PartiQL about one item as requests of the API's own operations.
local parts = require "dynamo.embedded.request_parts"
local readers = require "dynamo.embedded.partiql_reader"
local refusal = require "dynamo.service_refusal"

local M = {}

local NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"

--- Returns the value that a statement wants an attribute of the key to be equal to, or nil.
-- @tparam table statement of dynamo.embedded.partiql_statement
-- @tparam table attribute { name, type }
function M.equal_to(statement, attribute)
  for _, part in ipairs(statement.parts or {}) do
    if part.name == attribute.name and part.value[attribute.type] then return part.value end
  end
end

-- Returns the key that a statement tells, and the conditions beside it: a text, or nil.
local function split(record, statement)
  local key, rest = {}, {}
  for _, part in ipairs(statement.parts or {}) do
    local name = part.name
    local is_key = name == record.partition.name or record.sort and name == record.sort.name
    if name and is_key and not key[name] then
      key[name] = part.value
    else
      rest[#rest + 1] = part
    end
  end
  local is_whole = key[record.partition.name] and (not record.sort or key[record.sort.name])
  if not is_whole then refusal.validation(NO_KEY) end
  return key, rest[1] and readers.joined(rest, " AND ")
end

--- Returns the key of the one item that a statement is about; or raises.
function M.key(store, statement)
  return (split(parts.table(store, statement.table_name), statement))
end

-- Returns those of the tokens that texts use; nil for none.
local function used(tokens, ...)
  local found
  for _, text in pairs { ... } do
    for token in text:gmatch "[#:][nv]%d+" do
      if tokens[token] ~= nil then
        found = found or {}
        found[token] = tokens[token]
      end
    end
  end
  return found
end

-- Gives a request its condition and all that its expressions use.
local function with_tokens(request, statement, condition, update)
  request.ConditionExpression = condition
  request.ExpressionAttributeNames = used(statement.names, condition or "", update or "")
  request.ExpressionAttributeValues = used(statement.values, condition or "", update or "")
  return request
end

-- Returns the condition that the item is there, and what else is wanted of it, if anything.
local function there_and(record, statement, rest)
  statement.names["#n0"] = record.partition.name
  local there = "attribute_exists(#n0)"
  return rest and ("%s AND (%s)"):format(there, rest) or there
end

local WRITES = {}

function WRITES.INSERT(record, statement)
  return "PutItem",
    {
      TableName = record.name,
      Item = statement.item,
      ConditionExpression = "attribute_not_exists(#key)",
      ExpressionAttributeNames = { ["#key"] = record.partition.name },
    }
end

function WRITES.UPDATE(record, statement)
  local key, rest = split(record, statement)
  local condition = there_and(record, statement, rest)
  local request = {
    TableName = record.name,
    Key = key,
    UpdateExpression = statement.update,
    ReturnValues = statement.returning,
  }
  return "UpdateItem", with_tokens(request, statement, condition, statement.update)
end

function WRITES.DELETE(record, statement)
  local key, rest = split(record, statement)
  if statement.returning and statement.returning ~= "ALL_OLD" then
    refusal.validation "RETURNING clause of DELETE takes ALL OLD * alone"
  end
  local request = { TableName = record.name, Key = key, ReturnValues = statement.returning }
  return "DeleteItem", with_tokens(request, statement, rest, nil)
end

--- Returns the operation that a statement which writes is, and its request.
function M.write(store, statement)
  return WRITES[statement.verb](parts.table(store, statement.table_name), statement)
end

local WORDS = { PutItem = "Put", UpdateItem = "Update", DeleteItem = "Delete" }

--- Returns a statement as an action of a transaction, such as { Put = request }.
function M.action(store, statement)
  local verb = statement.verb
  if verb ~= "SELECT" and verb ~= "EXISTS" then
    local operation, request = M.write(store, statement)
    request.ReturnValues = nil
    return { [WORDS[operation]] = request }
  end
  local record = parts.table(store, statement.table_name)
  local key, rest = split(record, statement)
  local request = { TableName = record.name, Key = key }
  if verb == "EXISTS" then
    local condition = there_and(record, statement, rest)
    return { ConditionCheck = with_tokens(request, statement, condition, nil) }
  end
  request.ProjectionExpression = statement.projection
  request.ExpressionAttributeNames = used(statement.names, statement.projection or "")
  return { Get = request }
end

return M
