-- SPDX-License-Identifier: MIT
--- Values as Lua text that people can read and Lua can read back.
local core = require "dynamo.core"
local given = require "dynamo.given"
local options_check = require "dynamo.options_check"

local M = {}

local WIDTH = 80 -- columns
local MAX_DEPTH = 100 -- of tables; an item's values nest 32
-- Shown in all, as many as an item of 400 KB can hold; tables that share tables would never end.
local MAX_VALUES = 200000
local INDENT = "  "

-- Words that cannot stand as a bare key, on any Lua.
local KEYWORDS = {}
for word in
  ([[and break do else elseif end false for function goto if in local nil not or repeat
    return then true until while]]):gmatch("%a+")
do
  KEYWORDS[word] = true
end

-- ---- scalars -------------------------------------------------------------------------------

local NAMED_ESCAPES = {
  ["\n"] = "\\n",
  ["\r"] = "\\r",
  ["\t"] = "\\t",
  ['"'] = '\\"',
  ["\\"] = "\\\\",
}

local function escape(byte)
  return NAMED_ESCAPES[byte] or ("\\%03d"):format(byte:byte())
end

-- Returns a string as a literal: text stays readable, of other bytes each is escaped.
local function quoted(text)
  local special = core.utf8_valid(text) and '[%z\1-\31\127"\\]' or '[%z\1-\31\127-\255"\\]'
  return '"' .. text:gsub(special, escape) .. '"'
end

local INFINITIES = { [math.huge] = "1/0", [-math.huge] = "-1/0" }

-- Returns the text of a whole number of Lua's own; the least has no literal of its own.
local function integer_text(number)
  return number == math.mininteger and "math.mininteger" or ("%d"):format(number)
end

-- Returns the shortest text that reads back as the same number of the same type, in any locale.
local function number_text(number)
  if number ~= number then return "0/0" end
  if INFINITIES[number] then return INFINITIES[number] end
  if math.type and math.type(number) == "integer" then return integer_text(number) end
  local text
  for digits = 15, 17 do
    text = ("%." .. digits .. "g"):format(number):gsub(",", ".")
    if tonumber(text) == number then break end
  end
  return math.type and not text:find("[.e]") and text .. ".0" or text
end

-- Of a value that Lua has no text for.
local function nothing(words)
  return "nil --[[" .. words .. "]]"
end

local WRITERS = {}
WRITERS["nil"] = function()
  return "nil"
end
WRITERS.boolean = tostring
WRITERS.number = number_text
WRITERS.string = quoted

function WRITERS.cdata(value) -- 5LL and 5ULL read back
  return core.kind(value) == "N" and tostring(value) or nothing "cdata"
end

function WRITERS.userdata(value)
  if value == core.null then return "dynamo.null" end
  if core.is_number(value) then return 'dynamo.number "' .. tostring(value) .. '"' end
  if core.is_binary(value) then return "dynamo.binary " .. quoted(tostring(value)) end
  return nothing "userdata"
end

-- ---- tables --------------------------------------------------------------------------------

-- Returns how many columns a text takes, a character of UTF-8 counted as one.
local function columns(text)
  local _, continuation_bytes = text:gsub("[\128-\191]", "")
  return #text - continuation_bytes
end

local function is_name(key)
  return key:find "^[%a_][%w_]*$" and not KEYWORDS[key]
end

local function scalar_text(value)
  local writer = WRITERS[type(value)]
  return writer and writer(value) or nothing(type(value))
end

-- Returns a key and its equals sign. A table as a key has no text that finds it again.
local function key_text(key)
  if type(key) == "string" and is_name(key) then return key .. " = " end
  return "[" .. scalar_text(key) .. "] = "
end

-- The order of keys: numbers, then strings, then the rest.
local function comes_before(a, b)
  local kind = type(a)
  if kind ~= type(b) then return kind < type(b) end
  return (kind == "number" or kind == "string") and a < b
end

-- Returns how many elements the sequence of a table has, and its other keys in order.
local function keys_of(value)
  local count, keys = 0, {}
  while rawget(value, count + 1) ~= nil do
    count = count + 1
  end
  for key in next, value do
    local is_element = type(key) == "number" and key >= 1 and key <= count and key % 1 == 0
    if not is_element then keys[#keys + 1] = key end
  end
  table.sort(keys, comes_before)
  return count, keys
end

-- The constructor that says what a table is, where its content does not.
local function constructor_of(value)
  if core.is_set(value) then return "dynamo.set " end
  return core.kind(value) == "L" and next(value) == nil and "dynamo.list " or ""
end

-- Returns what stands for a table that cannot be shown, or nil.
local function refusal(value, state)
  if state.open[value] then return nothing "a table that contains itself" end
  if state.depth >= MAX_DEPTH then return nothing "nested deeper" end
end

-- Calls visit(prefix, element) for each element and pair, until it returns false; returns whether
-- it never did. The table counts as open meanwhile.
local function visit_all(value, state, visit)
  local count, keys = keys_of(value)
  local going = true
  state.open[value], state.depth = true, state.depth + 1
  for i = 1, count do
    going = going and visit("", rawget(value, i))
  end
  for _, key in ipairs(keys) do
    going = going and visit(key_text(key), rawget(value, key))
  end
  state.open[value], state.depth = nil, state.depth - 1
  return going
end

-- Whether a table has more than `limit` pairs.
local function has_more(value, limit)
  local count = 0
  for _ in next, value do
    count = count + 1
    if count > limit then return true end
  end
  return false
end

local flat_table

-- Returns the text of a value in at most `room` columns, or nil.
local function flat(value, state, room)
  if type(value) == "table" then return flat_table(value, state, room) end
  if type(value) == "string" and #value > 4 * room then return nil end
  local text = scalar_text(value)
  return columns(text) <= room and text or nil
end

-- As flat; what it costs is bounded by the room, not by the table.
function flat_table(value, state, room)
  local refused = refusal(value, state)
  if refused then return #refused <= room and refused or nil end
  local constructor = constructor_of(value)
  if next(value) == nil then return constructor .. "{}" end
  local parts, left = {}, room - #constructor - #"{  }"
  if has_more(value, left) then return nil end
  local fits = visit_all(value, state, function(prefix, element)
    local text = flat(element, state, left - columns(prefix))
    if not text then return false end
    parts[#parts + 1] = prefix .. text
    left = left - columns(prefix) - columns(text) - #", "
    return left >= -#", "
  end)
  return fits and constructor .. "{ " .. table.concat(parts, ", ") .. " }" or nil
end

-- Appends the text of a value to `out`, on a line indented by `indent` with `before` columns taken.
local function write(out, value, state, indent, before)
  state.left = state.left - 1
  local text = state.left < 0 and nothing "more"
    or flat(value, state, state.width - before - #",")
    or type(value) ~= "table" and scalar_text(value)
    or refusal(value, state)
  if text then
    out[#out + 1] = text
    return
  end
  local inner = indent .. INDENT
  out[#out + 1] = constructor_of(value) .. "{\n"
  visit_all(value, state, function(prefix, element)
    out[#out + 1] = inner .. prefix
    write(out, element, state, inner, #inner + columns(prefix))
    out[#out + 1] = ",\n"
    return state.left >= 0
  end)
  out[#out + 1] = indent .. "}"
end

-- ---- the door ------------------------------------------------------------------------------

local CHECKS = {}

function CHECKS.width(value)
  if type(value) == "number" and value >= 1 then return nil end
  return "is a number of columns, at least 1, not " .. tostring(value)
end

local WHAT = { no_table = "options are a table, got %s", defaults = { width = WIDTH } }

--- Gives the text of a value, as Lua would read it back with `dynamo` in reach: keys sorted, sets,
-- binaries and numbers of many digits by their constructors, an empty list told from an empty map.
-- What has no text (a function, a table that contains itself) is `nil` with a comment. Raw access:
-- no metamethod runs.
-- @param value any value
-- @tparam[opt] table options `width`: columns a line may take before its table is broken (80)
-- @treturn string
-- @usage print(dynamo.show(users:get { userId = "u-1" }))
function M.show(value, options, ...)
  given.no_more("dynamo.show", ...)
  local checked, problem = options_check.checked(options, CHECKS, WHAT)
  if not checked then error("dynamo.show: " .. problem, 2) end
  local state = { width = checked.width, open = {}, depth = 0, left = MAX_VALUES }
  local out = {}
  write(out, value, state, "", 0)
  return table.concat(out)
end

--- The metatable of records of ours that print as their text.
M.PRINTABLE = {
  __tostring = function(record)
    return M.show(record)
  end,
}

return M
