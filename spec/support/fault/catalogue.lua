-- SPDX-License-Identifier: MIT
-- Runs the fault catalogue (spec/fault/catalogue_*.lua): each row is one thing that goes wrong, once
-- for each replay class. A row is { what, ... }:
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
--   hasty       the option of the client, a time-out, that ends the attempts which the exchanges
--               stall: short, unless the machine is too busy for that (support/patience.lua)
--   verify      function(seen) for what else must hold; seen = { result, message, told = err or
--               info, log, sleeps, grown_kb, db, server }
local assert = require "luassert"
local busted = require "busted"
local canary = require "support.canary"
local classes = require "support.fault.replay_classes"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local memory = require "support.fault.memory"
local patience = require "support.patience"

local M = {}

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

local Run = {}
Run.__index = Run

local keys = 0

local function new_key()
  keys = keys + 1
  return "item" .. keys
end

-- Starts the server, and a client that puts items there as a row needs them.
function Run:start()
  self.server = fault.start()
  self.steady = fault_client.new(self.server)
  self.server:requests {}
  if self.host.start then self.host.start(self.server) end
end

function Run:stop()
  self.steady:close()
  if self.host.stop then self.host.stop() end
  self.server:stop()
end

-- Ends a row, if one is under way.
function Run:reset()
  if not self.db then return end
  self.server:requests {}
  self.server:skew(0)
  self.server:keys {}
  self.db:close()
  self.paced:close()
  self.db = nil
end

-- Opens the client of a row; `seconds` are those of row.hasty.
function Run:open(row, seconds)
  self.told = {} -- what the hooks were given
  local function hear(record)
    self.told[#self.told + 1] = record
  end
  local hooks = { before_send = hear, after_response = hear, before_retry = hear }
  local given, options =
    row.options or {}, { tls = row.tls, hooks = hooks, attempt_timeout = patience.HANG }
  if row.hasty then options[row.hasty] = seconds end
  if type(given) == "function" then given = given(self.server) end
  for name, value in pairs(given) do
    options[name] = value
  end
  self.db, self.paced = fault_client.new(self.server, options, self.host)
  self.paced.step, self.paced.freeze = row.step or 0, row.freeze or 0
  self.paced.wall = -self.paced.freeze
  self.server:skew(row.skew or 0)
  self.server:keys(row.keys or {})
end

-- Gives the client's connection a request before the one that matters.
function Run:warm_up(row)
  if not row.warm then return end
  local exchange = type(row.warm) == "table" and row.warm or {}
  self.server:requests({ exchange }, { tls = row.tls and "good" or nil })
  assert(self.db:get_item { TableName = classes.TABLE, Key = { id = "warm" } })
  if exchange.close then self.server:final_log() end
end

-- Runs one class through a row; returns what was seen.
function Run:go_through(row, class, patient)
  local server, key = self.server, new_key()
  class.prepare(self.steady, key)
  local before = server:look(classes.TABLE, { key })[1].applied
  self:open(row, patient)
  self:warm_up(row)
  server:requests(
    row.exchanges or {},
    { tls = row.tls and "good" or nil, ["repeat"] = row.always, proxy = row.proxy }
  )
  local growth = memory.watch()
  local result, message, told = class.run(self.db, key, row.pad)
  local grown_kb = growth()
  local look = server:look(classes.TABLE, { key })[1]
  assert.equal(class.expected(look.applied), class.state(look.item))
  return {
    result = result,
    message = message,
    told = told,
    grown_kb = grown_kb,
    log = server:log(),
    sleeps = self.paced.sleeps,
    applied = look.applied - before,
    db = self.db,
    server = server,
  }
end

function Run:judge(row, seen, expected)
  assert.same(expected, facts_of(seen, expected))
  assert.equal(seen.told.message, seen.message)
  assert.is_nil(canary.find {
    seen.message,
    seen.told,
    tostring(seen.told),
    seen.log,
    self.told,
    tostring(seen.db),
  })
  if row.verify then row.verify(seen) end
end

-- Defines the tests of a row.
function Run:define(row)
  for _, name in ipairs(self.host.classes or classes.NAMES) do
    local expected = row.expect[name]
    if expected then
      busted.it(("%s (%s)"):format(row[1], name), function()
        local function try(seconds)
          self:reset()
          self:judge(row, self:go_through(row, classes[name], seconds), expected)
        end
        return row.hasty and patience.grow(try) or try()
      end)
    end
  end
end

--- Defines the tests of catalogues.
-- @tparam string subject
-- @tparam {string,...} names of modules that return rows
-- @tparam ?table host where the sockets are, if not in this process: start(server), stop();
--   transport and name, as of support.fault.client; classes to try, if not all; adapt(row) -> the
--   row as it goes there
function M.describe(subject, names, host)
  local run = setmetatable({ host = host or {} }, Run)
  busted.describe(subject, function()
    busted.setup(function()
      run:start()
    end)
    busted.teardown(function()
      run:stop()
    end)
    busted.after_each(function()
      run:reset()
    end)
    for _, name in ipairs(names) do
      for _, row in ipairs(require(name)) do
        run:define(run.host.adapt and run.host.adapt(row) or row)
      end
    end
  end)
end

return M
