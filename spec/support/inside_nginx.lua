-- SPDX-License-Identifier: MIT
-- What runs inside the nginx of support/nginx.lua.
local canary = require "support.canary"
local dynamo = require "dynamo"
local every_verb = require "support.every_verb"
local json = require "dkjson"

local M = {}

-- One client for all requests of a worker, and nothing said to it: where the service is and the
-- keys come from the environment that the master had when this file was loaded. Where nginx.conf has
-- a dictionary of that name, the workers share their credentials in it.
local db = dynamo.new {
  attempt_timeout = 30,
  timeout = 30,
  shared_dict = ngx.shared.credentials and "credentials",
}

-- --- a transport for the spec's process ----------------------------------------------------------

-- Transports by the text of their options, each made once a worker.
local made = {}

local function transport_of(options)
  local key = json.encode(options)
  made[key] = made[key] or require("dynamo.transport.cosocket").new(options)
  return made[key]
end

-- Returns what a remote transport orders: request, options, seconds.
local function read_order()
  ngx.req.read_body()
  local order = json.decode(ngx.req.get_headers()["X-Order"])
  order.request.body = ngx.req.get_body_data() or ""
  return order
end

local function carry_out(order)
  local transport = transport_of(order.options)
  return transport:send(order.request, transport:monotonic() + order.seconds)
end

--- Handles a request of a remote transport: sends what it orders, answers what came of it.
function M.send()
  local answer, message, failed = carry_out(read_order())
  local body = answer and answer.body
  if answer then answer.body = nil end
  ngx.header["X-Outcome"] = json.encode { answer = answer, message = message, failed = failed }
  ngx.print(body or "")
end

--- As send, in a light thread that is killed when the order says; answers a failure that says so.
function M.send_and_kill()
  local order, done = read_order(), false
  local thread = ngx.thread.spawn(function()
    carry_out(order)
    done = true
  end)
  ngx.sleep(order.kill_after)
  ngx.thread.kill(thread)
  ngx.header["X-Outcome"] = json.encode { message = done and "too late" or "killed", failed = {} }
end

--- Keeps the worker from everything else for a while, and says so in the log.
function M.be_busy()
  ngx.log(ngx.NOTICE, "busy from now on")
  os.execute("sleep 2.5")
  ngx.print("done")
end

-- --- every verb, in a phase ----------------------------------------------------------------------

-- Returns the arguments of a request: table, id, lacks (the features the emulator lacks).
local function arguments()
  local given, lacks = ngx.req.get_uri_args(), {}
  for feature in (given.lacks or ""):gmatch("[^,]+") do
    lacks[feature] = "lacked"
  end
  return given.table, given.id, lacks
end

--- Goes through every verb in the phase that calls it, and answers the outcome.
function M.every_verb()
  local name, id, lacks = arguments()
  ngx.print(json.encode(every_verb.run(db, name, id, lacks)))
  return ngx.exit(ngx.OK)
end

--- The same in a timer, while the request waits for it.
function M.every_verb_in_timer()
  local name, id, lacks = arguments()
  local outcome
  assert(ngx.timer.at(0, function()
    outcome = every_verb.run(db, name, id, lacks)
    outcome.phase = ngx.get_phase()
  end))
  while not outcome do
    ngx.sleep(0.01)
  end
  ngx.print(json.encode(outcome))
end

--- Writes an item of the request's own and answers the number that is read back.
function M.own()
  local name, id = ngx.var.arg_table, "own-" .. ngx.var.arg_n
  local items = db:table(name, { key = { "id" } })
  local done, message = items:put { id = id, n = tonumber(ngx.var.arg_n), worker = ngx.worker.id() }
  local item = done and items:get({ id = id }, { consistent_read = true })
  ngx.status = item and 200 or 500
  ngx.print(item and ("%d"):format(item.n) or message or "no item")
end

-- --- what it is made of --------------------------------------------------------------------------

--- Answers the access key that the service saw: a credential server answers with it.
function M.key()
  local answer, message = db:list_tables {}
  ngx.status = answer and 200 or 500
  ngx.print(answer and answer.TableNames[1] or message)
end

--- Answers what Lua's heap holds in this worker, in KiB, without what is garbage.
function M.heap()
  collectgarbage()
  collectgarbage()
  ngx.print(("%d"):format(collectgarbage "count"))
end

-- --- a client that is closed in the middle -------------------------------------------------------

-- Returns a client of the request's own, and what tells whether it waits for another attempt.
local function own_client(given)
  local is_waiting = false
  local client = dynamo.new {
    endpoint = given.endpoint,
    allow_http = true,
    region = "us-east-1",
    connect_timeout = 0.5,
    credentials = canary.credentials(),
    hooks = {
      before_retry = function()
        is_waiting = true
      end,
    },
  }
  return client, function()
    return is_waiting
  end
end

local function put(client)
  local result, _, err = client:put_item { TableName = "Users", Item = { id = "1" } }
  return result and { done = true }
    or { kind = err.kind, code = err.code, applied = err.maybe_applied, attempts = err.attempts }
end

--- Closes a client while another light thread waits for its call, and answers what that call
-- returned. Arguments: endpoint; at = "sleep": not before it waits for another attempt.
function M.close_midway()
  local given, outcome = ngx.req.get_uri_args(), nil
  local client, is_waiting = own_client(given)
  local thread = ngx.thread.spawn(function()
    outcome = put(client)
  end)
  while given.at == "sleep" and not is_waiting() do
    ngx.sleep(0.001)
  end
  client:close()
  client:close()
  local is_early = outcome ~= nil
  ngx.thread.wait(thread)
  outcome.is_early = is_early
  ngx.print(json.encode(outcome))
end

--- Kills a light thread in the middle of its call, closes its client, and answers what another
-- client's call then returns.
function M.kill_midway()
  local given = ngx.req.get_uri_args()
  local client = own_client(given)
  local thread = ngx.thread.spawn(put, client)
  ngx.thread.kill(thread)
  client:close()
  ngx.print(json.encode(put((own_client(given)))))
end

-- --- phases without cosockets --------------------------------------------------------------------

-- What calls in other phases returned, by phase.
local told = {}

--- Makes a call in the phase that calls it and remembers what came of it.
function M.try_here()
  local result, message, err = db:list_tables {}
  told[ngx.get_phase()] = result and { ok = true }
    or { message = message, kind = err.kind, code = err.code, attempts = err.attempts }
end

--- Answers what was remembered.
function M.tell()
  ngx.print(json.encode(told))
end

return M
