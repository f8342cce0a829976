-- SPDX-License-Identifier: MIT
-- The key of an item in a statement: its values in order, or a map; and the statement that shows it.
local cells = require "dynamo.prompt.cells"
local dynamo = require "dynamo"
local guess = require "dynamo.prompt.guess"
local key_text = require "dynamo.prompt.key_text"
local value_text = require "dynamo.prompt.value_text"

local M = {}

local function names_of(keys)
  local names = {}
  for i, key in ipairs(keys) do
    names[i] = key.name
  end
  return names
end

-- Takes a key that is written as a map.
local function read_map(reader, keys)
  local map, at = value_text.read_item(reader)
  local names = names_of(keys)
  for name in next, map do
    local is_key = name == names[1] or name == names[2]
    if not is_key then
      reader:fail(('"%s" is not in the key%s'):format(name, guess.hint(name, names)), at)
    end
  end
  M.require_all(reader, keys, map, at)
  return map, at
end

--- Raises unless an item has all of its key.
function M.require_all(reader, keys, item, at)
  for _, key in ipairs(keys) do
    if item[key.name] == nil then
      local words = ("the key needs %s, a %s"):format(key.name, key.kind)
      reader:fail(words, at)
    end
  end
end

--- Takes the key that comes; returns it and its byte.
-- @tparam table reader
-- @tparam table keys { { name, kind }, ... }
function M.read(reader, keys)
  if reader:peek() == "{" then return read_map(reader, keys) end
  local key, first = {}, nil
  for _, part in ipairs(keys) do
    local value, at = key_text.read(reader, part.name, part.kind)
    key[part.name], first = value, first or at
  end
  return key, first
end

-- Returns a value as it is typed in a key.
local function typed(value)
  if type(value) == "string" then
    local is_bare = value:find "^[%w_#:./@+-]+$" and value:sub(1, 7) ~= "dynamo."
    return is_bare and value or cells.shown(value)
  end
  if dynamo.is_binary(value) then
    return "0x"
      .. tostring(value):gsub(".", function(byte)
        return ("%02x"):format(byte:byte())
      end)
  end
  return (tostring(value):gsub("U?LL$", ""))
end

--- Returns the key of an item or map as it is typed: "123 7"; nil if it lacks a part.
function M.text(keys, item)
  local only = not keys[2] and item[keys[1].name]
  if only then return typed(only) end
  local parts = {}
  for i, key in ipairs(keys) do
    local value = item[key.name]
    if value == nil then return nil end
    parts[i] = typed(value)
  end
  return table.concat(parts, " ")
end

return M
