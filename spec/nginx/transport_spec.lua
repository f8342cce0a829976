-- SPDX-License-Identifier: MIT
-- The cosocket transport in a real nginx: what every transport does, and what is nginx's own.
local contract = require "support.fault.transport_contract"
local curl = require "dynamo.curl"
local fault = require "support.fault"
local nginx = require "support.nginx"
local patience = require "support.patience"

if not nginx.is_installed() then
  return pending("the transport inside nginx (there is no nginx with a Lua module: make setup)")
end

local CONFIGURATION = [[
  lua_ssl_trusted_certificate %s;
  resolver 127.0.0.1:%d ipv6=off;
]]

describe("the cosocket transport", function()
  local server, host
  -- The Lua module of nginx compares a certificate with a name, never with an address.
  local subject = { secure_host = "localhost" }
  local send, assert_fails = contract.sender(subject), contract.assert_fails

  setup(function()
    server = fault.start()
    subject.server = server
    local _, port = server:names({}, false, 0)
    host = nginx.start { http = CONFIGURATION:format(server:ca_file(), port) }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  -- A transport whose kept connections are its own: pools of different sizes are different pools.
  local size = 100
  function subject.new(options)
    local all = { proxy = "", pool_size = size }
    for key, value in pairs(options or {}) do
      all[key] = value
    end
    size = size + 1
    return host:transport(all)
  end

  before_each(function()
    subject.client = subject.new()
  end)

  contract.define(subject)

  it("gives a silent DNS server up in time", function()
    server:names({}, true)
    patience.grow(function(seconds)
      local began = curl.monotonic()
      assert_fails(
        { "timeout", "ConnectTimeout", "none" },
        send({ host = "silent.example" }, math.min(seconds, 3))
      )
      assert.is_true(curl.monotonic() - began < seconds + 1)
    end)
    server:names({}, false)
  end)

  -- A handshake that fails is one code to nginx, whether TLS has nothing in common or the peer
  -- went away: the last two may be tried again, and nothing is sent either way.
  local UNTRUSTED = {
    { "an expired certificate", { tls = "expired" }, "TlsFailed", "expired" },
    { "a certificate for another host", { tls = "wrong_host" }, "TlsFailed", "another host" },
    {
      "a self-signed certificate",
      { tls = "self_signed" },
      "TlsFailed",
      "lua_ssl_trusted_certificate",
    },
    {
      "a server that knows no TLS above 1.1",
      { tls = "old_protocol" },
      "ConnectFailed",
      "TLS",
    },
    {
      "plain HTTP on the TLS port",
      { greeting = "HTTP/1.1 400 Bad Request\r\n\r\n" },
      "ConnectFailed",
      "TLS",
      plain = true,
    },
  }

  for _, row in ipairs(UNTRUSTED) do
    it("refuses " .. row[1], function()
      server:script { { tls = row[2].tls, greeting = row[2].greeting, exchanges = { {} } } }
      local response, message, err = send { scheme = "https" }
      local kind = row[3] == "TlsFailed" and "tls" or "transport"
      assert_fails({ kind, row[3], "none" }, response, message, err)
      assert.matches(row[4], message, 1, true)
      local log = server:final_log()
      assert.equal(0, #log.requests)
      if not row.plain then assert.equal(0, log.connections[1].bytes) end
    end)
  end

  it("refuses a good certificate under an address, since nginx compares names alone", function()
    server:script { { tls = "good", exchanges = { {} } } }
    assert_fails({ "tls", "TlsFailed", "none" }, send { scheme = "https", host = "127.0.0.1" })
    assert.equal(0, #server:final_log().requests)
  end)

  for scheme, tls in pairs { http = false, https = "good" } do
    for _, close in ipairs { "fin", "rst", "silent" } do
      it(("sends once over %s when a kept connection dies by %s"):format(scheme, close), function()
        server:script {
          { tls = tls or nil, exchanges = { { apply = false }, { cut = 0 } }, close = close },
          { tls = tls or nil, exchanges = { {} }, ["repeat"] = true },
        }
        assert.equal(200, assert(send { scheme = scheme, path = "/first" }).status)
        local response, message, err = send { scheme = scheme, path = "/second" }
        assert_fails({ "transport", "ConnectionLost", "complete" }, response, message, err)
        local log = server:log()
        assert.equal(1, log.applied)
        assert.equal(2, #log.requests)
      end)
    end
  end

  describe("by way of a resolver", function()
    it("asks it for a name, and not again while the connection is kept", function()
      server:names { ["db.example"] = { "127.0.0.1" } }
      server:script { { exchanges = { {} }, ["repeat"] = true } }
      for _ = 1, 3 do
        assert.equal(200, assert(send { host = "db.example" }).status)
      end
      assert.equal(1, (server:names {}))
      assert.equal(1, #server:log().connections)
    end)

    it("leaves an address after max_lifetime", function()
      local short = subject.new { max_lifetime = 0.5 }
      server:script { { exchanges = { {} }, ["repeat"] = true } }
      assert.equal(200, assert(send(nil, nil, short)).status)
      curl.sleep(0.6)
      assert.equal(200, assert(send(nil, nil, short)).status)
      assert.equal(2, #server:log().connections)
    end)

    it("closes a connection that was idle for idle_timeout", function()
      local short = subject.new { idle_timeout = 0.2 }
      server:script { { exchanges = { {} }, ["repeat"] = true } }
      assert.equal(200, assert(send(nil, nil, short)).status)
      assert.equal(1, #server:final_log().connections)
    end)
  end)
end)
