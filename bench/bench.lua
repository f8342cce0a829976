-- SPDX-License-Identifier: MIT
--- bench.lua [ROUNDS] [PART...]: what a call of dynamo costs, beside bare libcurl, Go's SDK and boto3.
--
-- Run it by `make bench`, or from the repository root after the build: `lua5.4 bench/bench.lua`.
-- It prints Markdown tables; bench/README.md says how each is made and how to read it. ROUNDS is 5;
-- PART is calls, flight, batches, waiting, prompt, loops or instructions, all of them without any.
--
-- Environment, all optional:
--   BENCH_BEFORE   another checkout, built, that is measured in the same rounds
--   BENCH_BUSY=1   both cores are busy meanwhile: bench/busy.lua says how

require("tools.checkout").use()

local busy = require "bench.busy"
local calls = require "bench.calls"
local clients = require "bench.clients"
local instructions = require "bench.instructions"
local loops = require "bench.loops"
local prompt = require "bench.prompt"
local servers = require "bench.servers"
local shell = require "bench.shell"
local waiting = require "bench.waiting"

local before = os.getenv "BENCH_BEFORE"
local rounds = tonumber(arg[1]) or 5
local IN_FLIGHT = 50
local BATCHES_IN_FLIGHT = 8

-- ---- rows --------------------------------------------------------------------------------------

local UPDATE = { name = "update_item", title = "UpdateItem, 4 attributes", count = 4000 }
local PUT = { name = "put_item", title = "PutItem, 1 KB", count = 4000 }
local GET = { name = "get_item", title = "GetItem, 1 KB", count = 4000 }
local QUERY = { name = "query", title = "Query, 100 items of 1 KB", count = 800, fewer = 10 }
local UPSERT = { name = "upsert", title = "upsert, the same by table verb", count = 4000 }
local BY_TEXT = { name = "update_text", title = "update by text, 2 attributes", count = 4000 }
local FRESH = { name = "update_fresh", title = "update by fresh builder, the same", count = 4000 }
local KEPT = { name = "update_kept", title = "update by kept builder, the same", count = 4000 }

UPDATE.peer_count, PUT.peer_count, GET.peer_count, QUERY.peer_count = 150, 150, 150, 15
UPDATE.go_count, PUT.go_count, GET.go_count, QUERY.go_count = 4000, 4000, 4000, 200

-- Returns rows at a server, each with `more` behind its title and in other respects.
local function at(url, rows, more)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = { url = url }
    for name, value in pairs(row) do
      list[i][name] = value
    end
    for name, value in pairs(more or {}) do
      list[i][name] = name == "title" and row.title .. value or value
    end
  end
  return list
end

local function append(list, more)
  for _, element in ipairs(more) do
    list[#list + 1] = element
  end
end

-- ---- parts -------------------------------------------------------------------------------------

-- Writes the request that bare libcurl sends for each row.
local function capture_requests(url)
  for _, row in ipairs { UPDATE, PUT, GET, QUERY, UPSERT, BY_TEXT, FRESH, KEPT } do
    local script = ("bench/capture.lua %s %s"):format(row.name, url)
    local command = clients.lua(".", clients.RUNTIMES[1], script)
    shell.run(command .. " >" .. clients.request_file(row))
  end
end

local parts = {}

-- One call at a time.
function parts.calls(port, url)
  local rows = at(url, { UPDATE, UPSERT, BY_TEXT, FRESH, KEPT, PUT, GET, QUERY })
  local closing_port, closing = servers.canned "0 close"
  append(
    rows,
    at("http://127.0.0.1:" .. closing_port, { UPDATE }, {
      title = ", a new connection each",
      count = 1000,
      peer_count = false,
      go_count = false,
    })
  )
  local tls_port, tls = servers.tls(port)
  append(
    rows,
    at("https://127.0.0.1:" .. tls_port, { UPDATE, GET }, {
      title = ", TLS",
      peer_count = false,
      go_count = false,
    })
  )
  local list = { clients.bare_curl() }
  append(list, clients.each_dynamo(before))
  list[#list + 1] = clients.go()
  list[#list + 1] = clients.boto3("client", "boto3 client (wire-typed values)")
  list[#list + 1] = clients.boto3("table", "boto3 Table (plain values)")
  calls.run("client CPU a call", rows, clients.present(list), rounds)
  closing:close()
  tls:stop()
end

-- Many calls at once.
function parts.flight(_, url)
  local rows = at(url, { UPDATE, GET, QUERY })
  local list = { clients.bare_curl(IN_FLIGHT) }
  append(list, clients.each_dynamo(before, IN_FLIGHT))
  list[#list + 1] = clients.go(IN_FLIGHT)
  local title = ("client CPU a call, %d in flight"):format(IN_FLIGHT)
  calls.run(title, rows, clients.present(list), rounds)
end

-- Items written in batches.
function parts.batches(_, url)
  local rows = at(url, {
    {
      name = "batch_writer",
      title = "10,000 items of 1 KB",
      count = 10000,
      peer_count = 2000,
      go_count = 10000,
    },
  })
  local list = { clients.boto3("table", "boto3's batch_writer") }
  append(list, clients.each_writer(BATCHES_IN_FLIGHT))
  list[#list + 1] = clients.go(BATCHES_IN_FLIGHT)
  local title = ("client CPU an item, %d batches in flight"):format(BATCHES_IN_FLIGHT)
  calls.run(title, rows, clients.present(list), rounds)
end

-- Waits side by side.
function parts.waiting()
  local port, server = servers.canned(waiting.SERVER)
  waiting.run("http://127.0.0.1:" .. port, rounds)
  server:close()
end

-- The command.
function parts.prompt(_, url)
  prompt.run(url, rounds)
end

-- Loops in one process, without network.
function parts.loops()
  loops.run(before, rounds)
end

-- Instructions of one call at a time.
function parts.instructions(_, url)
  if not shell.succeeds "command -v valgrind" then
    print "Left out: instructions a call, for want of `valgrind`.\n"
    return
  end
  local list = { clients.bare_curl(1, instructions.COUNTER) }
  append(list, clients.each_dynamo(before, 1, instructions.COUNTER))
  local rows = at(url, { UPDATE, UPSERT, BY_TEXT, FRESH, KEPT, PUT, GET, QUERY })
  instructions.run(rows, clients.present(list))
end

-- ---- main --------------------------------------------------------------------------------------

-- Prints what the figures depend on.
local function print_circumstances()
  if not shell.IS_PINNED then print "Not pinned to two cores: expect noise.\n" end
  local state = shell.IS_BUSY and "busy: servers and clients share a core, a loop has the other"
    or "as it was found: servers on one core, clients on another"
  print(("Medians of %d rounds. The machine is %s.\n"):format(rounds, state))
end

local chosen = { (table.unpack or unpack)(arg, 2) }
if not chosen[1] then
  chosen = { "calls", "flight", "batches", "waiting", "prompt", "loops", "instructions" }
end
local load = busy.start()
local port, server = servers.canned()
local url = "http://127.0.0.1:" .. port
capture_requests(url)
print_circumstances()
for _, part in ipairs(chosen) do
  parts[part](port, url)
end
server:close()
if load then load:close() end
