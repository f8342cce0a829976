-- SPDX-License-Identifier: MIT
--- client.lua SCENARIO URL N [IN_FLIGHT]: repeats one scenario N times against the server, IN_FLIGHT
-- calls at once (1). Prints the CPU (user + system, of this process) and wall time in microseconds an
-- operation, after a tenth of N as warm-up.

local dynamo = require "dynamo"

local connect = require "bench.connect"
local scenarios = require "bench.scenarios"

-- Seconds on a clock that a tick of 10 ms moves: good to 1 % when a run lasts a second.
local function wall_seconds()
  local file = assert(io.open("/proc/uptime"))
  local seconds = file:read("*n")
  file:close()
  return seconds
end

local function in_turn(call, count)
  for _ = 1, count do
    assert(call())
  end
end

local function side_by_side(call, count, in_flight)
  local left = count
  local function another()
    left = left - 1
    return left >= 0 and left or nil
  end
  assert(dynamo.each(another, call, { in_flight = in_flight }))
end

local call, count = scenarios[arg[1]](connect(arg[2])), tonumber(arg[3])
local in_flight = tonumber(arg[4] or "1")
local repeat_calls = in_flight == 1 and in_turn or side_by_side
repeat_calls(call, math.ceil(count / 10), in_flight)
local cpu, wall = os.clock(), wall_seconds()
repeat_calls(call, count, in_flight)
cpu, wall = os.clock() - cpu, wall_seconds() - wall
print(("%.2f %.2f"):format(cpu / count * 1e6, wall / count * 1e6))
