-- SPDX-License-Identifier: MIT
-- An item as an indented tree: a line for each attribute with its type, keys first.
local cells = require "dynamo.prompt.cells"
local width = require "dynamo.prompt.width"

local M = {}

local INDENT, GAP, LEAST = "  ", "  ", 24
local NESTED = { L = true, M = true }

--- Returns the names of an item's attributes: the key attributes, then the others in order.
-- @tparam table names name -> anything
-- @tparam ?table keys { { name }, ... }
function M.ordered(names, keys)
  local first, rest = {}, {}
  local is_key = {}
  for _, key in ipairs(keys or {}) do
    is_key[key.name] = true
    if names[key.name] ~= nil then first[#first + 1] = key.name end
  end
  for name in next, names do
    if not is_key[name] then rest[#rest + 1] = name end
  end
  table.sort(rest)
  for _, name in ipairs(rest) do
    first[#first + 1] = name
  end
  return first
end

--- Returns an attribute's name as it is shown.
function M.name(name)
  local text = cells.shown(name):sub(2, -2)
  return text == name and text or '"' .. text .. '"'
end

local add_rows

local function add_row(rows, label, value, indent)
  local kind = cells.kind(value)
  local is_open = NESTED[kind] and next(value) ~= nil
  rows[#rows + 1] = { indent .. label, kind, value, is_open }
  if is_open then add_rows(rows, value, kind, indent .. INDENT) end
end

-- Adds the rows of a map's or list's content.
function add_rows(rows, value, kind, indent, keys)
  if kind == "L" then
    for i, element in ipairs(value) do
      add_row(rows, ("[%d]"):format(i), element, indent)
    end
    return
  end
  for _, name in ipairs(M.ordered(value, keys)) do
    add_row(rows, M.name(name), value[name], indent)
  end
end

--- Returns the lines of an item.
-- @tparam table item
-- @tparam ?table keys of its table
-- @tparam number columns of the screen
-- @tparam function dim gives a text as less important
function M.lines(item, keys, columns, dim)
  local rows, label_columns, lines = {}, 0, {}
  add_rows(rows, item, "M", "", keys)
  for _, row in ipairs(rows) do
    label_columns = math.max(label_columns, math.min(width.of(row[1]), columns / 2))
  end
  local room = math.max(columns - label_columns - 4 - 2 * #GAP, LEAST)
  for i, row in ipairs(rows) do
    local label = width.padded(row[1], label_columns)
    local text = row[4] and "" or GAP .. cells.text(row[3], room, true)
    lines[i] = label .. GAP .. dim(width.padded(row[2], row[4] and 0 or 4)) .. text
  end
  return lines
end

return M
