-- SPDX-License-Identifier: MIT
--- Equality and order of values as the service has them: numbers by value whatever holds them, sets
-- without order, strings and binaries by their bytes.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local core = require "dynamo.core"
local given = require "dynamo.given"

local M = {}

local MAX_DEPTH = 32 -- of an attribute value

--- Type of a value, as core.kind names it -> what messages call it.
M.TYPE_WORDS = {
  S = "a string",
  N = "a number",
  B = "a binary",
  BOOL = "a boolean",
  NULL = "null",
  L = "a list",
  M = "a map",
  SS = "a set",
  NS = "a set",
  BS = "a set",
}

-- Returns the words for a value in a message.
local function words(value)
  local kind = core.kind(value)
  if kind == "N" and not core.digits(value) then
    return ("%s, which is no number of DynamoDB's,"):format(tostring(value))
  elseif kind then
    return M.TYPE_WORDS[kind]
  end
  return value == nil and "nil" or "a " .. type(value)
end

--- Returns a text that two strings, numbers, binaries or booleans share if and only if they are
-- equal to the service; nil for the rest, and for a number that no item can hold.
function M.identity(value)
  local kind = core.kind(value)
  if kind == "N" then
    local digits = core.digits(value)
    return digits and "N:" .. digits
  elseif kind == "S" or kind == "B" or kind == "BOOL" then
    return kind .. ":" .. tostring(value)
  end
end

-- Returns what equal values that are no tables share, and no others.
local function key_of(value)
  return M.identity(value) or core.kind(value) == "N" and {} or value
end

-- Tells whether every element of `a` is one of `b`.
local function is_within(a, b)
  local found = {}
  for _, element in next, b do
    found[key_of(element)] = true
  end
  for _, element in next, a do
    if not found[key_of(element)] then return false end
  end
  return true
end

local function equal_sets(a, b)
  return is_within(a, b) and is_within(b, a)
end

local equal

-- As equal, for two lists or two maps; lua-cjson's empty array is no table.
local function equal_tables(a, b, depth)
  if depth > MAX_DEPTH then return nil end
  a, b = type(a) == "table" and a or {}, type(b) == "table" and b or {}
  for key in next, b do
    if rawget(a, key) == nil then return false end
  end
  for key, element in next, a do
    local same = equal(element, rawget(b, key), depth)
    if not same then return same end
  end
  return true
end

-- Returns whether two values are equal; nil if they nest too deep to tell.
function equal(a, b, depth)
  if rawequal(a, b) then return true end
  local kind = core.kind(a)
  if core.is_set(a) then return core.is_set(b) and equal_sets(a, b) end
  if kind == nil or kind ~= core.kind(b) then return false end
  if kind == "L" or kind == "M" then return equal_tables(a, b, depth + 1) end
  return key_of(a) == key_of(b)
end

--- Tells whether two values are equal as the service compares: by type and by value, lists and maps
-- through and through, sets without order. `1`, `1.0` and `dynamo.number "1"` are equal; "1" and 1,
-- a string and a binary, null and nil are not. What no item can hold equals only itself.
-- @param a any value
-- @param b any value
-- @treturn boolean; raises for tables that nest deeper than 32 levels, or contain themselves
function M.equal(a, b, ...)
  given.no_more("dynamo.equal", ...)
  local same = equal(a, b, 0)
  if same ~= nil then return same end
  error("dynamo.equal: nested deeper than DynamoDB's 32 levels, or a table that contains itself", 2)
end

--- As equal, for values that may nest too deep: of those it returns nil.
function M.are_same(a, b)
  return equal(a, b, 0)
end

--- Orders two numbers by value, or two strings or two binaries by their bytes, whatever the locale.
-- Lua itself compares only number objects with one another on every runtime.
-- @param a a number, dynamo.number, FFI integer, string or dynamo.binary
-- @param b a value of the same type
-- @treturn number -1, 0 or 1; raises for values that have no order
-- @usage table.sort(prices, function(a, b) return dynamo.compare(a, b) < 0 end)
function M.compare(a, b, ...)
  given.no_more("dynamo.compare", ...)
  local order = core.compare(a, b)
  if order then return order end
  error(("dynamo.compare: %s and %s have no order"):format(words(a), words(b)), 2)
end

core.set_metatable.__eq = function(a, b)
  return core.is_set(a) and core.is_set(b) and equal_sets(a, b)
end

return M
