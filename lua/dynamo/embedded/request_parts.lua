-- SPDX-License-Identifier: MIT
-- What requests about items have in common: their table, their expressions, and the JSON of answers.
local codec = require "dynamo.codec"
local wire = require "dynamo.embedded.wire"
local values = require "dynamo.embedded.values"
local strict = require "dynamo.expression.strict"
local refusal = require "dynamo.service_refusal"

local M = {}

-- The members that expressions replaced.
local LEGACY = {
  "AttributesToGet",
  "AttributeUpdates",
  "ConditionalOperator",
  "Expected",
  "KeyConditions",
  "QueryFilter",
  "ScanFilter",
}

--- Returns the record of a request's table, which is named or told by its ARN; or raises.
function M.table(store, name)
  local record = store:table(name:match "^arn:[^/]*:table/([^/]+)$" or name)
  if record then return record end
  return refusal.raise("ResourceNotFoundException", "Requested resource not found")
end

--- Begins the expressions of a request: its values are checked, its names known.
-- @treturn table of dynamo.expression.strict
function M.expressions(request)
  for _, member in ipairs(LEGACY) do
    if request[member] then
      refusal.raise("NotEmbedded", ("the embedded store has no %s; use expressions"):format(member))
    end
  end
  return strict.new(
    request.ExpressionAttributeNames,
    values.check_all(request.ExpressionAttributeValues)
  )
end

--- Returns the JSON object of some members: a list of names and texts, one after the other; a member
-- whose text is nil or false is left out.
function M.object(...)
  local parts, given = {}, { ... }
  for i = 1, select("#", ...), 2 do
    if given[i + 1] then parts[#parts + 1] = ('"%s":%s'):format(given[i], given[i + 1]) end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Returns the JSON of a plain value, nil for nil.
function M.json(value)
  return value ~= nil and assert(codec.to_json(value)) or nil
end

--- Returns the JSON of an item, nil for none.
function M.item(tree)
  return tree and assert(wire.write(tree)) or nil
end

return M
