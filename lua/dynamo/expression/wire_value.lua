-- SPDX-License-Identifier: MIT
-- Wire-typed values, such as { N = "1" }, as the service compares and adds them. They are checked
-- before: numbers are in canonical form, binaries in base64 without a second spelling, so that equal
-- scalars are equal texts.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local core = require "dynamo.core"
local refusal = require "dynamo.service_refusal"

local M = {}

-- ---- equality ----------------------------------------------------------------------------------

local function same_text(a, b)
  return a == b
end

-- Whether two lists of texts without duplicates hold the same ones.
local function same_set(a, b)
  if #a ~= #b then return false end
  local found = {}
  for _, element in ipairs(a) do
    found[element] = true
  end
  for _, element in ipairs(b) do
    if not found[element] then return false end
  end
  return true
end

local function same_list(a, b)
  if #a ~= #b then return false end
  for i, element in ipairs(a) do
    if not M.equal(element, b[i]) then return false end
  end
  return true
end

-- Whether each of a map's values is in another map.
local function is_within(a, b)
  for name, value in next, a do
    if not b[name] or not M.equal(value, b[name]) then return false end
  end
  return true
end

local function same_map(a, b)
  return is_within(a, b) and is_within(b, a)
end

local SAME = {
  S = same_text,
  N = same_text,
  B = same_text,
  BOOL = same_text,
  NULL = same_text,
  SS = same_set,
  NS = same_set,
  BS = same_set,
  L = same_list,
  M = same_map,
}

--- Tells whether two values are equal.
function M.equal(a, b)
  local type, content = next(a)
  local other = b[type]
  return other ~= nil and SAME[type](content, other)
end

-- ---- order -------------------------------------------------------------------------------------

-- By type: what dynamo.core compares in a value's place.
local COMPARED = {
  S = function(text)
    return text
  end,
  N = core.number,
  B = function(text)
    return core.binary(core.base64_decode(text))
  end,
}

--- Returns -1, 0 or 1 for two strings, numbers or binaries; nil for what has no order.
function M.order(a, b)
  local type, content = next(a)
  local other, compared = b[type], COMPARED[type]
  if other == nil or not compared then return nil end
  return core.compare(compared(content), compared(other))
end

-- ---- parts of values ---------------------------------------------------------------------------

-- Returns the bytes of a string or a binary, nil for the rest.
local function bytes_of(value)
  return value.S or value.B and core.base64_decode(value.B)
end

--- Tells whether a string or a binary begins with another of its type.
function M.begins_with(value, prefix)
  if next(value) ~= next(prefix) then return false end
  local bytes, wanted = bytes_of(value), bytes_of(prefix)
  return bytes ~= nil and bytes:sub(1, #wanted) == wanted
end

-- Set type -> that of its elements.
M.ELEMENTS = { SS = "S", NS = "N", BS = "B" }

-- Whether a list of texts has one.
local function has(list, text)
  for _, element in ipairs(list) do
    if element == text then return true end
  end
  return false
end

--- Tells whether a string, a binary, a set or a list contains a value.
function M.contains(value, wanted)
  local type, content = next(value)
  local element = M.ELEMENTS[type]
  if element then return wanted[element] ~= nil and has(content, wanted[element]) end
  if type == "L" then
    for _, one in ipairs(content) do
      if M.equal(one, wanted) then return true end
    end
    return false
  end
  if type ~= next(wanted) then return false end
  local bytes, part = bytes_of(value), bytes_of(wanted)
  return bytes ~= nil and bytes:find(part, 1, true) ~= nil
end

--- Returns what size(path) is of a value, a number; nil where it has none.
function M.length(value)
  local type, content = next(value)
  if type == "S" or type == "B" then return #bytes_of(value) end
  if type == "L" or M.ELEMENTS[type] then return #content end
  if type ~= "M" then return nil end
  local count = 0
  for _ in next, content do
    count = count + 1
  end
  return count
end

-- ---- arithmetic --------------------------------------------------------------------------------

local OUT_OF_RANGE = "Number overflow. Attempting to store a number with magnitude larger than "
  .. "supported range"
local TOO_EXACT = "Attempting to store more than 38 significant digits in a Number"

--- Returns the sum or the difference of two numbers, or raises a refusal.
-- @tparam string op "+" or "-"
function M.calculate(op, a, b)
  local f = op == "+" and core.add or core.subtract
  local result, problem = f(core.number(a.N), core.number(b.N))
  if result then return { N = tostring(result) } end
  refusal.validation("%s", problem:find "digit" and TOO_EXACT or OUT_OF_RANGE)
end

return M
