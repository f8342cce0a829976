-- SPDX-License-Identifier: MIT
-- Items as an aligned table: a column for each attribute, keys first, its types below its name. What does
-- not fit is cut; where that is not enough, columns in the middle are left out and counted.
local cells = require "dynamo.prompt.cells"
local layout_tree = require "dynamo.prompt.layout_tree"
local width = require "dynamo.prompt.width"

local M = {}

local GAP = "  "
local LEAST, WIDEST = 10, 48 -- columns of a cell that is cut
local BETWEEN = "…"

-- Returns the types of an attribute among the items, and the one they share if they do.
local function kinds_of(items, name)
  local seen, kinds = {}, {}
  for _, item in ipairs(items) do
    local kind = item[name] ~= nil and cells.kind(item[name])
    if kind and not seen[kind] then
      seen[kind] = true
      kinds[#kinds + 1] = kind
    end
  end
  table.sort(kinds)
  return table.concat(kinds, "|"), kinds[2] == nil and kinds[1]
end

-- Returns the text of an item in a column, "" for what is not there.
local function cell_text(column, item, columns)
  local value = item[column.name]
  return value == nil and "" or cells.text(value, columns, column.typed, column.bare)
end

-- Returns the column of an attribute: { name, title, kinds (of its values), typed, bare, right, columns, natural
-- (columns it would like to have), least (columns that it cannot do without) }.
local function column_of(items, name)
  local kinds, only = kinds_of(items, name)
  local column = { name = name, title = layout_tree.name(name), kinds = kinds }
  column.typed, column.bare, column.right = only ~= false, only == "S", only == "N"
  column.least, column.columns = LEAST, math.max(width.of(column.title), #kinds)
  for _, item in ipairs(items) do
    column.least = math.max(column.least, width.of(cell_text(column, item, LEAST)))
    column.columns = math.max(column.columns, width.of(cell_text(column, item, WIDEST)))
  end
  column.natural = column.columns
  return column
end

local function total(columns)
  local sum = -#GAP
  for _, column in ipairs(columns) do
    sum = sum + column.columns + #GAP
  end
  return sum
end

-- Makes the widest columns narrower until all fit; returns whether they do.
local function shrink(columns, room)
  for _ = room + 1, total(columns) do
    local widest
    for _, column in ipairs(columns) do
      local can_shrink = column.columns > column.least
      if can_shrink and (not widest or column.columns > widest.columns) then widest = column end
    end
    if not widest then return false end
    widest.columns = widest.columns - 1
  end
  return true
end

-- Leaves out the middle one of the columns that are no keys, again and again, until the rest fits; returns
-- whether it does with one of them left.
local function drop(columns, key_count, room)
  while not shrink(columns, room - width.of(BETWEEN) - #GAP) do
    local others = #columns - key_count
    if others <= 1 then return false end
    table.remove(columns, key_count + math.ceil((others + 1) / 2))
  end
  for _, column in ipairs(columns) do
    column.columns = column.natural
  end
  return shrink(columns, room - width.of(BETWEEN) - #GAP)
end

-- Returns the position before which the gap of those left out is shown.
local function gap_at(columns, key_count)
  return key_count + math.floor((#columns - key_count) / 2) + 1
end

-- Returns a line of cells: text(column) gives each.
local function line(columns, gap, text)
  local parts = {}
  for i, column in ipairs(columns) do
    if i == gap then parts[#parts + 1] = BETWEEN end
    local cell = text(column)
    local is_last = i == #columns and not column.right
    parts[#parts + 1] = is_last and cell or width.padded(cell, column.columns, column.right)
  end
  return (table.concat(parts, GAP):gsub("%s+$", ""))
end

local function all_names(items)
  local names = {}
  for _, item in ipairs(items) do
    for name in next, item do
      names[name] = true
    end
  end
  return names
end

local function title_of(column)
  return (width.cut(column.title, column.columns))
end

local function kinds_of_column(column)
  return (width.cut(column.kinds, column.columns))
end

--- Returns the lines of a table, and how many attributes it has and shows; or nil where not even the keys
-- and one attribute fit.
-- @tparam table items a list, not empty
-- @tparam ?table keys { { name }, ... }
-- @tparam number screen columns
-- @tparam function dim
function M.lines(items, keys, screen, dim)
  local names = layout_tree.ordered(all_names(items), keys)
  local columns, key_count, lines = {}, math.min(keys and #keys or 0, #names), {}
  for i, name in ipairs(names) do
    columns[i] = column_of(items, name)
  end
  local fits = shrink(columns, screen) or drop(columns, key_count, screen)
  if not fits then return nil end
  local gap = #columns < #names and gap_at(columns, key_count) or nil
  lines[1] = line(columns, gap, title_of)
  lines[2] = dim(line(columns, gap, kinds_of_column))
  for _, item in ipairs(items) do
    lines[#lines + 1] = line(columns, gap, function(column)
      return cell_text(column, item, screen == math.huge and screen or column.columns)
    end)
  end
  return lines, #names, #columns
end

return M
