-- SPDX-License-Identifier: MIT
-- The fault catalogue: each row is one thing that goes wrong, once for each replay class. A row is
-- { id, what, ... }:
--
--   exchanges   what happens to the first requests, as fault_server/server.py documents; all
--               is well after
--   always      ... but the last exchange is that of all requests
--   expect      class -> outcome (support/fault/outcomes.lua); other classes are not tried
--   tls         over HTTPS; the certificate is good unless an exchange says otherwise
--   warm        the connection has carried a request before; a table: what happened to that one
--   pad         a text that makes the request large
--   proxy       the server is a proxy
--   options     of the client, or function(server) that makes them
--   skew        how fast the service's clock is, in seconds
--   step        by how much the client's clock is set on at the first wait
--   freeze      how long the client's machine slept between signing and sending
--   keys        what the service knows of access keys (Server:keys)
--   seconds     the wall-clock bound (1); waits between attempts take no time, see paced_transport
--   verify      function(seen) for what else must hold; seen = { result, message, told = err or
--               info, log, sleeps, grown_kb, db, server }
local canary = require "support.canary"
local classes = require "support.fault.replay_classes"
local curl = require "dynamo.curl"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local memory = require "support.fault.memory"

local CATALOGUES = {
  "fault.catalogue_connection", "fault.catalogue_answer", "fault.catalogue_service",
  "fault.catalogue_proxy",
}

local keys = 0

local function new_key()
  keys = keys + 1
  return "item" .. keys
end

-- Returns what is to be compared of a call: the fields of `expected`.
local function facts_of(seen, expected)
  local told = seen.told
  local facts = {
    ok = seen.result and true or nil,
    kind = told.kind,
    code = told.code,
    maybe_applied = told.maybe_applied,
    replayed = told.replayed,
    response_lost = told.response_lost,
    attempts = told.attempts,
    requests = #seen.log.requests,
    applied = seen.applied,
  }
  for name in pairs(facts) do
    if expected[name] == nil then facts[name] = nil end
  end
  return facts
end

describe("the fault", function()
  local server, steady, db, paced
  local told = {} -- what the hooks were given

  local function hear(record) told[#told + 1] = record end

  local hooks = { before_send = hear, after_response = hear, before_retry = hear }

  setup(function()
    server = fault.start()
    steady = fault_client.new(server)
    server:requests {}
  end)
  teardown(function()
    steady:close()
    server:stop()
  end)
  after_each(function()
    server:requests {}
    server:skew(0)
    server:keys {}
    db:close()
    paced:close()
    told = {}
  end)

  -- Gives the client's connection a request before the one that matters.
  local function warm_up(row)
    if not row.warm then return end
    local exchange = type(row.warm) == "table" and row.warm or {}
    server:requests({ exchange }, { tls = row.tls and "good" or nil })
    assert(db:get_item { TableName = classes.TABLE, Key = { id = "warm" } })
    if exchange.close then server:final_log() end
  end

  local function open(row)
    local given = row.options or {}
    local options = { tls = row.tls, hooks = hooks }
    if type(given) == "function" then given = given(server) end
    for name, value in pairs(given) do options[name] = value end
    db, paced = fault_client.new(server, options)
    paced.step, paced.freeze = row.step or 0, row.freeze or 0
    paced.wall = -paced.freeze
    server:skew(row.skew or 0)
    server:keys(row.keys or {})
  end

  -- Runs one class through a row; returns what was seen.
  local function go_through(row, class)
    local key = new_key()
    class.prepare(steady, key)
    local before = server:look(classes.TABLE, { key })[1].applied
    open(row)
    warm_up(row)
    server:requests(row.exchanges or {},
      { tls = row.tls and "good" or nil, ["repeat"] = row.always, proxy = row.proxy })
    local growth, began = memory.watch(), curl.monotonic()
    local result, message, outcome = class.run(db, key, row.pad)
    local seconds, grown_kb = curl.monotonic() - began, growth()
    local look = server:look(classes.TABLE, { key })[1]
    assert.equal(class.expected(look.applied), class.state(look.item))
    return { result = result, message = message, told = outcome, seconds = seconds,
      grown_kb = grown_kb, log = server:log(), sleeps = paced.sleeps,
      applied = look.applied - before, db = db, server = server }
  end

  local function judge(row, seen, expected)
    assert.same(expected, facts_of(seen, expected))
    assert.is_nil(canary.find { seen.message, seen.told, tostring(seen.told), seen.log, told,
      tostring(seen.db) })
    assert.is_true(seen.seconds < (row.seconds or 1), seen.seconds .. " s")
    if row.verify then row.verify(seen) end
  end

  for _, catalogue in ipairs(CATALOGUES) do
    for _, row in ipairs(require(catalogue)) do
      for _, name in ipairs(classes.NAMES) do
        local expected = row.expect[name]
        if expected then
          it(("%s %s (%s)"):format(row[1], row[2], name), function()
            judge(row, go_through(row, classes[name]), expected)
          end)
        end
      end
    end
  end
end)
