-- SPDX-License-Identifier: MIT
-- The cosocket transport by way of an HTTP proxy.
local fault = require "support.fault"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("proxies inside nginx (there is no nginx with a Lua module: make setup)")
end

local INIT = [[ init_by_lua_block { require "dynamo" } ]]

describe("inside nginx, a proxy", function()
  local server, host, from_environment

  -- The fault server is the proxy: what is sent in a tunnel comes to itself.
  local function address(password)
    return ("http://user:%s@127.0.0.1:%d"):format(password or "hidden", server.port)
  end

  setup(function()
    server = fault.start()
    local http = INIT .. "lua_ssl_trusted_certificate " .. server:ca_file() .. ";"
    host = nginx.start { http = http }
    from_environment = nginx.start {
      http = http,
      env = { HTTPS_PROXY = address(), NO_PROXY = "127.0.0.1, .internal" },
    }
  end)
  teardown(function()
    from_environment:stop()
    host:stop()
    server:stop()
  end)

  local function tunnel(exchanges, profile)
    server:requests(exchanges or {}, { tls = profile or "good", proxy = true })
  end

  local function send(transport, changes, seconds)
    local request = {
      method = "POST",
      scheme = "https",
      host = "localhost",
      port = 443,
      path = "/a?b",
      headers = { { "Host", "localhost" } },
      body = "{}",
    }
    for key, value in pairs(changes or {}) do
      request[key] = value
    end
    return transport:send(request, transport:monotonic() + (seconds or 10))
  end

  local size = 200
  local function through(proxy)
    size = size + 1
    return host:transport { proxy = proxy or address(), pool_size = size }
  end

  -- The first lines of what the server was sent.
  local function lines()
    local list = {}
    for i, request in ipairs(server:log().requests) do
      list[i] = request.method .. " " .. request.path
    end
    return list
  end

  it("is asked for a tunnel once, and TLS is verified within it", function()
    tunnel()
    local transport = through()
    for _ = 1, 3 do
      assert.equal(200, assert(send(transport)).status)
    end
    assert.same({ "CONNECT localhost:443", "POST /a?b", "POST /a?b", "POST /a?b" }, lines())
    local log = server:log()
    assert.equal(1, #log.connections)
    assert.same(
      { { "Host", "localhost:443" }, { "Proxy-Authorization", "[redacted]" } },
      log.requests[1].headers
    )
    for _, header in ipairs(log.requests[2].headers) do
      assert.is_nil(header[1]:lower():find("proxy", 1, true))
    end
    tunnel({}, "wrong_host")
    local _, _, err = send(through())
    assert.same({ "tls", "TlsFailed", "none" }, { err.kind, err.code, err.sent })
  end)

  it("gets http requests with their host in them", function()
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local changes = { scheme = "http", host = "db.example", port = 8000 }
    assert.equal(200, assert(send(through(), changes)).status)
    assert.same({ "POST http://db.example:8000/a?b" }, lines())
    assert.same({ "Proxy-Authorization", "[redacted]" }, server:log().requests[1].headers[1])
  end)

  it('is left out by a request that wants none, and by proxy = ""', function()
    server:script { { tls = "good", exchanges = { {} }, ["repeat"] = true } }
    assert.equal(200, assert(send(through(), { proxy = false, port = server.port })).status)
    assert.equal(200, assert(send(through "", { port = server.port })).status)
    assert.same({ "POST /a?b", "POST /a?b" }, lines())
  end)

  it("comes from the environment of nginx's master, NO_PROXY too", function()
    tunnel()
    local transport = from_environment:transport()
    assert.equal(200, assert(send(transport)).status)
    assert.same({ "CONNECT localhost:443", "POST /a?b" }, lines())
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local direct = { scheme = "http", host = "127.0.0.1", port = server.port }
    assert.equal(200, assert(send(transport, direct)).status)
    assert.same({ "POST /a?b" }, lines())
  end)

  local function assert_fails(kind, code, response, message, err)
    assert.is_nil(response)
    assert.same({ kind, code, "none" }, { err.kind, err.code, err.sent })
    assert.is_nil(message:find("hidden", 1, true))
    return message
  end

  it("that refuses is named with its status, without its password", function()
    tunnel { { send = { fault.response("", "", "407 Who are you") } } }
    local message = assert_fails("transport", "ProxyFailed", send(through()))
    assert.matches("407", message, 1, true)
    assert.same({ "CONNECT localhost:443" }, lines())
  end)

  it("that is not there, closes or says nothing is an error of its own", function()
    assert_fails("transport", "ProxyFailed", send(through "http://user:hidden@127.0.0.1:1"))
    server:script { {} }
    assert_fails("transport", "ProxyFailed", send(through()))
    server:script { { exchanges = { { stall = 0 } } } }
    assert_fails("timeout", "ConnectTimeout", send(through(), nil, 0.4))
  end)

  it("that nginx cannot speak to is refused before anything is sent", function()
    local message = assert_fails("config", "BadProxy", send(through "https://user:hidden@p:1"))
    assert.matches("http:// only", message, 1, true)
  end)
end)
