-- SPDX-License-Identifier: MIT
-- What a write changed of an item, attribute by attribute.
local cells = require "dynamo.prompt.cells"
local dynamo = require "dynamo"
local layout_tree = require "dynamo.prompt.layout_tree"
local width = require "dynamo.prompt.width"

local M = {}

local LEAST = 12 -- columns of a value

-- Returns the text of what became of an attribute, or nil where it is as it was.
local function change_of(old, new, columns)
  if old == nil then return "+", cells.text(new, columns) end
  if new == nil then return "-", cells.text(old, columns) end
  if dynamo.equal(old, new) then return nil end
  local half = math.max(LEAST, math.floor((columns - 4) / 2))
  return " ", ("%s -> %s"):format(cells.text(old, half), cells.text(new, half))
end

--- Returns a line for each attribute that differs: "+ name  value", "- name  value", "  name  old -> new".
-- @tparam table old the item before, {} for none
-- @tparam table new the item after, {} for none
-- @tparam ?table keys
-- @tparam number columns of the screen
function M.lines(old, new, keys, columns)
  local all, rows, widest, lines = {}, {}, 0, {}
  for _, item in ipairs { old, new } do
    for name in next, item do
      all[name] = true
    end
  end
  for _, name in ipairs(layout_tree.ordered(all, keys)) do
    local label = layout_tree.name(name)
    local sign, text =
      change_of(old[name], new[name], math.max(LEAST, columns - width.of(label) - 4))
    if sign then
      rows[#rows + 1] = { sign, label, text }
      widest = math.max(widest, width.of(label))
    end
  end
  for i, row in ipairs(rows) do
    lines[i] = ("%s %s  %s"):format(row[1], width.padded(row[2], widest), row[3])
  end
  return lines
end

return M
