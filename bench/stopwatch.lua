-- SPDX-License-Identifier: MIT
--- Returns a function (repeat_calls, count) that calls repeat_calls with a tenth of the count, then with
-- all of it, and prints the CPU (user + system, of this process) and the wall time of the latter in
-- microseconds for each of the count.

-- Seconds on a clock that a tick of 10 ms moves: good to 1 % when a run lasts a second.
local function wall_seconds()
  local file = assert(io.open("/proc/uptime"))
  local seconds = file:read("*n")
  file:close()
  return seconds
end

return function(repeat_calls, count)
  repeat_calls(math.ceil(count / 10))
  local cpu, wall = os.clock(), wall_seconds()
  repeat_calls(count)
  cpu, wall = os.clock() - cpu, wall_seconds() - wall
  print(("%.2f %.2f"):format(cpu / count * 1e6, wall / count * 1e6))
end
