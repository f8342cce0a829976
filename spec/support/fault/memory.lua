-- SPDX-License-Identifier: MIT
-- How much memory of this process a call takes at its worst, beyond what it had. Linux alone counts
-- that; under a wrapper it would be a sanitizer's memory.
local M = {}

-- Returns a figure of /proc/self/status in kB.
local function figure(name)
  local status = assert(io.open "/proc/self/status")
  local text = status:read("*a")
  status:close()
  return tonumber(text:match(name .. ":%s*(%d+) kB"))
end

-- Begins the peak anew; returns whether that can be done here.
local function reset_peak()
  local file = (os.getenv "SPEC_WRAPPER" or "") == "" and io.open("/proc/self/clear_refs", "w")
  if not file then return false end
  file:write "5"
  return (file:close())
end

--- Returns a function that tells the growth in kB since now; nil where it cannot be measured.
function M.watch()
  collectgarbage()
  if not reset_peak() then
    return function()
      return nil
    end
  end
  local before = figure "VmRSS"
  return function()
    return figure "VmHWM" - before
  end
end

return M
