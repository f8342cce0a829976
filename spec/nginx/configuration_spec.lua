-- SPDX-License-Identifier: MIT
-- What the cosocket transport says when nginx.conf lacks what it needs.
local fault = require "support.fault"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("nginx.conf (there is no nginx with a Lua module: make setup)")
end

describe("with an nginx.conf that lacks", function()
  local server, host

  setup(function()
    server, host = fault.start(), nginx.start {}
    server:script { { tls = "good", exchanges = { {} } } }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  local function send(options, changes)
    local request = {
      method = "POST",
      scheme = "https",
      host = "localhost",
      port = server.port,
      path = "/",
      headers = {},
      body = "{}",
    }
    for key, value in pairs(changes or {}) do
      request[key] = value
    end
    local transport = host:transport(options)
    return transport:send(request, transport:monotonic() + 10)
  end

  local function assert_fails(kind, code, remedy, response, message, err)
    assert.is_nil(response)
    assert.same({ kind, code, "none" }, { err.kind, err.code, err.sent })
    assert.matches(remedy, message, 1, true)
  end

  it("lua_ssl_trusted_certificate, the error says to set it", function()
    assert_fails("tls", "TlsFailed", "set lua_ssl_trusted_certificate ", send { proxy = "" })
    assert.equal(0, server:final_log().connections[1].bytes)
  end)

  it("depth for the certificate's chain, the error says to set lua_ssl_verify_depth", function()
    server:script { { tls = "chain", exchanges = { {} } } }
    local shallow = nginx.start {
      http = ("lua_ssl_trusted_certificate %s; %s"):format(
        server:ca_file(),
        "lua_ssl_verify_depth 0;"
      ),
    }
    local transport = shallow:transport { proxy = "" }
    local request = {
      method = "POST",
      scheme = "https",
      host = "localhost",
      port = server.port,
      path = "/",
      headers = {},
    }
    local response, message, err = transport:send(request, transport:monotonic() + 10)
    shallow:stop()
    assert_fails("tls", "TlsFailed", "lua_ssl_verify_depth 4", response, message, err)
  end)

  it("a resolver, the error says to set one for a name, and there is none for localhost", function()
    assert_fails(
      "config",
      "NoResolver",
      "set resolver",
      send({ proxy = "" }, { host = "db.example" })
    )
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    assert.equal(200, assert(send({ proxy = "" }, { scheme = "http" })).status)
  end)

  it("a use for ca_file, the error says what to set instead", function()
    assert_fails(
      "config",
      "CaFileInNginx",
      "lua_ssl_trusted_certificate",
      send { proxy = "", ca_file = server:ca_file() }
    )
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    assert.equal(
      200,
      assert(send({ proxy = "", ca_file = server:ca_file() }, { scheme = "http" })).status
    )
  end)
end)
