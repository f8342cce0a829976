-- SPDX-License-Identifier: MIT
-- The wire-typed values of a request: each is checked as the service checks it and brought into the
-- one form that is stored, in place.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
local core = require "dynamo.core"
local refusal = require "dynamo.service_refusal"

local M = {}

local MAX_DEPTH = 32
local INVALID = "One or more parameter values were invalid: "
local EMPTY =
  "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
local TWO_TYPES = "Supplied AttributeValue has more than one datatypes set, must contain exactly "
  .. "one of the supported datatypes"

-- ---- scalars -----------------------------------------------------------------------------------

-- Returns the canonical text of a number.
local function number(text)
  local value, problem = core.number(text)
  if value then return tostring(value) end
  if problem:find "digits;" then
    refusal.validation "Attempting to store more than 38 significant digits in a Number"
  elseif problem:find "range" then
    local exponent = tonumber(text:match "[eE]([+-]?%d+)$" or "0")
    refusal.validation(
      "Number %s. Attempting to store a number with magnitude %s than supported range",
      exponent < 0 and "underflow" or "overflow",
      exponent < 0 and "smaller" or "larger"
    )
  end
  refusal.validation("The parameter cannot be converted to a numeric value: %s", text)
end

local function binary(text)
  local bytes = core.base64_decode(text)
  if bytes then return core.base64_encode(bytes) end
  refusal.raise("SerializationException", "Invalid Base64 text in a value of type B")
end

local function want_text(content)
  if type(content) == "string" then return content end
  refusal.raise("SerializationException", "a value that is no string where one belongs")
end

-- ---- documents ---------------------------------------------------------------------------------

local function check_set(list, words, form)
  if type(list) ~= "table" or #list == 0 then
    if words == "binary" then refusal.validation("%sBinary sets should not be empty", INVALID) end
    refusal.validation("%sAn %s set  may not be empty", INVALID, words)
  end
  local seen = {}
  for i, element in ipairs(list) do
    list[i] = form(want_text(element))
    if seen[list[i]] then
      refusal.validation(
        "%sInput collection [%s] contains duplicates.",
        INVALID,
        table.concat(list, ", ")
      )
    end
    seen[list[i]] = true
  end
  return list
end

local check

local function check_members(content, depth)
  if type(content) ~= "table" then
    refusal.raise("SerializationException", "a value that is no list or map where one belongs")
  end
  for _, value in next, content do
    check(value, depth + 1)
  end
  return content
end

local function as_is(text)
  return text
end

-- By type: returns the content as it is stored.
local CONTENT = {
  S = want_text,
  N = function(content)
    return number(want_text(content))
  end,
  B = function(content)
    return binary(want_text(content))
  end,
  BOOL = function(content)
    if type(content) == "boolean" then return content end
    refusal.raise("SerializationException", "a value that is no boolean where one belongs")
  end,
  NULL = function(content)
    if content == true then return true end
    refusal.validation("%sNull attribute value types must have the value of true", INVALID)
  end,
  SS = function(content)
    return check_set(content, "string", as_is)
  end,
  NS = function(content)
    return check_set(content, "number", number)
  end,
  BS = function(content)
    return check_set(content, "binary", binary)
  end,
  L = check_members,
  M = check_members,
}

function check(value, depth)
  if depth > MAX_DEPTH then refusal.validation "Nesting Levels have exceeded supported limits" end
  local type_name, content = nil, nil
  if type(value) == "table" then
    type_name, content = next(value)
  end
  if not CONTENT[type_name] then refusal.validation(EMPTY) end
  if next(value, type_name) ~= nil then refusal.validation(TWO_TYPES) end
  value[type_name] = CONTENT[type_name](content, depth)
end

--- Checks a value and brings it into its stored form, in place; or raises a refusal.
-- @treturn table the value
function M.check(value)
  check(value, 1)
  return value
end

--- Checks the values of a map, such as an item or ExpressionAttributeValues; nil is none.
-- @treturn table the map
function M.check_all(map)
  for _, value in next, map or {} do
    check(value, 1)
  end
  return map
end

return M
