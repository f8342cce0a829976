-- SPDX-License-Identifier: MIT
-- Functions for tools/shape.lua to count: three of them here.
local M = {}

local function leaf(n)
  return n + 1
end

local function twice(n)
  return leaf(leaf(n))
end

--- Enters itself, `twice` and `leaf`; the latter two times.
function M.work()
  local shown = tostring(twice(1))
  return shown
end

return M
