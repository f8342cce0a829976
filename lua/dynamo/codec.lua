-- SPDX-License-Identifier: MIT
--- The codec on its own: values and items to JSON and back, without a request.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
local core = require "dynamo.core"
local errors = require "dynamo.error"
local given = require "dynamo.given"
local nearest = require "dynamo.nearest"
local problem = require "dynamo.problem"

local M = {}

local no_more = given.no_more

local codec = core.model {
  AttributeValue = { type = "attribute_value" },
  Name = { type = "string" },
  Item = { type = "map", key = "Name", value = "AttributeValue" },
}

-- Returns the JSON; or nil, message, err.
local function encode_as(shape, value, whole, typed)
  local json, trouble = core.encode(codec, shape, value, typed)
  if json then return json end
  return errors.give(problem.to_error(trouble, whole))
end

-- Returns the value; or nil, message, err of that kind.
local function decode_as(shape, json, numbers, kind)
  local value, trouble = core.decode(codec, shape, json, false, numbers == "exact")
  if trouble == nil then return value end
  local place = trouble.path == "" and "byte " .. trouble.offset or trouble.path
  return errors.fail {
    kind = kind,
    code = trouble.code,
    path = trouble.path,
    message = place .. ": " .. trouble.detail,
  }
end

local NUMBERS = { "auto", "exact" }

-- Raises, at the caller of the function `who`, unless what it was given is a `wanted` and, for
-- numbers, nothing or a word.
local function check(who, wanted, content, numbers, ...)
  local surplus = given.surplus_problem(...)
  if surplus then error(who .. ": " .. surplus, 3) end
  if type(content) ~= wanted then
    local words = wanted == "string" and "string of JSON" or wanted
    error(("%s: a %s expected, got %s"):format(who, words, type(content)), 3)
  end
  if numbers == nil or numbers == "auto" or numbers == "exact" then return end
  error(
    ('%s: numbers must be "auto" or "exact", not "%s"%s'):format(
      who,
      tostring(numbers),
      nearest.hint(tostring(numbers), NUMBERS)
    ),
    3
  )
end

-- ---- DynamoDB's JSON -----------------------------------------------------------------------

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
  check("dynamo.decode", "string", json, numbers, ...)
  return decode_as("AttributeValue", json, numbers, "integrity")
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
  check("dynamo.decode_item", "string", json, numbers, ...)
  return decode_as("Item", json, numbers, "integrity")
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
  local json, message, err = encode_as("Item", item, "size")
  if not json then return nil, message, err end
  return core.size(json)
end

-- ---- DynamoDB's JSON, parsed ---------------------------------------------------------------

--- Makes an item of DynamoDB JSON that some JSON library has parsed: the `Item` of an export's line,
-- the `NewImage` of a stream's record.
-- @tparam table typed attribute names to AttributeValues, such as { userId = { S = "u-1" } }
-- @tparam[opt="auto"] string numbers "auto", or "exact" for a dynamo.number in every place
-- @treturn[1] table item
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", with `path`
-- @usage local item = dynamo.from_typed(cjson.decode(line).Item)
function M.from_typed(typed, numbers, ...)
  check("dynamo.from_typed", "table", typed, numbers, ...)
  local json, message, err = encode_as("Item", typed, "from_typed", true)
  if not json then return nil, message, err end
  return decode_as("Item", json, numbers, "validation")
end

--- Gives an item as `db.typed` has it, tables as a JSON library would parse DynamoDB JSON: numbers
-- are text, binaries base64 text.
-- @tparam table item attribute names to values
-- @treturn[1] table attribute names to AttributeValues
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", with `path`
function M.to_typed(item, ...)
  check("dynamo.to_typed", "table", item, nil, ...)
  local json, message, err = encode_as("Item", item, "to_typed")
  if not json then return nil, message, err end
  return core.decode(codec, "Item", json, true)
end

-- ---- plain JSON ----------------------------------------------------------------------------

-- Whether a value is a table of names: an item nests one level deeper than a value may.
local function has_names(value)
  return type(value) == "table" and core.kind(value) == "M" and next(value) ~= nil
end

--- Writes a value or an item as plain JSON, keys sorted: every digit of a number is kept, an empty
-- list is `[]` and an empty map `{}`, sets are arrays and binaries base64 text. What JSON cannot say
-- is lost: a set reads back as a list, a binary as a string.
-- @param value any value an item may hold, or an item
-- @treturn[1] string JSON
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", with `path`
function M.to_json(value, ...)
  no_more("dynamo.to_json", ...)
  local shape = has_names(value) and "Item" or "AttributeValue"
  local json, message, err = encode_as(shape, value, "to_json")
  if not json then return nil, message, err end
  return core.plain_json(shape == "Item" and '{"M":' .. json .. "}" or json)
end

--- Reads plain JSON: arrays become lists, objects maps, null `dynamo.null`, and numbers keep every
-- digit, as those of an item do.
-- @tparam string json the whole text, strict JSON (RFC 8259)
-- @tparam[opt="auto"] string numbers "auto", or "exact" for a dynamo.number in every place
-- @return[1] the value
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", with `path` where a value is at fault
function M.from_json(json, numbers, ...)
  check("dynamo.from_json", "string", json, numbers, ...)
  local typed, reason, offset = core.typed_json(json)
  if typed then return decode_as("AttributeValue", typed, numbers, "validation") end
  return errors.fail {
    kind = "validation",
    code = "syntax",
    message = ("byte %d: %s"):format(offset, reason),
  }
end

return M
