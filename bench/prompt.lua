-- SPDX-License-Identifier: MIT
--- What the command costs: lines of upserts that are piped into it, beside the same upserts in a loop of
-- Lua, each a process of its own from its start to its end; and how long it takes to start.

local clients = require "bench.clients"
local report = require "bench.report"
local shell = require "bench.shell"

local M = {}

local COUNT, STARTS = 10000, 20
local LINE = 'upsert user-%d { name = "Ann", visits = %d, active = %s, seenAt = 1718031907 }\n'
local LINES = "build/bench/upserts.lines"
local ENVIRONMENT = "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_REGION=us-east-1 "
  .. "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY; "
-- Prints seconds of user CPU, of the system's and of the wall that a command took.
local TIMER = [=[python3 -c '
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run(["sh", "-c", sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
wall, used = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime, used.ru_stime, wall)' ]=]

local function write_lines()
  local file = assert(io.open(LINES, "w"))
  for n = 1, COUNT do
    file:write(LINE:format(n, n, tostring(n % 2 == 0)))
  end
  file:close()
end

-- Returns { user, system, wall } of a command, in seconds.
local function measure(command)
  local user, system, wall = shell.output(TIMER .. shell.quoted(command)):match "(%S+) (%S+) (%S+)"
  if not user then error("no result from: " .. command, 0) end
  return { user = tonumber(user), system = tonumber(system), wall = tonumber(wall) }
end

-- Returns the command of each client.
local function commands_of(runtime, url)
  local prompt = "bin/dynamo --table Users --endpoint " .. url
  return {
    loop = clients.lua(".", runtime, ("bench/upserts.lua %s %d"):format(url, COUNT)),
    pipe = ENVIRONMENT .. clients.lua(".", runtime, prompt .. " <" .. LINES),
    start = ENVIRONMENT .. ("for n in $(seq %d); do %s; done"):format(
      STARTS,
      clients.lua(".", runtime, prompt .. " -e 1")
    ),
  }
end

-- Returns samples of each command, one a round.
local function run_rounds(commands, rounds)
  local samples = { loop = {}, pipe = {}, start = {} }
  for round = 1, rounds do
    for name, command in pairs(commands) do
      samples[name][round] = measure(command)
    end
  end
  return samples
end

local function median(list, field)
  return report.median(list, function(entry)
    return entry[field]
  end)
end

local function ratio(samples, field)
  return report.median(samples.pipe, function(entry, round)
    return entry[field] / samples.loop[round][field]
  end)
end

-- Returns "0.34 s, 1.25x" of one kind of time.
local function cell(samples, field)
  return ("%.2f s, %.2fx"):format(median(samples.pipe, field), ratio(samples, field))
end

--- Measures and prints.
-- @tparam string url of the canned server
-- @tparam number rounds
function M.run(url, rounds)
  write_lines()
  report.head { "10,000 upserts piped in, to a loop", "user CPU", "wall", "loop", "a start, wall" }
  for _, runtime in ipairs(clients.RUNTIMES) do
    local samples = run_rounds(commands_of(runtime, url), rounds)
    report.row {
      runtime.title,
      cell(samples, "user"),
      cell(samples, "wall"),
      ("%.2f s, %.2f s"):format(median(samples.loop, "user"), median(samples.loop, "wall")),
      ("%.0f ms"):format(median(samples.start, "wall") / STARTS * 1000),
    }
  end
  print()
end

return M
