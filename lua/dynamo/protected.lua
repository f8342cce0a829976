-- SPDX-License-Identifier: MIT
-- As pcall, for a function that may yield. Lua 5.1's own pcall cannot be yielded across, so that what
-- is raised inside of a coroutine is not caught there.
if _VERSION ~= "Lua 5.1" or rawget(_G, "jit") then return pcall end

return function(f, ...)
  if coroutine.running() then return true, f(...) end
  return pcall(f, ...)
end
