-- SPDX-License-Identifier: MIT
--- What bench/nginx.lua has nginx do: the benchmark's operations through dynamo's cosocket transport,
-- and, as the floor, a bare loop over a cosocket that sends the same signed request each time.

local connect = require "bench.connect"
local core = require "dynamo.core"
local scenarios = require "bench.scenarios"

local M = {}

-- Returns the text of the request that a scenario's call hands to its transport.
local function captured(name, port)
  local text
  local recorder = { now = ngx.now, monotonic = ngx.now, sleep = ngx.sleep, close = ngx.now }
  function recorder.send(_, request)
    local message = core.message()
    assert(message:request(request.method, request.path, request.headers, request.body))
    text = message:bytes()
    return nil, "captured", { kind = "config", code = "captured", sent = "none" }
  end
  scenarios[name](connect("http://127.0.0.1:" .. port, recorder))()
  return text
end

-- Sends `text` on a kept connection and reads an answer, whose length is found once: the server's
-- answers to a request are all of a length. Returns true.
local function bare(port, pool, text, known)
  local sock = ngx.socket.tcp()
  sock:settimeouts(3000, 5000, 5000)
  assert(sock:connect("127.0.0.1", port, pool))
  assert(sock:send(text))
  local answer = assert(sock:receiveany(8192))
  if not known.length then
    local _, head = answer:find("\r\n\r\n", 1, true)
    known.length = head + tonumber(answer:match("Content%-Length: (%d+)"))
  end
  if #answer < known.length then assert(sock:receive(known.length - #answer)) end
  assert(sock:setkeepalive(30000, 512))
  return true
end

local function bare_caller(name, port)
  local text, known, pool = captured(name, port), {}, { pool = "bare:" .. port, pool_size = 512 }
  return function()
    return bare(port, pool, text, known)
  end
end

local function dynamo_caller(name, port)
  return scenarios[name](connect("http://127.0.0.1:" .. port))
end

local KINDS = { bare = bare_caller, dynamo = dynamo_caller }

-- Functions that make one call, each made once a worker.
local callers = {}

-- Returns that of the request: ?kind=dynamo|bare&scenario=...&port=...
local function caller()
  local kind, name, port = ngx.var.arg_kind, ngx.var.arg_scenario, tonumber(ngx.var.arg_port)
  local key = kind .. name .. port
  callers[key] = callers[key] or KINDS[kind](name, port)
  return callers[key]
end

--- Repeats a call &count=... times, one after the other. Answers the CPU of this worker in
-- microseconds a call, after a tenth of them to warm up.
function M.sequential()
  local call, count = caller(), tonumber(ngx.var.arg_count)
  for _ = 1, math.ceil(count / 10) do
    assert(call())
  end
  local cpu = os.clock()
  for _ = 1, count do
    assert(call())
  end
  ngx.print(("%.2f"):format((os.clock() - cpu) / count * 1e6))
end

--- Makes one call, for many requests at once to make it.
function M.one()
  local done, message = caller()()
  if not done then
    ngx.log(ngx.ERR, message)
    ngx.exit(502)
  end
  ngx.print("ok")
end

--- Answers the worker's CPU so far, in seconds.
function M.cpu()
  ngx.print(os.clock())
end

return M
