-- SPDX-License-Identifier: MIT
--- The codec on its own: values and items to JSON and back, without a request.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
local core = require "dynamo.core"
local errors = require "dynamo.call.error"
local given = require "dynamo.given"
local nearest = require "dynamo.nearest"
local problem = require "dynamo.call.problem"

local M = {}

local no_more = given.no_more

local codec = core.model {
  AttributeValue = { type = "attribute_value" },
  Name = { type = "string" },
  Item = { type = "map", key = "Name", value = "AttributeValue" },
}

local function encode_as(shape, value, caller)
  local json, trouble = core.encode(codec, shape, value)
  if json then return json end
  return errors.give(problem.to_error(trouble, caller))
end

local NUMBERS = { "auto", "exact" }

-- Raises at the caller of the function `who` unless its arguments are JSON and a word for numbers.
local function check_decode(who, json, numbers)
  if type(json) ~= "string" then
    error(("%s: a string of JSON expected, got %s"):format(who, type(json)), 3)
  end
  if numbers == nil or numbers == "auto" or numbers == "exact" then return end
  error(('%s: numbers must be "auto" or "exact", not "%s"%s'):format(who, tostring(numbers),
    nearest.hint(tostring(numbers), NUMBERS)), 3)
end

local function decode_as(shape, json, numbers)
  local value, trouble = core.decode(codec, shape, json, false, numbers == "exact")
  if trouble == nil then return value end
  local place = trouble.path == "" and "byte " .. trouble.offset or trouble.path
  return errors.fail {
    kind = "integrity", code = trouble.code, path = trouble.path,
    message = place .. ": " .. trouble.detail,
  }
end

--- Writes one value as the JSON of an AttributeValue, such as `{"S":"Ann"}`.
-- @param value any value an item may hold
-- @treturn[1] string JSON, the same bytes for the same value
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", with `path`
function M.encode(value, ...)
  no_more("dynamo.encode", ...)
  return encode_as("AttributeValue", value, "encode")
end

--- Reads the JSON of one AttributeValue.
-- @tparam string json
-- @tparam[opt="auto"] string numbers "auto", or "exact" for a dynamo.number in every place
-- @return[1] the value
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "integrity"
function M.decode(json, numbers, ...)
  no_more("dynamo.decode", ...)
  check_decode("dynamo.decode", json, numbers)
  return decode_as("AttributeValue", json, numbers)
end

--- Writes an item as the JSON of its map of AttributeValues.
-- @tparam table item attribute names to values
-- @return as `encode`
function M.encode_item(item, ...)
  no_more("dynamo.encode_item", ...)
  return encode_as("Item", item, "encode_item")
end

--- Reads the JSON of an item's map of AttributeValues.
-- @tparam string json
-- @tparam[opt="auto"] string numbers
-- @return as `decode`
function M.decode_item(json, numbers, ...)
  no_more("dynamo.decode_item", ...)
  check_decode("dynamo.decode_item", json, numbers)
  return decode_as("Item", json, numbers)
end

--- Gives the size of an item in bytes as DynamoDB bills it: names and values, no wire overhead.
-- @tparam table item attribute names to values
-- @treturn[1] number bytes
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", with `path`
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
function M.size(item, ...)
  no_more("dynamo.size", ...)
  local json, message, err = M.encode_item(item)
  if not json then return nil, message, err end
  return core.size(json)
end

return M
