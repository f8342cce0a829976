-- SPDX-License-Identifier: MIT
-- Work side by side inside the nginx of support/nginx.lua.
local canary = require "support.canary"
local dynamo = require "dynamo"
local json = require "dkjson"

local M = {}

-- The longest waits.
local function all_ones(n)
  return ("\255"):rep(n)
end

local function client(endpoint, hooks, random)
  return dynamo.new {
    endpoint = endpoint,
    region = "us-east-1",
    credentials = canary.credentials(),
    hooks = hooks,
    random = random or all_ones,
  }
end

-- Returns a function that makes a call, and what counts how many were under way at most.
local function counted(db)
  local now, seen = 0, { most = 0 }
  return function(i)
    now = now + 1
    seen.most = math.max(seen.most, now)
    local answer, message, err = db:put_item { TableName = "Things", Item = { id = tostring(i) } }
    now = now - 1
    if not answer then return nil, message, err end
    return i
  end,
    seen
end

-- Returns a closure that gives 1 to n, each after a wait, and raises when it is called again before.
local function counter(n)
  local i, is_running = 0, false
  return function()
    assert(not is_running, "called again")
    is_running = true
    ngx.sleep(0.001)
    is_running = false
    i = i + 1
    return i <= n and i or nil
  end
end

-- What came of calls in all three ways, by way.
local function outcome(endpoint)
  local put, seen = counted(client(endpoint))
  local functions = {}
  for i = 1, 12 do
    functions[i] = function()
      return put(i)
    end
  end
  local results, message = dynamo.together(functions, { in_flight = 5 })
  local most = seen.most
  seen.most = 0
  return {
    message = message,
    results = results and #results,
    most = most,
    nested = #assert(dynamo.together {
      function()
        return #assert(dynamo.together { functions[1], functions[2] })
      end,
    }),
  }
end

--- Answers what calls side by side come to.
function M.together()
  ngx.print(json.encode(outcome(ngx.var.arg_endpoint)))
end

local begun

--- Does that in the phase that calls it.
function M.begin(endpoint)
  begun = outcome(endpoint)
end

--- Answers what came of M.begin.
function M.tell()
  ngx.print(json.encode(begun))
end

--- Answers what calls come to for each that a closure gives.
function M.each()
  local put = counted(client(ngx.var.arg_endpoint))
  local count, message = dynamo.each(counter(20), put, { in_flight = 4 })
  ngx.print(json.encode { count = count, message = message })
end

--- Cancels a call while it waits for another attempt, and answers what it came to.
function M.cancel()
  local stop, is_waiting = dynamo.canceller(), false
  local db = client(ngx.var.arg_endpoint, {
    before_retry = function()
      is_waiting = true
    end,
  })
  local results = assert(dynamo.together {
    function()
      local _, _, err = db:list_tables({}, { cancel = stop })
      is_waiting = true
      return { kind = err.kind, code = err.code, attempts = err.attempts }
    end,
    function()
      while not is_waiting do
        ngx.sleep(0.001)
      end
      stop:cancel()
      return true
    end,
  })
  ngx.print(json.encode(results[1]))
end

--- Makes a call with a canceller, which is cancelled after so many seconds, if any, and answers what
-- the call came to.
function M.wait()
  local stop, after = dynamo.canceller(), tonumber(ngx.var.arg_after)
  local db = client(ngx.var.arg_endpoint)
  local results = assert(dynamo.together {
    function()
      local item = { id = "1" }
      local done, _, err = db:put_item({ TableName = "Things", Item = item }, { cancel = stop })
      return done and { done = true } or { code = err.code, applied = err.maybe_applied }
    end,
    function()
      if after then
        ngx.sleep(after)
        stop:cancel()
      end
      return true
    end,
  })
  ngx.print(json.encode(results[1]))
end

--- Stops all when one fails, and answers what they came to.
function M.stop()
  local db = client(ngx.var.arg_endpoint)
  local _, message, err = dynamo.together({
    function()
      return db:list_tables {}
    end,
    function()
      return nil, "second"
    end,
    function()
      return db:list_tables {}
    end,
  }, { in_flight = 2, stop_on_error = true })
  ngx.print(json.encode { message = message, begun = err.begun, failed = err.failed })
end

--- Adds one to an item forty times, eight at once; answers how often the function was called, and how
-- many were under way at most.
function M.modify()
  local db = client(ngx.var.arg_endpoint, nil, require("dynamo.world").random)
  local counters = db:table("Counters", { key = { "id" } })
  local told, now, most, ids = { rounds = 0 }, 0, 0, {}
  for i = 1, 40 do
    ids[i] = i
  end
  local count, message = dynamo.each(ids, function()
    now = now + 1
    most = math.max(most, now)
    local done, problem, info = counters:modify("forty", function(item)
      item = item or { n = 0 }
      item.n = item.n + 1
      return item
    end, { attempts = 1000 })
    now = now - 1
    told.rounds = told.rounds + info.rounds
    return done, problem, info
  end, { in_flight = 8 })
  told.count, told.message, told.most = count, message, most
  told.n = assert(counters:get "forty").n
  ngx.print(json.encode(told))
end

return M
