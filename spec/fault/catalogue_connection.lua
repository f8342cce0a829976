-- SPDX-License-Identifier: MIT
-- Faults of connecting, TLS, sending, waiting for a response. support/fault/catalogue.lua says what a
-- row is; names and routes that fail need a network of their own: network_spec.lua.
local assert = require "luassert"
local outcomes = require "support.fault.outcomes"

local LARGE = ("p"):rep(2 ^ 23) -- more than the sockets on the way take in
local HASTE = "attempt_timeout"

local LOST = { "transport", "ConnectionLost" }
local EMPTY = { "transport", "EmptyAnswer" }
local SILENT = { "timeout", "AttemptTimeout" }

-- Returns the outcome of a request whose response was lost in the way of `failure`.
local function lost(failure, applied, answered)
  return outcomes.ambiguous {
    kind = failure[1],
    code = failure[2],
    applied = applied,
    answered = answered,
  }
end

-- ... again and again.
local function always_lost(failure, applied)
  return outcomes.exhausted { kind = failure[1], code = failure[2], applied = applied }
end

local refused = outcomes.told { kind = "tls", code = "TlsFailed", requests = 0 }

local rows = {
  {
    "connection refused",
    options = { endpoint = "http://127.0.0.1:1" },
    expect = outcomes.hopeless { kind = "transport", code = "ConnectionRefused", requests = 0 },
  },
  {
    "accepted, then closed before TLS",
    tls = true,
    exchanges = { { connect = "close" } },
    expect = outcomes.retried { seen = false },
  },
  {
    "each time closed before TLS",
    tls = true,
    exchanges = { { connect = "close" } },
    always = true,
    expect = outcomes.hopeless { kind = "transport", code = "ConnectFailed", requests = 0 },
  },
  {
    "a stalled TLS handshake",
    tls = true,
    exchanges = { { connect = "stall" } },
    hasty = "connect_timeout",
    expect = outcomes.retried { seen = false },
  },
  {
    "each TLS handshake stalled",
    tls = true,
    exchanges = { { connect = "stall" } },
    always = true,
    hasty = "connect_timeout",
    expect = outcomes.hopeless { kind = "timeout", code = "ConnectTimeout", requests = 0 },
  },
  {
    "plain HTTP on the TLS port",
    tls = true,
    always = true,
    expect = refused,
    exchanges = { { connect = "close", greeting = "HTTP/1.1 400 Bad Request\r\n\r\n" } },
  },
  {
    "reset within the request's body",
    pad = LARGE,
    exchanges = { { read = 1000, cut = 0, close = "rst" } },
    expect = outcomes.retried(),
  },
  {
    "a server that stops reading",
    pad = LARGE,
    hasty = HASTE,
    exchanges = { { read = 1000, stall = 0 } },
    expect = outcomes.retried(),
  },
  {
    "no 100 Continue ever",
    pad = LARGE,
    expect = outcomes.unharmed(),
    verify = function(seen)
      for _, header in ipairs(seen.log.requests[1].headers) do
        assert.not_equal("expect", header[1]:lower())
      end
    end,
  },
  {
    "applied, then closed within TLS",
    tls = true,
    warm = true,
    exchanges = { { cut = 0 } },
    expect = lost(LOST, true),
  },
  {
    "applied, then closed by TCP alone",
    tls = true,
    warm = true,
    exchanges = { { cut = 0, close = "silent" } },
    expect = lost(LOST, true),
  },
  {
    "not applied, then closed within TLS",
    tls = true,
    warm = true,
    exchanges = { { cut = 0, apply = false } },
    expect = lost(LOST, false),
  },
  {
    "applied, then no answer",
    hasty = HASTE,
    exchanges = { { stall = 0 } },
    expect = lost(SILENT, true),
  },
  {
    "not applied, and no answer",
    hasty = HASTE,
    exchanges = { { stall = 0, apply = false } },
    expect = lost(SILENT, false),
  },
  {
    "applied, then no answer on a kept connection",
    hasty = HASTE,
    warm = true,
    exchanges = { { stall = 0 } },
    expect = lost(SILENT, true),
  },
  {
    "applied each time, and no answer ever",
    hasty = HASTE,
    exchanges = { { stall = 0 } },
    always = true,
    expect = always_lost(SILENT, true),
  },
  {
    "applied each time, and always reset",
    exchanges = { { cut = 0, close = "rst" } },
    always = true,
    expect = always_lost(LOST, true),
  },
  {
    "never applied, and always reset",
    always = true,
    exchanges = { { cut = 0, close = "rst", apply = false } },
    expect = always_lost(LOST, false),
  },
  {
    "applied, then an answer a byte at a time",
    hasty = HASTE,
    exchanges = { { drip = 0.1 } },
    expect = lost(SILENT, true),
  },
  {
    "applied, then a body a byte at a time",
    hasty = HASTE,
    exchanges = { { drip = 0.1, drip_from = 500, response = { pad = 1000 } } },
    expect = lost(SILENT, true, true),
  },
  {
    "applied, headers, then a stall",
    hasty = HASTE,
    exchanges = { { stall = 500, response = { pad = 1000 } } },
    expect = lost(SILENT, true, true),
  },
  {
    "applied, then a stall within the headers",
    hasty = HASTE,
    exchanges = { { stall = 100 } },
    expect = lost(SILENT, true),
  },
}

-- What TLS must not be fooled by. No byte of HTTP is sent.
for _, certificate in ipairs {
  { "an expired certificate", "expired" },
  { "a certificate of next week", "not_yet_valid" },
  { "a certificate for another host", "wrong_host" },
  { "a self-signed certificate", "self_signed" },
  { "a certificate by an unknown authority", "unknown_ca" },
  { "a certificate by an issuer that is no authority", "no_ca" },
  { "a certificate whose intermediate is not sent", "no_chain" },
  { "a certificate for clients alone", "client_only" },
  { "a certificate with a key of RSA-1024", "weak_key" },
  { "a certificate signed with SHA-1", "weak_hash" },
  { "nothing above TLS 1.1", "old_protocol" },
} do
  rows[#rows + 1] = {
    certificate[1],
    tls = true,
    always = true,
    expect = refused,
    exchanges = { { connect = "tls", tls = certificate[2] } },
    verify = function(seen)
      assert.equal(1, #seen.log.connections)
      assert.equal(0, seen.log.connections[1].bytes)
    end,
  }
end

-- ... so these differ from them in that alone, and are fine.
for what, profile in pairs { ["an intermediate that is sent"] = "chain", ["its own"] = "good" } do
  rows[#rows + 1] = {
    "a good certificate with " .. what,
    tls = true,
    exchanges = { { connect = "tls", tls = profile } },
    expect = outcomes.unharmed(),
  }
end

-- The connection goes away, by itself or with the request in it.
for _, close in ipairs { "fin", "rst", "silent" } do
  for _, tls in ipairs { false, true } do
    local over = (" (%s, %s)"):format(close, tls and "TLS" or "plain")
    rows[#rows + 1] = {
      "an idle connection closed" .. over,
      tls = tls,
      warm = { close = close },
      exchanges = {},
      expect = outcomes.unharmed(),
    }
  end
  if close ~= "silent" then
    rows[#rows + 1] = {
      "applied on a kept connection, no answer: " .. close,
      warm = true,
      exchanges = { { cut = 0, close = close } },
      expect = lost(LOST, true),
    }
    rows[#rows + 1] = {
      "not applied on a kept connection, no answer: " .. close,
      warm = true,
      exchanges = { { cut = 0, close = close, apply = false } },
      expect = lost(LOST, false),
    }
    rows[#rows + 1] = {
      "applied on a fresh connection, no answer: " .. close,
      exchanges = { { cut = 0, close = close } },
      expect = lost(close == "fin" and EMPTY or LOST, true),
    }
  end
end

return rows
