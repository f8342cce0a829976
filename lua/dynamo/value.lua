-- SPDX-License-Identifier: MIT
--- The values an item is made of: how a Lua table says what DynamoDB type it is.
--
-- Strings, numbers, booleans, sequences and string-keyed tables need no help. What Lua cannot say
-- by
-- itself has a constructor here: `null`, `number`, `binary`, `list`, `map` and the sets.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
local compare = require "dynamo.compare"
local core = require "dynamo.core"
local given = require "dynamo.given"
local nearest = require "dynamo.nearest"
local show = require "dynamo.show"

local M = {}

local no_more = given.no_more

--- DynamoDB's NULL: the light userdata NULL, which ngx.null and cjson.null are too.
M.null = core.null

-- ---- marks ---------------------------------------------------------------------------------

local function raise_unless_table(name, value)
  if type(value) ~= "table" then
    error(("dynamo.%s: a table expected, got %s"):format(name, type(value)), 3)
  end
end

-- Marks the table itself, unless it carries another metatable: then a shallow copy.
local function mark(value, metatable)
  local current = getmetatable(value)
  if current == nil then return setmetatable(value, metatable) end
  if current == metatable.__metatable then return value end
  local copy = {}
  for key, element in next, value do
    copy[key] = element
  end
  return setmetatable(copy, metatable)
end

core.list_metatable.__metatable = "dynamo.list"
core.list_metatable.__jsontype = "array"
core.map_metatable.__metatable = "dynamo.map"
core.map_metatable.__jsontype = "object"
core.set_metatable.__metatable = "dynamo.set"
core.set_metatable.__jsontype = "array"

--- Says that a table is a list, so that an empty one is stored as an empty list.
-- @tparam[opt={}] table elements a sequence; marked in place if it has no metatable, else copied
-- @treturn table the marked sequence
function M.list(elements, ...)
  no_more("dynamo.list", ...)
  if elements == nil then elements = {} end
  raise_unless_table("list", elements)
  return mark(elements, core.list_metatable)
end

--- Says that a table is a map. A plain table of string keys, or an empty one, is a map anyway.
-- @tparam[opt={}] table pairs names to values; marked in place if it has no metatable, else copied
-- @treturn table the marked table
function M.map(pairs, ...)
  no_more("dynamo.map", ...)
  if pairs == nil then pairs = {} end
  raise_unless_table("map", pairs)
  return mark(pairs, core.map_metatable)
end

local function as_text(value)
  return show.show(value)
end
core.list_metatable.__tostring = as_text
core.map_metatable.__tostring = as_text
core.set_metatable.__tostring = as_text

local set_methods = {}

function core.set_metatable.__index(_, name)
  local method = set_methods[name]
  if method or type(name) ~= "string" or name:sub(1, 1) == "_" then return method end
  error(
    ('a set has no method "%s"; set:has(element) tells whether an element is in it'):format(
      nearest.word(name)
    ),
    2
  )
end

--- Tells whether the set has an element.
-- @param wanted a string, number, dynamo.number or dynamo.binary
-- @treturn boolean
function set_methods:has(wanted, ...)
  no_more("set:has", ...)
  for _, element in ipairs(self) do
    if compare.equal(element, wanted) then return true end
  end
  return false
end

--- Makes a set; the first element says whether of strings, numbers or binaries.
-- Emptiness, duplicates and a mix of types are refused when the set is encoded.
-- @tparam table elements a sequence; marked in place if it has no metatable, else copied
-- @treturn table a sequence with the method `:has(element)`
function M.set(elements, ...)
  no_more("dynamo.set", ...)
  raise_unless_table("set", elements)
  return mark(elements, core.set_metatable)
end

local function is_number(value)
  return core.kind(value) == "N"
end

local function is_string(value)
  return type(value) == "string"
end

local function make_typed_set(name, is_element, words)
  M[name] = function(elements, ...)
    no_more("dynamo." .. name, ...)
    raise_unless_table(name, elements)
    for position, element in ipairs(elements) do
      if not is_element(element) then
        error(
          ("dynamo.%s: element %d is a %s; %s expected"):format(
            name,
            position,
            type(element),
            words
          ),
          2
        )
      end
    end
    return mark(elements, core.set_metatable)
  end
end

--- Makes a set of strings (SS); raises if an element is none.
-- @function string_set
-- @tparam table elements a sequence of strings
-- @treturn table
make_typed_set("string_set", is_string, "a string")

--- Makes a set of numbers (NS); raises if an element is none.
-- @function number_set
-- @tparam table elements a sequence of numbers or dynamo.number
-- @treturn table
make_typed_set("number_set", is_number, "a number")

--- Makes a set of binaries (BS); raises if an element is none.
-- @function binary_set
-- @tparam table elements a sequence of dynamo.binary
-- @treturn table
make_typed_set("binary_set", core.is_binary, "a dynamo.binary")

-- ---- numbers and binaries ------------------------------------------------------------------

--- Makes a number that keeps every digit, up to DynamoDB's 38.
-- Number objects count with `+ - *` and compare with `==`, `<` and `<=`, exactly: a result beyond
-- 38 digits or DynamoDB's range raises. Plain numbers may stand on either side, but for `==` (and
-- for `<` and `<=` on LuaJIT and Lua 5.1): `dynamo.equal` and `dynamo.compare` take any.
-- `tostring` gives DynamoDB's canonical text, `:tonumber()` the nearest Lua number. Raises on
-- anything that is no such number: an attribute must not vanish because its text was bad.
-- @param digits decimal text such as "-12.5" or "1E-3", a Lua number, an FFI integer or a number
-- object
-- @treturn userdata immutable
function M.number(digits, ...)
  no_more("dynamo.number", ...)
  local number, reason = core.number(digits)
  if number == nil then error("dynamo.number: " .. reason, 2) end
  return number
end

--- Makes a binary value (B) of the bytes of a string; `tostring` gives them back, `#` counts them.
-- @tparam string bytes
-- @treturn userdata immutable
function M.binary(bytes, ...)
  no_more("dynamo.binary", ...)
  if type(bytes) ~= "string" and not core.is_binary(bytes) then
    error("dynamo.binary: a string of bytes expected, got " .. type(bytes), 2)
  end
  return core.binary(bytes)
end

-- Defines a function that tells whether its one argument is of a kind, as the core's of that name.
local function tells(name)
  local is, who = core[name], "dynamo." .. name
  M[name] = function(value, ...)
    no_more(who, ...)
    return is(value)
  end
end

--- Tells whether a value is a dynamo.number.
-- @function is_number
tells "is_number"

--- Tells whether a value is a dynamo.binary.
-- @function is_binary
tells "is_binary"

--- Tells whether a value is a table marked as a list.
-- @function is_list
tells "is_list"

--- Tells whether a value is a set.
-- @function is_set
tells "is_set"

-- LuaJIT's 64-bit integers are invisible to C: their text is read here.
local function read_cdata(ffi)
  return function(value)
    if not ffi.istype("int64_t", value) and not ffi.istype("uint64_t", value) then return nil end
    return (tostring(value):gsub("U?LL$", ""))
  end
end

if type(rawget(_G, "jit")) == "table" then
  local found, ffi = pcall(require, "ffi")
  if found then core.read_cdata_with(read_cdata(ffi)) end
end

return M
