-- SPDX-License-Identifier: MIT
-- Faults of names and routes, one function each; run by network_spec.lua in a network namespace of
-- its own. Each returns plain facts.
local classes = require "support.fault.replay_classes"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local patience = require "support.patience"
local stopwatch = require "support.stopwatch"

local NAME = "dynamo.test"
local ALIVE, BLACK_HOLE = "10.8.8.1", "10.9.9.9" -- see network.sh

local server = fault.start(ALIVE)
server:requests {}

local keys = 0

-- Runs a counter's increment against NAME; returns what became of it.
local function increment(options, prepare)
  keys = keys + 1
  local key = "key" .. keys
  options.endpoint = ("http://%s:%d"):format(NAME, server.port)
  options.allow_http = true
  local db, paced = fault_client.new(server, options)
  if prepare then prepare(db, paced) end
  server:requests {}
  local elapsed = stopwatch.start()
  local result, _, told = classes.UNSAFE.run(db, key)
  local seconds = elapsed()
  db:close()
  if paced then paced:close() end
  return {
    ok = result and true,
    kind = told.kind,
    code = told.code,
    attempts = told.attempts,
    maybe_applied = told.maybe_applied,
    requests = #server:log().requests,
    applied = server:look(classes.TABLE, { key })[1].applied,
    asked = server:names {},
    seconds = seconds,
  }
end

-- Runs increments with options_of(seconds) and ever more patience, until one took no longer than so
-- many times that; returns what became of the last one.
local function in_time(times, options_of)
  local facts
  for _, seconds in ipairs(patience.SECONDS) do
    facts = increment(options_of(seconds))
    facts.in_time = facts.seconds < times * seconds + 0.05
    if facts.in_time then break end
  end
  return facts
end

local function within_deadline(seconds)
  return { timeout = seconds, real = true }
end

-- Changes what the name server says while the client waits for its next attempt.
local function names_at_first_wait(names)
  return function(_, paced)
    local sleep = paced.sleep
    paced.sleep = function(self, seconds)
      server:names(names)
      paced.sleep = sleep
      return sleep(self, seconds)
    end
  end
end

local faults = {}

function faults.no_such_name()
  server:names {}
  return increment {}
end

function faults.name_without_address()
  server:names { [NAME] = {} }
  return increment {}
end

function faults.name_that_comes_back()
  server:names {}
  return increment({}, names_at_first_wait { [NAME] = { ALIVE } })
end

function faults.silent_name_server()
  server:names({}, true)
  return in_time(2, function(seconds)
    return { connect_timeout = seconds, max_attempts = 2 }
  end)
end

function faults.silent_name_server_within_deadline()
  server:names({}, true)
  return in_time(1, within_deadline)
end

function faults.first_address_refuses()
  server:names { [NAME] = { "127.0.0.1", ALIVE } }
  return increment {}
end

function faults.first_address_is_a_black_hole()
  server:names { [NAME] = { BLACK_HOLE, ALIVE } }
  return increment {}
end

function faults.black_hole()
  server:names { [NAME] = { BLACK_HOLE } }
  return in_time(4, function(seconds)
    return { connect_timeout = seconds }
  end)
end

function faults.black_hole_that_moves()
  server:names { [NAME] = { BLACK_HOLE } }
  return increment({ connect_timeout = 1 }, names_at_first_wait { [NAME] = { ALIVE } })
end

function faults.black_hole_within_deadline()
  server:names { [NAME] = { BLACK_HOLE } }
  return in_time(1, within_deadline)
end

-- The machine behind the name goes away, and its connection with it; another has the name by now.
function faults.address_that_moves()
  local other = fault.start("127.0.0.2:" .. server.port)
  other:requests {}
  server:names { [NAME] = { "127.0.0.2" } }
  return increment({}, function(db)
    assert(db:get_item { TableName = classes.TABLE, Key = { id = "warm" } })
    server:names { [NAME] = { ALIVE } }
    other:stop()
  end)
end

local facts = {}
for name, run in pairs(faults) do
  facts[name] = run()
end
server:stop()
return facts
