-- SPDX-License-Identifier: MIT
-- Small JSON documents, written: what core.document reads, as text again.
local core = require "dynamo.core"
local tables = require "dynamo.tables"

local M = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\" }
-- All bytes but those a string may hold as they are: 34 is the quote, 92 the backslash, and 93 would
-- end the set.
local SPECIAL = "[^\32\33\35-\91%]\94-\255]"

local function escape(byte)
  return ESCAPES[byte] or ("\\u%04x"):format(byte:byte())
end

local function write_number(number)
  return (number % 1 == 0 and "%.0f" or "%.17g"):format(number)
end

local function write_array(array)
  local parts = {}
  for i, item in ipairs(array) do
    parts[i] = M.write(item)
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function write_object(object)
  local parts = {}
  for i, name in ipairs(tables.sorted_keys(object)) do
    parts[i] = M.write(name) .. ":" .. M.write(object[name])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Returns the JSON text of a value, its members in order of their names.
-- @param value a string (UTF-8), number, boolean, core.null, a list, or a table of them by name; an
--   empty table is taken for an object
function M.write(value)
  if value == core.null then return "null" end
  local kind = type(value)
  if kind == "string" then return '"' .. value:gsub(SPECIAL, escape) .. '"' end
  if kind == "number" then return write_number(value) end
  if kind == "boolean" then return tostring(value) end
  return value[1] ~= nil and write_array(value) or write_object(value)
end

return M
