-- SPDX-License-Identifier: MIT
--- nginx.lua [ROUNDS]: what a call of dynamo costs an nginx worker, and how many it has in flight.
--
-- Run it by `make bench-nginx`. It prints two Markdown tables.
--
-- METHOD. build/bench/canned_server answers on loopback, pinned to one core; nginx has one worker,
-- pinned to another. First table: one request to nginx makes the calls of a scenario one after the
-- other (bench/scenarios.lua), on one kept connection; the CPU is user + system time of the worker
-- over the calls, after a warm-up. The floor is a bare loop over a cosocket in the same worker that
-- sends the very same signed request each time and does nothing with the answer. Second table: the
-- server answers after 50 ms, wrk keeps 256 requests at nginx in flight, each making one call;
-- meanwhile another location of the same worker is asked every 5 ms, and how long it takes is noted.
--
-- HOW TO READ IT. A cell is the median of ROUNDS rounds (5); the ratio is the median of each round's
-- own ratio to the floor, so compare ratios, and only inside one table. CPU of the second table is
-- that of the whole worker, requests of wrk included.

require("tools.checkout").use()

local curl = require "dynamo.curl"
local nginx = require "support.nginx"
local report = require "bench.report"
local servers = require "bench.servers"
local shell = require "bench.shell"

local rounds = tonumber(arg[1]) or 5
local COUNT, IN_FLIGHT, SECONDS, DELAY_MS = 8000, 256, 4, 50

local SCENARIOS = {
  { name = "update_item", title = "UpdateItem, 4 attributes" },
  { name = "upsert", title = "upsert, the same by table verb" },
  { name = "put_item", title = "PutItem, 1 KB" },
  { name = "get_item", title = "GetItem, 1 KB" },
  { name = "query", title = "Query, 100 items of 1 KB", count = 800 },
}

local HTTP = [[ init_by_lua_block { bench = require "bench.inside_nginx" } ]]

local SERVER = [[
  location /sequential { content_by_lua_block { bench.sequential() } }
  location /one { content_by_lua_block { bench.one() } }
  location /cpu { content_by_lua_block { bench.cpu() } }
  location /unrelated { return 200 ok; }
]]

local function percentile(values, share)
  table.sort(values)
  return values[math.ceil(#values * share)]
end

-- ---- one call at a time ------------------------------------------------------------------------

local function cpu_of_call(server, kind, scenario, port)
  local status, body = server:get(
    ("/sequential?kind=%s&scenario=%s&count=%d&port=%d"):format(
      kind,
      scenario.name,
      scenario.count or COUNT,
      port
    )
  )
  assert(status == 200, body)
  return tonumber(body)
end

local function print_sequential(server, port)
  report.head { "worker CPU a call, one at a time", "bare cosocket", "dynamo", "ratio" }
  for _, scenario in ipairs(SCENARIOS) do
    local bare, ours, ratios = {}, {}, {}
    for round = 1, rounds do
      bare[round] = cpu_of_call(server, "bare", scenario, port)
      ours[round] = cpu_of_call(server, "dynamo", scenario, port)
      ratios[round] = ours[round] / bare[round]
    end
    report.row {
      scenario.title,
      ("%.1f us"):format(report.median(bare)),
      ("%.1f us"):format(report.median(ours)),
      ("%.2fx"):format(report.median(ratios)),
    }
  end
end

-- ---- many at once ------------------------------------------------------------------------------

-- Asks the unrelated location until `pipe`, wrk's output, can be read; returns the times in ms.
local function probe(server)
  local times, ends = {}, curl.monotonic() + SECONDS - 0.5
  while curl.monotonic() < ends do
    local began = curl.monotonic()
    assert(server:get "/unrelated" == 200)
    times[#times + 1] = (curl.monotonic() - began) * 1000
    curl.sleep(0.005)
  end
  return times
end

local function worker_cpu(server)
  local _, seconds = server:get "/cpu"
  return tonumber(seconds)
end

local function flood(server, kind, scenario, port)
  local target = ("http://127.0.0.1:%d/one?kind=%s&scenario=%s&port=%d"):format(
    server.port,
    kind,
    scenario.name,
    port
  )
  local before = worker_cpu(server)
  local wrk = assert(
    io.popen(
      shell.on_core(
        shell.SERVER_CORE,
        ("wrk -t1 -c%d -d%ds '%s'"):format(IN_FLIGHT, SECONDS, target)
      )
    )
  )
  curl.sleep(0.3)
  local times = probe(server)
  local said = wrk:read("*a")
  wrk:close()
  local requests = tonumber(said:match("(%d+) requests in"))
  assert(requests and not said:find("Non%-2xx") and not said:find("Socket errors"), said)
  return {
    rate = tonumber(said:match("Requests/sec:%s*(%S+)")),
    cpu = (worker_cpu(server) - before) / requests * 1e6,
    p99 = percentile(times, 0.99),
    longest = percentile(times, 1),
  }
end

local function print_flood(server, port)
  report.head {
    ("%d in flight, %d ms each"):format(IN_FLIGHT, DELAY_MS),
    "calls/s",
    "worker CPU a call",
    "unrelated p99",
    "longest",
  }
  for _, scenario in ipairs { SCENARIOS[1], SCENARIOS[4] } do
    for _, kind in ipairs { "bare", "dynamo" } do
      local seen = flood(server, kind, scenario, port)
      report.row {
        scenario.title .. ", " .. kind,
        ("%.0f"):format(seen.rate),
        ("%.1f us"):format(seen.cpu),
        ("%.2f ms"):format(seen.p99),
        ("%.2f ms"):format(seen.longest),
      }
    end
  end
end

-- ---- main --------------------------------------------------------------------------------------

local server = nginx.start {
  http = HTTP,
  server = SERVER,
  main = shell.nginx_affinity(shell.CLIENT_CORE),
}
local quick, quick_pipe = servers.canned()
local slow, slow_pipe = servers.canned(DELAY_MS)
print_sequential(server, quick)
print()
print_flood(server, slow)
quick_pipe:close()
slow_pipe:close()
server:stop()
