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

-- Returns the text of an object with one more member, if that has a text.
local function with(body, name, text)
  if not text then return body end
  return body .. (body == "{" and '"' or ',"') .. name .. '":' .. text
end

--- Returns the JSON object of up to five members: names and texts by turns; a member whose text is nil
-- or false is left out. Its arguments are written down: with `...`, LuaJIT took 20 microseconds.
function M.object(name1, text1, name2, text2, name3, text3, name4, text4, name5, text5)
  local body = with(with("{", name1, text1), name2, text2)
  body = with(with(body, name3, text3), name4, text4)
  return with(body, name5, text5) .. "}"
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
