-- SPDX-License-Identifier: MIT
--- client.lua SCENARIO URL N [IN_FLIGHT]: repeats one scenario N times against the server, IN_FLIGHT
-- calls at once (1). Prints the CPU (user + system, of this process) and wall time in microseconds an
-- operation, after a tenth of N as warm-up.

local dynamo = require "dynamo"

local connect = require "bench.connect"
local scenarios = require "bench.scenarios"
local stopwatch = require "bench.stopwatch"

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
stopwatch(function(times)
  repeat_calls(call, times, in_flight)
end, count)
