-- SPDX-License-Identifier: MIT
--- bench.lua [ROUNDS]: what a call of dynamo costs, beside bare libcurl and boto3.
--
-- Run it by `make bench`, or from the repository root after the build: `lua5.4 bench/bench.lua`
-- (`luajit bench/bench.lua` gives the same: it only starts others). It prints two Markdown tables.
--
-- METHOD. build/bench/canned_server answers on loopback, pinned to one core; each client is a
-- process of its own, pinned to another, with one keep-alive connection and one call at a time
-- (bench/scenarios.lua has the calls, bench/item.json the one kilobyte item). The client's CPU is
-- user + system time of its process over the calls made, after a warm-up. A round runs every client
-- once on every operation, one after the other; there are ROUNDS of them (5).
--
-- The floor, bare libcurl, sends with one reused easy handle the very request that dynamo signed
-- for that operation (captured at its transport), and throws the answer away.
--
-- HOW TO READ IT. A cell is the median CPU of a call, its ratio to bare libcurl, and in brackets
-- the calls a second that one connection made. The ratio is the median of each round's own ratio,
-- so a machine that speeds up or slows down between rounds hardly moves it: compare ratios, and
-- only inside one table. The second table is hot loops of the C core, in one process, without
-- network.
--
-- WHAT IT DOES NOT SHOW. Many calls in flight, TLS, cold connections, retries, memory, and the real
-- service, whose milliseconds hide all of this from a single caller. Calls a second are mostly two
-- wake-ups across cores. The hot loops have warm caches; inside a call the same work costs more.

local rounds = tonumber(arg[1]) or 5

local scenarios = {
  { name = "update_item", title = "UpdateItem, 4 attributes", count = 4000, peer_count = 150 },
  { name = "upsert", title = "upsert, the same by table verb", count = 4000 },
  { name = "put_item", title = "PutItem, 1 KB", count = 4000, peer_count = 150 },
  { name = "get_item", title = "GetItem, 1 KB", count = 4000, peer_count = 150 },
  { name = "query", title = "Query, 100 items of 1 KB", count = 800, peer_count = 15 },
}

local budgets = {
  ["decode page of 100 items, an item"] = "3.1",
  ["signer:authorization 1 KB"] = "1.5",
}

-- ---- shell -------------------------------------------------------------------------------------

local function succeeds(command)
  local result = os.execute(command .. " >/dev/null 2>&1")
  return result == true or result == 0
end

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

local pinned = succeeds("taskset -c 0,1 true") and tonumber(output("nproc")) >= 2

local function on_core(core, command)
  return pinned and ("taskset -c %d %s"):format(core, command) or command
end

local function lua_command(runtime, abi, script)
  return ("LUA_PATH='lua/?.lua;lua/?/init.lua;bench/?.lua;;' LUA_CPATH='build/%s/?.so;;' %s"):format(
    abi,
    on_core(1, runtime .. " bench/" .. script .. ".lua")
  )
end

-- ---- the server --------------------------------------------------------------------------------

local function read_line(path)
  local file = assert(io.open(path))
  local line = file:read("*l")
  file:close()
  return line
end

-- Returns the server's URL and the pipe that keeps it alive until closed.
local function start_server()
  local port_file = "build/bench/port"
  assert(io.open(port_file, "w")):close()
  local server = "build/bench/canned_server bench/item.json >" .. port_file
  local pipe = assert(io.popen(on_core(0, server), "w"))
  for _ = 1, 50 do
    local port = read_line(port_file)
    if port then return "http://127.0.0.1:" .. port, pipe end
    os.execute("sleep 0.1")
  end
  error("the server did not start")
end

-- ---- the clients -------------------------------------------------------------------------------

local function request_file(scenario)
  return "build/bench/" .. scenario.name .. ".request"
end

local function bare_curl(scenario, url)
  return on_core(
    1,
    ("build/bench/bare_curl %s %s %d"):format(url, request_file(scenario), scenario.count)
  )
end

local function dynamo(runtime, abi)
  local command = lua_command(runtime, abi, "client")
  return function(scenario, url)
    return ("%s %s %s %d"):format(command, scenario.name, url, scenario.count)
  end
end

local python = "build/emulators/python/bin/python"

-- Has no command for a scenario that boto3 lacks.
local function boto3(kind)
  return function(scenario, url)
    return scenario.peer_count
      and on_core(
        1,
        ("%s bench/peer_boto3.py %s %s %s %d"):format(
          python,
          kind,
          scenario.name,
          url,
          scenario.peer_count
        )
      )
  end
end

-- The first is the floor. A client whose program is not there is left out.
local clients = {
  { title = "bare libcurl", program = "build/bench/bare_curl", command = bare_curl },
  { title = "dynamo, Lua 5.4", program = "lua5.4", command = dynamo("lua5.4", "5.4") },
  { title = "dynamo, LuaJIT", program = "luajit", command = dynamo("luajit", "5.1") },
  { title = "boto3 client (wire-typed values)", program = python, command = boto3("client") },
  { title = "boto3 Table (plain values)", program = python, command = boto3("table") },
}

local function present_clients()
  local present = {}
  for _, client in ipairs(clients) do
    if succeeds("command -v " .. client.program) then
      present[#present + 1] = client
    else
      print(("Left out: %s, for want of `%s`.\n"):format(client.title, client.program))
    end
  end
  return present
end

-- ---- measuring ---------------------------------------------------------------------------------

local function capture_requests(url)
  for _, scenario in ipairs(scenarios) do
    local command = ("%s %s %s >%s"):format(
      lua_command("lua5.4", "5.4", "capture"),
      scenario.name,
      url,
      request_file(scenario)
    )
    local result = os.execute(command)
    assert(result == true or result == 0, command)
  end
end

-- Runs one client process; returns { cpu, wall } in microseconds a call, or nil without a command.
local function measure(client, scenario, url)
  local command = client.command(scenario, url)
  if not command then return nil end
  local cpu, wall = output(command):match("^(%S+) (%S+)")
  if not cpu then error("no result from: " .. command, 0) end
  return { cpu = tonumber(cpu), wall = tonumber(wall) }
end

-- samples[scenario][client] is a list with one entry a round.
local function new_samples(present)
  local samples = {}
  for _, scenario in ipairs(scenarios) do
    samples[scenario] = {}
    for _, client in ipairs(present) do
      samples[scenario][client] = {}
    end
  end
  return samples
end

local function run_rounds(present, url)
  local samples = new_samples(present)
  for round = 1, rounds do
    io.stderr:write(("round %d of %d\n"):format(round, rounds))
    for _, scenario in ipairs(scenarios) do
      for _, client in ipairs(present) do
        samples[scenario][client][round] = measure(client, scenario, url)
      end
    end
  end
  return samples
end

-- times[name][runtime] is a list of microseconds; names keep their order in `order`.
local function collect_micro(times, order, runtime, text)
  for name, microseconds in text:gmatch("([^\n]-)\t(%S+)") do
    if not times[name] then
      times[name], order[#order + 1] = {}, name
    end
    local list = times[name][runtime] or {}
    times[name][runtime], list[#list + 1] = list, tonumber(microseconds)
  end
end

local function run_micro(runtimes)
  local times, order = {}, {}
  for _ = 1, rounds do
    for _, runtime in ipairs(runtimes) do
      local text = output(lua_command(runtime.program, runtime.abi, "micro"))
      assert(text ~= "", "bench/micro.lua failed")
      collect_micro(times, order, runtime, text)
    end
  end
  return times, order
end

-- ---- printing ----------------------------------------------------------------------------------

-- The median of a list mapped by `pick`.
local function median(list, pick)
  local values = {}
  for index, entry in ipairs(list) do
    values[index] = pick and pick(entry, index) or entry
  end
  table.sort(values)
  local middle = #values / 2
  return (values[math.ceil(middle)] + values[math.floor(middle) + 1]) / 2
end

local function cpu_of(entry)
  return entry.cpu
end
local function wall_of(entry)
  return entry.wall
end

local function print_row(cells)
  print("| " .. table.concat(cells, " | ") .. " |")
end

local function print_head(cells)
  print_row(cells)
  print("|" .. ("---|"):rep(#cells))
end

local function cell(list, floor)
  if #list == 0 then return "-" end
  local ratio = median(list, function(entry, round)
    return entry.cpu / floor[round].cpu
  end)
  local cpu, wall = median(list, cpu_of), median(list, wall_of)
  return ("%.1f us, %.2fx (%.0f/s)"):format(cpu, ratio, 1e6 / wall)
end

local function print_calls(present, samples)
  local head = { "client CPU a call" }
  for _, client in ipairs(present) do
    head[#head + 1] = client.title
  end
  print_head(head)
  for _, scenario in ipairs(scenarios) do
    local row = { scenario.title }
    for _, client in ipairs(present) do
      row[#row + 1] = cell(samples[scenario][client], samples[scenario][present[1]])
    end
    print_row(row)
  end
end

local function print_micro(runtimes, times, order)
  print_head { "hot loops, us", runtimes[1].program, runtimes[2].program, "budget" }
  for _, name in ipairs(order) do
    local row = { name }
    for _, runtime in ipairs(runtimes) do
      local list = times[name][runtime]
      row[#row + 1] = list and ("%.2f"):format(median(list)) or "-"
    end
    row[#row + 1] = budgets[name] or ""
    print_row(row)
  end
end

-- ---- main --------------------------------------------------------------------------------------

if not pinned then print("Not pinned to two cores: expect noise.\n") end
local present = present_clients()
local url, server = start_server()
capture_requests(url)
local samples = run_rounds(present, url)
server:close()
print(("Medians of %d rounds. Budget of a small operation: 1.10x.\n"):format(rounds))
print_calls(present, samples)
print()
local runtimes = { { program = "lua5.4", abi = "5.4" }, { program = "luajit", abi = "5.1" } }
print_micro(runtimes, run_micro(runtimes))
