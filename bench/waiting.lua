-- SPDX-License-Identifier: MIT
--- How well waits overlap: calls of a server that takes its time, many at once, in each loop.

local clients = require "bench.clients"
local report = require "bench.report"
local shell = require "bench.shell"

local M = {}

local COUNT, IN_FLIGHT, DELAY_MS = 500, 50, 50
local LOOPS = { { "own", "dynamo.each alone" }, { "luv", "in luv" }, { "cqueues", "in cqueues" } }

--- The arguments of the server that is asked (see bench/canned_server.c).
M.SERVER = tostring(DELAY_MS)

-- Returns the wall time of all calls in milliseconds, the median of the rounds.
local function measure(runtime, loop, url, rounds)
  local words = ("bench/slow.lua %s %s %d %d"):format(loop, url, COUNT, IN_FLIGHT)
  local list = {}
  for round = 1, rounds do
    list[round] = assert(tonumber(shell.output(clients.lua(".", runtime, words))), words)
  end
  return report.median(list)
end

--- Measures and prints.
-- @tparam string url of the slow server
-- @tparam number rounds
function M.run(url, rounds)
  local ideal_ms = COUNT * DELAY_MS / IN_FLIGHT
  local title = "%d calls of %d ms, %d in flight: ms in all, to the ideal %d"
  local head = { title:format(COUNT, DELAY_MS, IN_FLIGHT, ideal_ms) }
  for _, runtime in ipairs(clients.RUNTIMES) do
    head[#head + 1] = "dynamo, " .. runtime.title
  end
  report.head(head)
  for _, loop in ipairs(LOOPS) do
    local cells = { loop[2] }
    for _, runtime in ipairs(clients.RUNTIMES) do
      local program = runtime.program .. " -e 'require \"" .. loop[1] .. "\"'"
      if loop[1] == "own" or shell.succeeds(program) then
        local wall_ms = measure(runtime, loop[1], url, rounds)
        cells[#cells + 1] = ("%.0f, %.2fx"):format(wall_ms, wall_ms / ideal_ms)
      else
        cells[#cells + 1] = ("no %s"):format(loop[1])
      end
    end
    report.row(cells)
  end
  print()
end

return M
