-- SPDX-License-Identifier: MIT
-- What many do with plain tables. Raw access: no metamethod runs.
local M = {}

--- An empty table, for where none was given; nobody writes to it.
M.NONE = {}

--- Returns the keys of `map` that are strings, sorted.
function M.sorted_keys(map)
  local keys = {}
  for key in next, map do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

--- Returns a copy of a table, whose values are the same.
function M.copy(original)
  local copy = {}
  for key, value in next, original do
    copy[key] = value
  end
  return copy
end

--- Whether a list has a value.
function M.holds(list, value)
  for _, element in ipairs(list) do
    if element == value then return true end
  end
  return false
end

return M
