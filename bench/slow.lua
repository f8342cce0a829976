-- SPDX-License-Identifier: MIT
--- slow.lua LOOP URL N IN_FLIGHT: N calls of a slow server, IN_FLIGHT at once, in one of the loops.
-- Prints the wall time of them all in milliseconds, after a round that opens the connections.

local dynamo = require "dynamo"

local connect = require "bench.connect"
local scenarios = require "bench.scenarios"

local loop_name, url, count, in_flight = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])

-- LOOP -> function(f): runs f to its end, where its calls may wait side by side.
local runners = {}

function runners.own(f)
  f()
end

function runners.luv(f)
  local uv = require "luv"
  dynamo.loop.luv(uv):spawn(f)
  uv.run()
end

function runners.cqueues(f)
  local controller = require("cqueues").new()
  dynamo.loop.cqueues(controller):spawn(f)
  assert(controller:loop())
end

-- Returns the function that makes `calls` calls side by side.
local function work(call, calls)
  return function()
    local left = calls
    assert(dynamo.each(function()
      left = left - 1
      return left >= 0 and left or nil
    end, call, { in_flight = in_flight }))
  end
end

local monotonic = require("dynamo.curl").monotonic

runners[loop_name](function()
  local call = scenarios.update_item(connect(url))
  work(call, in_flight)()
  local began = monotonic()
  work(call, count)()
  print(("%.1f"):format((monotonic() - began) * 1e3))
end)
