-- SPDX-License-Identifier: MIT
-- What a call is made of: the Lua functions that it enters, and the garbage that it makes.
local M = {}

--- Counts the Lua functions that a call enters, by where they are defined. What LuaJIT compiles is
-- interpreted meanwhile, for it would not be seen.
-- @tparam function call made once
-- @tparam string under what the paths of files that count contain
-- @treturn table { functions, files (how many distinct ones), calls (how many entries) }
function M.entered(call, under)
  local functions, files, seen = {}, {}, { functions = 0, files = 0, calls = 0 }
  local function note(places, name, count)
    if not places[name] then seen[count] = seen[count] + 1 end
    places[name] = true
  end
  local function on_call()
    local info = debug.getinfo(2, "S")
    if info.what == "C" or not info.source:find(under, 1, true) then return end
    seen.calls = seen.calls + 1
    note(files, info.source, "files")
    note(functions, info.source .. ":" .. info.linedefined, "functions")
  end
  local jit = rawget(_G, "jit")
  if jit then
    jit.off()
    jit.flush()
  end
  debug.sethook(on_call, "c")
  call()
  debug.sethook()
  if jit then jit.on() end
  return seen
end

--- Returns the bytes that a call leaves to the collector, in the mean over `count` calls.
function M.garbage(call, count)
  collectgarbage()
  collectgarbage "stop"
  local before = collectgarbage "count"
  for _ = 1, count do
    call()
  end
  local bytes = (collectgarbage "count" - before) * 1024 / count
  collectgarbage "restart"
  return bytes
end

return M
