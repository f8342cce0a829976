-- SPDX-License-Identifier: MIT
-- Tells the time that this process took from the time that a busy machine took from it.
local curl = require "dynamo.curl"

local M = {}

-- Returns the seconds for which this thread was ready to run and had no processor: Linux counts
-- them. Elsewhere they are not told apart.
-- @see https://docs.kernel.org/scheduler/sched-stats.html
local function kept_waiting()
  local file = io.open "/proc/self/schedstat"
  if not file then return 0 end
  local text = file:read("*l")
  file:close()
  return tonumber(text:match("^%d+ (%d+)")) / 1e9
end

--- Returns a function that tells the seconds since now, without those of others.
function M.start()
  local began, waited = curl.monotonic(), kept_waiting()
  return function()
    return curl.monotonic() - began - (kept_waiting() - waited)
  end
end

return M
