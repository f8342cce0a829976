-- SPDX-License-Identifier: MIT
-- What differs between two items, down to the element: as paths that an expression takes.
local cells = require "dynamo.prompt.cells"
local dynamo = require "dynamo"
local layout_tree = require "dynamo.prompt.layout_tree"

local M = {}

--- Returns an attribute's name as an expression takes it: in backticks where it is no word.
function M.path(name)
  if name:find "^[%a_][%w_]*$" then return name end
  return "`" .. name:gsub("`", "``") .. "`"
end

local add_rows

-- Adds the rows of two maps.
local function add_map(rows, path, left, right, keys)
  local all = {}
  for _, map in ipairs { left, right } do
    for name in next, map do
      all[name] = true
    end
  end
  for _, name in ipairs(layout_tree.ordered(all, keys)) do
    local own = (path == "" and "" or path .. ".") .. M.path(name)
    add_rows(rows, own, left[name], right[name])
  end
end

-- Adds the rows of two lists, whose elements are counted from 0 as in expressions.
local function add_list(rows, path, left, right)
  for i = 1, math.max(#left, #right) do
    add_rows(rows, ("%s[%d]"):format(path, i - 1), left[i], right[i])
  end
end

local INSIDE = { M = add_map, L = add_list }

function add_rows(rows, path, left, right)
  if left ~= nil and right ~= nil then
    if dynamo.equal(left, right) then return end
    local kind = cells.kind(left)
    local add = kind == cells.kind(right) and INSIDE[kind]
    if add then return add(rows, path, left, right) end
  end
  rows[#rows + 1] = { path = path, left = left, right = right }
end

--- Returns { path, left, right } for each place where two items differ; a side that has nothing there is nil.
-- @tparam table left an item, {} for none
-- @tparam table right
-- @tparam ?table keys of the table: they come first
function M.rows(left, right, keys)
  local rows = {}
  add_map(rows, "", left, right, keys)
  return rows
end

return M
