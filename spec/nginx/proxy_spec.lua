-- SPDX-License-Identifier: MIT
-- The cosocket transport by way of an HTTP proxy.
local fault = require "support.fault"
local nginx = require "support.nginx"
local proxies = require "support.proxy"

if not nginx.is_installed() then
  return pending("proxies inside nginx (there is no nginx with a Lua module: make setup)")
end

local INIT = [[ init_by_lua_block { require "dynamo" } ]]

describe("inside nginx, a proxy", function()
  local server, proxy, host, from_environment

  setup(function()
    server, proxy = fault.start(), proxies.start()
    local http = INIT .. "lua_ssl_trusted_certificate " .. server:ca_file() .. ";"
    host = nginx.start { http = http }
    from_environment = nginx.start { http = http, env = {
      HTTPS_PROXY = "http://user:hidden@127.0.0.1:" .. proxy.port,
      NO_PROXY = "127.0.0.1, .internal",
    } }
  end)
  teardown(function()
    from_environment:stop()
    host:stop()
    proxy:stop()
    server:stop()
  end)

  before_each(function()
    server:script { { tls = "good", exchanges = { {} }, ["repeat"] = true } }
    proxy:lead(server.port)
  end)

  local function send(transport, changes, seconds)
    local request = { method = "POST", scheme = "https", host = "localhost", port = 443,
      path = "/a?b", headers = { { "Host", "localhost" } }, body = "{}" }
    for key, value in pairs(changes or {}) do request[key] = value end
    return transport:send(request, transport:monotonic() + (seconds or 10))
  end

  local size = 200
  local function through(address)
    size = size + 1
    return host:transport {
      proxy = address or ("http://user:hidden@127.0.0.1:" .. proxy.port), pool_size = size }
  end

  it("is asked for a tunnel once, and TLS is verified within it", function()
    local transport = through()
    for _ = 1, 3 do assert.equal(200, assert(send(transport)).status) end
    assert.same({ { line = "CONNECT localhost:443 HTTP/1.1", headers = { Host = "localhost:443",
      ["Proxy-Authorization"] = "Basic dXNlcjpoaWRkZW4=" } } }, proxy:asked())
    local log = server:log()
    assert.equal(1, #log.connections)
    assert.equal("/a?b", log.requests[1].path)
    for _, header in ipairs(log.requests[1].headers) do
      assert.is_nil(header[1]:lower():find("proxy", 1, true))
    end
    server:script { { tls = "wrong_host", exchanges = { {} } } }
    local _, _, err = send(through())
    assert.same({ "tls", "TlsFailed", "none" }, { err.kind, err.code, err.sent })
  end)

  it("gets http requests with their host in them", function()
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local transport = through("http://user:hidden@127.0.0.1:" .. server.port)
    assert.equal(200, assert(send(transport, { scheme = "http", host = "db.example", port = 8000 }))
      .status)
    local request = server:log().requests[1]
    assert.equal("http://db.example:8000/a?b", request.path)
    assert.same({ "Proxy-Authorization", "Basic dXNlcjpoaWRkZW4=" }, request.headers[1])
    assert.same({ "Host", "localhost" }, request.headers[2])
  end)

  it("is left out by a request that wants none, and by proxy = \"\"", function()
    assert.equal(200, assert(send(through(), { proxy = false, port = server.port })).status)
    assert.equal(200, assert(send(through "", { port = server.port })).status)
    assert.same({}, proxy:asked())
  end)

  it("comes from the environment of nginx's master, NO_PROXY too", function()
    local transport = from_environment:transport()
    assert.equal(200, assert(send(transport)).status)
    assert.equal(1, #proxy:asked())
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local direct = { scheme = "http", host = "127.0.0.1", port = server.port }
    assert.equal(200, assert(send(transport, direct)).status)
    assert.equal(1, #proxy:asked())
  end)

  local function assert_fails(kind, code, response, message, err)
    assert.is_nil(response)
    assert.same({ kind, code, "none" }, { err.kind, err.code, err.sent })
    assert.is_nil(message:find("hidden", 1, true))
    return message
  end

  it("that refuses is named with its status, without its password", function()
    proxy:lead(server.port, 407)
    local message = assert_fails("transport", "ProxyFailed", send(through()))
    assert.matches("407", message, 1, true)
    assert.equal(0, #server:log().connections)
  end)

  it("that is not there, closes or says nothing is an error of its own", function()
    assert_fails("transport", "ProxyFailed", send(through "http://user:hidden@127.0.0.1:1"))
    server:script { {} }
    assert_fails("transport", "ProxyFailed",
      send(through("http://user:hidden@127.0.0.1:" .. server.port)))
    server:script { { exchanges = { { delay = 1.5 } } } }
    assert_fails("timeout", "ConnectTimeout",
      send(through("http://user:hidden@127.0.0.1:" .. server.port), nil, 0.4))
  end)

  it("that nginx cannot speak to is refused before anything is sent", function()
    local message = assert_fails("config", "BadProxy", send(through "https://user:hidden@p:1"))
    assert.matches("http:// only", message, 1, true)
  end)
end)
