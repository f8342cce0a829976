-- SPDX-License-Identifier: MIT
-- A call ends within 50 ms of its deadline, whatever stalls. Here clocks are real and waits are
-- waited for. Names and routes that stall are in network_spec.lua.
local classes = require "support.fault.replay_classes"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local patience = require "support.patience"
local stopwatch = require "support.stopwatch"

local SLACK = 0.05
local TUNNEL = "HTTP/1.1 200 OK\r\n\r\n"
local LARGE = ("p"):rep(2 ^ 23)
local THROTTLED = { code = "ThrottlingException", message = "slow down" }
local BROKEN = { code = "InternalServerError", message = "oops" }

-- what, exchanges of all attempts, then what the row may say: see `measure`
local ROWS = {
  { "a port where no connection is made", {}, hole = true, maybe = "no" },
  {
    "short tries at such a port",
    {},
    hole = true,
    options = { connect_timeout = 0.08 },
    maybe = "no",
  },
  { "a stalled TLS handshake", { { connect = "stall" } }, tls = true, maybe = "no" },
  { "a server that stops reading", { { read = 1000, stall = 0 } }, pad = LARGE, maybe = "no" },
  { "no answer", { { stall = 0 } } },
  { "no answer over TLS", { { stall = 0 } }, tls = true },
  { "no answer, in short tries", { { stall = 0 } }, options = { attempt_timeout = 0.08 } },
  { "a stall within the headers", { { stall = 50 } } },
  { "a stall after the headers", { { stall = 400, response = { pad = 1000 } } }, maybe = "yes" },
  { "headers a byte at a time", { { drip = 0.1 } } },
  {
    "a body a byte at a time",
    { { drip = 0.01, drip_from = 500, response = { pad = 5000 } } },
    maybe = "yes",
  },
  {
    "1xx without end",
    { { drip = 0.001, send = { { text = "HTTP/1.1 102 Wait\r\n\r\n", times = 1000 } } } },
  },
  { "slow failures", { { error = BROKEN, delay = 0.12, apply = true } } },
  { "a service that always throttles", { { error = THROTTLED } }, maybe = "no" },
  {
    "a service that wants a long wait",
    { { error = THROTTLED, response = { headers = "x-amz-retry-after: 100000\r\n" } } },
    maybe = "no",
  },
  { "a proxy that does not answer", { { stall = 0 } }, proxy = true, maybe = "no" },
  {
    "a proxy that answers a byte at a time",
    { { drip = 0.1, send = { "HTTP/1.1 200 " .. ("x"):rep(1000) } } },
    proxy = true,
    maybe = "no",
  },
  { "a stalled tunnel", { { send = { TUNNEL }, stall = #TUNNEL } }, proxy = true, maybe = "no" },
}

describe("a call ends in time in spite of", function()
  local server, steady

  setup(function()
    server = fault.start()
    server:requests {}
    steady = fault_client.new(server)
  end)
  teardown(function()
    steady:close()
    server:stop()
  end)

  local function client_of(row, timeout)
    local options = { real = true, timeout = timeout, tls = row.tls or row.proxy }
    for name, value in pairs(row.options or {}) do
      options[name] = value
    end
    if row.hole then options.endpoint = "http://127.0.0.1:" .. server:black_hole() end
    if row.proxy then options.proxy = "http://127.0.0.1:" .. server.port end
    return fault_client.new(server, options)
  end

  -- Returns the seconds that a call took, and its error.
  local function measure(row, timeout, class, key)
    local db = client_of(row, timeout)
    server:requests(
      row[2],
      { tls = (row.tls or row.proxy) and "good" or nil, ["repeat"] = true, proxy = row.proxy }
    )
    local elapsed = stopwatch.start()
    local _, _, err = class.run(db, key, row.pad)
    local seconds = elapsed()
    server:requests {}
    db:close()
    return seconds, err
  end

  for _, row in ipairs(ROWS) do
    for _, name in ipairs { "READ", "UNSAFE" } do
      it(("%s (%s)"):format(row[1], name), function()
        local class, key = classes[name], row[1] .. name
        class.prepare(steady, key)
        patience.grow(function(timeout)
          local seconds, err = measure(row, timeout, class, key)
          assert.is_true(seconds <= timeout + SLACK, seconds .. " s")
          assert.equal(name == "UNSAFE" and (row.maybe or "unknown") or nil, err.maybe_applied)
        end)
      end)
    end
  end
end)

-- docs/retries.md: "unknown" stays unknown.
describe("a write that the network delays past the call's end", function()
  local server

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)

  it("arrives afterwards", function()
    local key = "late"
    local function applied()
      return server:look(classes.TABLE, { key })[1].applied
    end
    patience.grow(function(timeout)
      local db = fault_client.new(server, { real = true, timeout = timeout })
      server:requests { { late = true } }
      local before, _, _, err = applied(), classes.UNSAFE.run(db, key)
      db:close()
      assert.same({ "timeout", "unknown", before }, { err.kind, err.maybe_applied, applied() })
      assert.equal(1, #server:log().requests)
      server:requests {}
      server:await("never carries the request out", function(log)
        return log.applied == 1
      end)
      assert.equal(before + 1, applied())
    end)
  end)
end)
