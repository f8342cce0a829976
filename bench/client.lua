-- SPDX-License-Identifier: MIT
--- client.lua SCENARIO URL N: repeats one scenario N times against the server.
-- Prints the CPU (user + system, of this process) and wall time in microseconds an operation, after
-- a tenth of N as warm-up.

local connect = require "bench.connect"
local scenarios = require "bench.scenarios"

-- Seconds on a clock that a tick of 10 ms moves: good to 1 % when a run lasts a second.
local function wall_seconds()
  local file = assert(io.open("/proc/uptime"))
  local seconds = file:read("*n")
  file:close()
  return seconds
end

local function repeat_calls(call, count)
  for _ = 1, count do
    assert(call())
  end
end

local call, count = scenarios[arg[1]](connect(arg[2])), tonumber(arg[3])
repeat_calls(call, math.ceil(count / 10))
local cpu, wall = os.clock(), wall_seconds()
repeat_calls(call, count)
cpu, wall = os.clock() - cpu, wall_seconds() - wall
print(("%.2f %.2f"):format(cpu / count * 1e6, wall / count * 1e6))
