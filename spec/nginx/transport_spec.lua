-- SPDX-License-Identifier: MIT
-- The cosocket transport in a real nginx against a server that fails as told. Each row names the
-- fault it proves; the rows are those of spec/fault/transport_spec.lua.
local curl = require "dynamo.curl"
local fault = require "support.fault"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("the transport inside nginx (there is no nginx with a Lua module: make setup)")
end

local answer = fault.answer
local GOOD = answer("good")

local CONFIGURATION = [[
  lua_ssl_trusted_certificate %s;
  resolver 127.0.0.1:%d ipv6=off;
]]

describe("the cosocket transport", function()
  local server, host, client

  setup(function()
    server = fault.start()
    local _, port = server:names({}, false, 0)
    host = nginx.start { http = CONFIGURATION:format(server:ca_file(), port) }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  -- A transport whose kept connections are its own: pools of different sizes are different pools.
  local size = 100
  local function new_transport(options)
    local all = { proxy = "", pool_size = size }
    for key, value in pairs(options or {}) do all[key] = value end
    size = size + 1
    return host:transport(all)
  end

  before_each(function() client = new_transport() end)

  -- A POST to the fault server; `changes` replaces fields, `timeout` is in seconds.
  local function send(changes, timeout, through)
    local request = {
      method = "POST", scheme = "http", host = "127.0.0.1", port = server.port, path = "/",
      headers = { { "Host", "127.0.0.1" }, { "Content-Type", "application/x-amz-json-1.0" } },
      body = "{}",
    }
    -- The Lua module of nginx compares a certificate with a name, never with an address.
    if changes and changes.scheme == "https" then request.host = "localhost" end
    for key, value in pairs(changes or {}) do request[key] = value end
    through = through or client
    return through:send(request, through:monotonic() + (timeout or 10))
  end

  local function assert_fails(expected, response, message, err)
    assert.is_nil(response)
    assert.is_string(message)
    assert.equal(message, err.message)
    assert.same(expected, { err.kind, err.code, err.sent, err.status })
  end

  -- One connection that answers with these parts, then closes.
  local function answering(...) return { { exchanges = { { send = { ... } } } } } end

  local long = ("x"):rep(100)
  local FAULTS = {
    { "F5 connection refused", nil, { "transport", "ConnectionRefused", "none" },
      request = { port = 1 } },
    { "F1 no such host", nil, { "transport", "HostNotFound", "none" },
      request = { host = "no-such-host.invalid" } },
    { "F2 a silent DNS server", nil, { "timeout", "ConnectTimeout", "none" },
      request = { host = "silent.example" }, timeout = 0.4, silent_names = true },
    { "closed without an answer on a fresh connection", { { exchanges = { { cut = 0 } } } },
      { "transport", "EmptyAnswer", "complete" } },
    { "F20 reset without an answer on a fresh connection",
      { { exchanges = { { cut = 0 } }, close = "rst" } },
      { "transport", "ConnectionLost", "complete" } },
    { "F14 reset within a large body",
      { { exchanges = { { read = 1000, cut = 0 } }, close = "rst" } },
      { "transport", "ConnectionLost", "partial" }, request = { body = ("b"):rep(2 ^ 24) } },
    { "F15 a server that stops reading",
      { { exchanges = { { read = 1000, delay = 1.5, cut = 0 } }, close = "rst" } },
      { "timeout", "AttemptTimeout", "partial" }, request = { body = ("b"):rep(2 ^ 24) },
      timeout = 0.4 },
    { "cut within the status line", answering("HTTP/1.1 20"),
      { "transport", "EmptyAnswer", "complete" } },
    { "cut within the headers", answering("HTTP/1.1 200 OK\r\nContent-Le"),
      { "integrity", "PartialAnswer", "complete" } },
    { "F24 a body shorter than its Content-Length",
      answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
      { "integrity", "PartialAnswer", "complete", 200 } },
    { "F26 chunked, cut",
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe"),
      { "integrity", "PartialAnswer", "complete", 200 } },
    { "F26 chunked, with a size that is none",
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
      { "integrity", "PartialAnswer", "complete", 200 } },
    { "F45 HTTP/0.9", answering("hello"), { "transport", "BadAnswer", "complete" } },
    { "F45 a garbage status line", answering("HTTP/1.1 what\r\nContent-Length: 0\r\n\r\n"),
      { "transport", "BadAnswer", "complete" } },
    { "F43 two values of Content-Length",
      answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
      { "integrity", "BadAnswer", "complete", 200 } },
    { "F43 a list in Content-Length",
      answering("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab"),
      { "integrity", "BadAnswer", "complete", 200 } },
    { "F43 Content-Length and Transfer-Encoding",
      answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "0\r\n\r\n"),
      { "integrity", "BadAnswer", "complete", 200 } },
    { "a Transfer-Encoding that nobody asked for",
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
      { "integrity", "BadAnswer", "complete", 200 } },
    { "a folded header line",
      answering("HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n"),
      { "integrity", "BadAnswer", "complete", 200 } },
    { "F33 a body over the cap", answering(answer(long:rep(20))),
      { "integrity", "ResponseTooLarge", "complete", 200 }, options = { max_body_bytes = 1000 } },
    { "F33 a body without length over the cap",
      answering("HTTP/1.1 200 OK\r\n\r\n", { text = long, times = 1000 }),
      { "integrity", "ResponseTooLarge", "complete", 200 }, options = { max_body_bytes = 1000 } },
    { "F42 many headers",
      answering("HTTP/1.1 200 OK\r\n", { text = "X-Flood: " .. long .. "\r\n", times = 3000 },
        "\r\n"),
      { "transport", "HeadersTooLarge", "complete" } },
    { "F42 one long header",
      answering("HTTP/1.1 200 OK\r\nX-Flood: ", { text = long, times = 3000 }, "\r\n\r\n"),
      { "transport", "HeadersTooLarge", "complete" } },
    { "F44 a flood of 1xx", answering({ text = "HTTP/1.1 102 Wait\r\n\r\n", times = 10000 }),
      { "transport", "HeadersTooLarge", "complete" } },
    { "F22 a slow drip", { { exchanges = { { drip = 0.05, send = { GOOD } } } } },
      { "timeout", "AttemptTimeout", "complete" }, timeout = 0.4 },
    { "F22 a slow drip within the body",
      { { exchanges = { { drip = 0.02, send = { answer(("b"):rep(100)) } } } } },
      { "timeout", "AttemptTimeout", "complete", 200 }, timeout = 1.5 },
    { "F23 headers, then a stall",
      answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", { delay = 1.5 }),
      { "timeout", "AttemptTimeout", "complete", 200 }, timeout = 0.4 },
    { "F21 no answer until the timeout", { { exchanges = { { delay = 1.5 } } } },
      { "timeout", "AttemptTimeout", "complete" }, timeout = 0.4 },
    { "F8 a stalled TLS handshake", { { tls = "stall" } }, { "timeout", "ConnectTimeout", "none" },
      request = { scheme = "https" }, timeout = 0.4 },
    { "F7 closed before TLS", { {} }, { "transport", "ConnectFailed", "none" },
      request = { scheme = "https" } },
    { "F27 TLS closed without close_notify within a body of known length",
      { { tls = "good", close = "silent",
        exchanges = { { send = { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc" } } } } },
      { "integrity", "PartialAnswer", "complete", 200 }, request = { scheme = "https" } },
  }

  for _, row in ipairs(FAULTS) do
    local name, connections, expected = row[1], row[2], row[3]
    it("reports " .. name, function()
      server:script(connections or {})
      server:names({}, row.silent_names)
      local own = new_transport(row.options)
      local timeout, began = row.timeout or 10, curl.monotonic()
      assert_fails(expected, send(row.request, timeout, own))
      assert.is_true(curl.monotonic() - began < timeout + 1) -- P8
      server:script(answering(GOOD))
      assert.equal("good", assert(send(nil, nil, own)).body) -- still usable
    end)
  end

  -- A handshake that fails is one code to nginx, whether TLS has nothing in common or the peer
  -- went away: the last two may be tried again, and nothing is sent either way.
  local UNTRUSTED = {
    { "F9 an expired certificate", { tls = "expired" }, "TlsFailed", "expired" },
    { "F10 a certificate for another host", { tls = "wrong_host" }, "TlsFailed", "another host" },
    { "F11 a self-signed certificate", { tls = "self_signed" }, "TlsFailed",
      "lua_ssl_trusted_certificate" },
    { "F12 a server that knows no TLS above 1.1", { tls = "old_protocol" }, "ConnectFailed",
      "TLS" },
    { "F13 plain HTTP on the TLS port", { greeting = "HTTP/1.1 400 Bad Request\r\n\r\n" },
      "ConnectFailed", "TLS", plain = true },
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

  for _, status in ipairs { "301 Moved", "307 Temporary" } do
    it("F47 does not follow a " .. status, function()
      local location = ("Location: http://127.0.0.1:%d/elsewhere\r\n"):format(server.port)
      server:script { { exchanges = { { send = { answer("", location, status) } } },
        ["repeat"] = true } }
      local response = assert(send())
      assert.equal(tonumber(status:sub(1, 3)), response.status)
      assert.truthy(response.headers.location:find("/elsewhere", 1, true))
      assert.equal(1, #server:log().requests)
    end)
  end

  for scheme, tls in pairs { http = false, https = "good" } do
    it("keeps a connection for the next request over " .. scheme, function()
      server:script { { tls = tls or nil, exchanges = { {} }, ["repeat"] = true } }
      for _ = 1, 5 do assert.equal(200, assert(send { scheme = scheme }).status) end
      assert.equal(1, #server:log().connections)
    end)

    for _, close in ipairs { "fin", "rst", "silent" } do
      it(("F17 reconnects over %s after an idle %s"):format(scheme, close), function()
        server:script { { tls = tls or nil, exchanges = { {} }, close = close } }
        for round = 1, 3 do
          assert.equal(200, assert(send { scheme = scheme }).status)
          local log = server:final_log()
          assert.same({ round, round }, { #log.connections, log.applied })
        end
      end)

      it(("F18 sends once over %s when a kept connection dies by %s"):format(scheme, close),
        function()
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

    for name, parts in pairs {
      ["in the same packet"] = { GOOD .. answer("bad") },
      ["at once"] = { GOOD, answer("bad") },
      ["later"] = { GOOD, { delay = 0.1 }, answer("", "", "408 Idle") },
    } do
      it(("F46 no stray bytes that come %s are an answer over %s"):format(name, scheme), function()
        server:script {
          { tls = tls or nil, exchanges = { { send = parts } }, ["repeat"] = true },
          { tls = tls or nil, exchanges = { { send = { answer("its own") } } }, ["repeat"] = true },
        }
        assert.equal("good", assert(send { scheme = scheme }).body)
        curl.sleep(0.2)
        assert.equal("its own", assert(send { scheme = scheme }).body)
        assert.equal(2, #server:log().connections)
      end)
    end
  end

  for name, text in pairs {
    ["F48 Connection: close"] = answer("good", "Connection: close\r\n"),
    ["HTTP/1.0"] = (GOOD:gsub("1%.1", "1.0", 1)),
  } do
    it("obeys " .. name, function()
      server:script { { exchanges = { { send = { text } } }, ["repeat"] = true, close = "hold" } }
      assert.equal("good", assert(send()).body)
      assert.equal("good", assert(send()).body)
      assert.equal(2, #server:log().connections)
    end)
  end

  it("F25 hands over a body that only the close ends; its CRC-32 is for the caller", function()
    server:script(answering("HTTP/1.1 200 OK\r\n\r\nabc"))
    assert.equal("abc", assert(send()).body)
  end)

  it("drops the connection of an answer whose length is in doubt", function()
    local twice = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab"
    server:script {
      { exchanges = { { send = { twice } } }, close = "hold" },
      { exchanges = { { send = { GOOD } } } },
    }
    assert_fails({ "integrity", "BadAnswer", "complete", 200 }, send())
    assert.equal("good", assert(send()).body)
    assert.equal(2, #server:log().connections)
  end)

  it("gives headers in lower case, repeated ones joined, 1xx and trailers left out", function()
    server:script(answering("HTTP/1.1 103 Hints\r\nX-Early: 2\r\n\r\n"
      .. "HTTP/1.1 200 OK\r\nX-One:  a \r\nx-ONE:b\r\nX-Empty:\r\n"
      .. "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-One: c\r\n\r\n"))
    local response = assert(send())
    assert.equal("ok", response.body)
    assert.same({ ["x-one"] = "a, b", ["x-empty"] = "", ["transfer-encoding"] = "chunked" },
      response.headers)
  end)

  it("leaves the body as it came, gzip and NUL included", function()
    local bytes = "\31\139\8\0\0\255"
    server:script(answering(answer(bytes, "Content-Encoding: gzip\r\n")))
    assert.equal(bytes, assert(send()).body)
  end)

  it("F16 sends the caller's headers and Content-Length, and a large body whole", function()
    local body = ("b"):rep(2 ^ 21)
    for scheme, tls in pairs { http = false, https = "good" } do
      server:script { { tls = tls or nil, exchanges = { {} } } }
      assert.equal(200, assert(send { scheme = scheme, body = body,
        headers = { { "Host", "h" }, { "X-Empty", "" }, { "X-Text", "a b" } } }).status)
      local request = server:log().requests[1]
      assert.same({ { "Host", "h" }, { "X-Empty", "" }, { "X-Text", "a b" },
        { "Content-Length", tostring(#body) } }, request.headers)
      assert.equal(#body, request.body_bytes)
    end
  end)

  it("reads a large body whole, counted or in chunks", function()
    local body = long:rep(20000)
    local chunk = ("%x\r\n%s\r\n"):format(#body, body)
    for _, text in ipairs {
      answer(body), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" .. chunk .. "0\r\n\r\n",
    } do
      local own = new_transport()
      server:script { { exchanges = { { send = { text } } }, ["repeat"] = true } }
      for _ = 1, 2 do assert.equal(body, assert(send(nil, nil, own)).body) end
      assert.equal(1, #server:log().connections)
    end
  end)

  it("sends GET without a body and PUT with its length, on one connection", function()
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    for _, method in ipairs { "PUT", "GET", "POST", "GET", "PUT" } do
      local body = method == "POST" and "{}" or ""
      assert.equal(200, assert(send { method = method, headers = {}, body = body }).status)
      local requests = server:log().requests
      local request, length = requests[#requests], nil
      for _, header in ipairs(request.headers) do
        if header[1] == "Content-Length" then length = header[2] end
      end
      assert.equal(method, request.method)
      assert.equal(method ~= "GET" and tostring(#body) or nil, length)
    end
    assert.equal(1, #server:log().connections)
  end)

  for name, changes in pairs {
    ["a line end in a value"] = { headers = { { "X-Token", "hidden\r\nX-Evil: 1" } } },
    ["a NUL in a value"] = { headers = { { "X-Token", "hidden\0" } } },
    ["a line end in a name"] = { headers = { { "X-hidden\r\nX-Evil", "1" } } },
    ["an empty name"] = { headers = { { "", "hidden" } } },
    ["a line end in the path"] = { path = "/hidden\r\nX-Evil: 1" },
    ["a space in the path"] = { path = "/hidden x" },
    ["a NUL in the method"] = { method = "POST\0hidden" },
    ["a user in the host"] = { host = "user:hidden@127.0.0.1" },
    ["another scheme"] = { scheme = "file" },
  } do
    it("sends nothing for " .. name, function()
      server:script { { exchanges = { {} } } }
      local response, message, err = send(changes)
      assert.is_nil(response)
      assert.same({ "validation", "none" }, { err.kind, err.sent })
      assert.is_nil(message:find("hidden", 1, true))
      assert.equal(0, #server:log().connections)
    end)
  end

  it("P8 fails at once when the deadline has passed", function()
    server:script { { exchanges = { {} } } }
    assert_fails({ "timeout", "DeadlineExceeded", "none" }, send(nil, -1))
    assert.equal(0, #server:log().connections)
  end)

  describe("by way of a resolver", function()
    it("asks it for a name, and not again while the connection is kept", function()
      server:names { ["db.example"] = { "127.0.0.1" } }
      server:script { { exchanges = { {} }, ["repeat"] = true } }
      for _ = 1, 3 do assert.equal(200, assert(send { host = "db.example" }).status) end
      assert.equal(1, (server:names {}))
      assert.equal(1, #server:log().connections)
    end)

    it("P25 leaves an address after max_lifetime", function()
      local short = new_transport { max_lifetime = 0.5 }
      server:script { { exchanges = { {} }, ["repeat"] = true } }
      assert.equal(200, assert(send(nil, nil, short)).status)
      curl.sleep(0.6)
      assert.equal(200, assert(send(nil, nil, short)).status)
      assert.equal(2, #server:log().connections)
    end)

    it("closes a connection that was idle for idle_timeout", function()
      local short = new_transport { idle_timeout = 0.2 }
      server:script { { exchanges = { {} }, ["repeat"] = true } }
      assert.equal(200, assert(send(nil, nil, short)).status)
      assert.equal(1, #server:final_log().connections)
    end)
  end)
end)
