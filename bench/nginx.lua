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

local curl = require "dynamo.curl"
local nginx = require "support.nginx"

local rounds = tonumber(arg[1]) or 5
local COUNT, IN_FLIGHT, SECONDS, DELAY_MS = 8000, 256, 4, 50

local SCENARIOS = {
  { name = "update_item", title = "UpdateItem, 4 attributes" },
  { name = "upsert", title = "upsert, the same by table verb" },
  { name = "put_item", title = "PutItem, 1 KB" },
  { name = "get_item", title = "GetItem, 1 KB" },
  { name = "query", title = "Query, 100 items of 1 KB", count = 800 },
}

local HTTP = [[ init_by_lua_block {
  package.path = "bench/?.lua;" .. package.path
  bench = require "inside_nginx"
} ]]

local SERVER = [[
  location /sequential { content_by_lua_block { bench.sequential() } }
  location /one { content_by_lua_block { bench.one() } }
  location /cpu { content_by_lua_block { bench.cpu() } }
  location /unrelated { return 200 ok; }
]]

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

local pinned = tonumber(output("nproc")) >= 2

local function on_core(core, command)
  return pinned and ("taskset -c %d %s"):format(core, command) or command
end

-- Starts a canned server; returns its port and the pipe that keeps it alive.
local function start_backend(delay_ms)
  local file = os.tmpname()
  local pipe = assert(
    io.popen(
      on_core(0, ("build/bench/canned_server bench/item.json %d >%s"):format(delay_ms, file)),
      "w"
    )
  )
  local port
  for _ = 1, 100 do
    port = port or tonumber(output("cat " .. file))
    if not port then curl.sleep(0.05) end
  end
  os.remove(file)
  return assert(port, "the server did not start"), pipe
end

local function median(values)
  table.sort(values)
  local middle = #values / 2
  return (values[math.ceil(middle)] + values[math.floor(middle) + 1]) / 2
end

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
  print("| worker CPU a call, one at a time | bare cosocket | dynamo | ratio |")
  print("|---|---|---|---|")
  for _, scenario in ipairs(SCENARIOS) do
    local bare, ours, ratios = {}, {}, {}
    for round = 1, rounds do
      bare[round] = cpu_of_call(server, "bare", scenario, port)
      ours[round] = cpu_of_call(server, "dynamo", scenario, port)
      ratios[round] = ours[round] / bare[round]
    end
    print(
      ("| %s | %.1f us | %.1f us | %.2fx |"):format(
        scenario.title,
        median(bare),
        median(ours),
        median(ratios)
      )
    )
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
  local wrk =
    assert(io.popen(on_core(0, ("wrk -t1 -c%d -d%ds '%s'"):format(IN_FLIGHT, SECONDS, target))))
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
  print(
    ("\n| %d in flight, %d ms each | calls/s | worker CPU a call | unrelated p99 | longest |"):format(
      IN_FLIGHT,
      DELAY_MS
    )
  )
  print("|---|---|---|---|---|")
  for _, scenario in ipairs { SCENARIOS[1], SCENARIOS[4] } do
    for _, kind in ipairs { "bare", "dynamo" } do
      local seen = flood(server, kind, scenario, port)
      print(
        ("| %s, %s | %.0f | %.1f us | %.2f ms | %.2f ms |"):format(
          scenario.title,
          kind,
          seen.rate,
          seen.cpu,
          seen.p99,
          seen.longest
        )
      )
    end
  end
end

-- ---- main --------------------------------------------------------------------------------------

local server =
  nginx.start { http = HTTP, server = SERVER, main = pinned and "worker_cpu_affinity 10;" or "" }
local quick, quick_pipe = start_backend(0)
local slow, slow_pipe = start_backend(DELAY_MS)
print_sequential(server, quick)
print_flood(server, slow)
quick_pipe:close()
slow_pipe:close()
server:stop()
