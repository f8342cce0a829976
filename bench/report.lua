-- SPDX-License-Identifier: MIT
--- Medians, and tables in Markdown.

local M = {}

--- Returns the median of a list of numbers, or of what `pick(element, index)` makes of a list.
function M.median(list, pick)
  local values = {}
  for index, element in ipairs(list) do
    values[index] = pick and pick(element, index) or element
  end
  table.sort(values)
  local middle = #values / 2
  return (values[math.ceil(middle)] + values[math.floor(middle) + 1]) / 2
end

--- Prints a row of a table.
function M.row(cells)
  print("| " .. table.concat(cells, " | ") .. " |")
end

--- Prints the head of a table.
function M.head(cells)
  M.row(cells)
  print("|" .. ("---|"):rep(#cells))
end

--- Returns a whole number with a comma before each three digits.
function M.thousands(number)
  local text = ("%.0f"):format(number)
  local groups = text:reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (groups:gsub("^,", ""))
end

return M
