-- SPDX-License-Identifier: MIT
-- The libcurl transport against a server that fails as told. Each row names the fault it proves.

local curl = require "dynamo.curl"
local fault = require "support.fault"
local transport = require "dynamo.call.transport.curl"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local answer = fault.answer
local GOOD = answer("good")

describe("the libcurl transport", function()
  local server, client

  setup(function() server = fault.start() end)
  teardown(function() server:stop() end)
  before_each(function() client = transport.new { ca_file = server:ca_file(), proxy = "" } end)
  after_each(function() client:close() end)

  -- A POST to the fault server; `changes` replaces fields, `timeout` is in seconds.
  local function send(changes, timeout, through)
    local request = {
      method = "POST", scheme = "http", host = "127.0.0.1", port = server.port, path = "/",
      headers = { { "Host", "127.0.0.1" }, { "Content-Type", "application/x-amz-json-1.0" } },
      body = "{}",
    }
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

  local refused = { "transport", "ConnectionRefused", "none" }
  local long = ("x"):rep(100)
  local FAULTS = {
    { "F5 connection refused", nil, refused, request = { port = 1 } },
    { "F1 no such host", nil, { "transport", "HostNotFound", "none" },
      request = { host = "no-such-host.invalid" } },
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
      local options = { ca_file = server:ca_file(), proxy = "" }
      for key, value in pairs(row.options or {}) do options[key] = value end
      local own = transport.new(options)
      local timeout, began = row.timeout or 10, curl.monotonic()
      assert_fails(expected, send(row.request, timeout, own))
      assert.is_true(curl.monotonic() - began < timeout + 1) -- P8
      server:script(answering(GOOD))
      assert.equal("good", assert(send(nil, nil, own)).body) -- still usable
      own:close()
    end)
  end

  local UNTRUSTED = {
    { "F9 an expired certificate", { tls = "expired" } },
    { "F10 a certificate for another host", { tls = "wrong_host" } },
    { "F11 a self-signed certificate", { tls = "self_signed" } },
    { "F12 a server that knows no TLS above 1.1", { tls = "old_protocol" } },
    { "F13 plain HTTP on the TLS port", { greeting = "HTTP/1.1 400 Bad Request\r\n\r\n" },
      plain = true },
  }

  for _, row in ipairs(UNTRUSTED) do
    it("refuses " .. row[1], function()
      server:script { { tls = row[2].tls, greeting = row[2].greeting, exchanges = { {} } } }
      assert_fails({ "tls", "TlsFailed", "none" }, send { scheme = "https" })
      local log = server:final_log()
      assert.equal(0, #log.requests)
      if not row.plain then assert.equal(0, log.connections[1].bytes) end
    end)
  end

  it("refuses an authority that only the ca_file does not name", function()
    server:script { { tls = "good", exchanges = { {} } } }
    local system = transport.new { proxy = "" }
    assert_fails({ "tls", "TlsFailed", "none" }, send({ scheme = "https" }, nil, system))
    system:close()
    assert.equal(200, assert(send { scheme = "https" }).status)
  end)

  for _, status in ipairs { "301 Moved", "302 Found", "307 Temporary", "308 Permanent" } do
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

  it("keeps a connection for the next request", function()
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    for _ = 1, 5 do assert.equal(200, assert(send()).status) end
    assert.equal(1, #server:log().connections)
  end)

  for scheme, tls in pairs { http = false, https = "good" } do
    for _, close in ipairs { "fin", "rst", "silent" } do
      it(("F17 reconnects over %s after an idle %s"):format(scheme, close), function()
        server:script { { tls = tls or nil, exchanges = { {} }, close = close } }
        for round = 1, 3 do
          assert.equal(200, assert(send { scheme = scheme }).status)
          local log = server:final_log()
          assert.same({ round, round }, { #log.connections, log.applied })
        end
      end)
    end
  end

  it("F48 obeys Connection: close", function()
    server:script { { exchanges = { { send = { answer("good", "Connection: close\r\n") } } },
      ["repeat"] = true, close = "hold" } }
    assert.equal("good", assert(send()).body)
    assert.equal("good", assert(send()).body)
    assert.equal(2, #server:log().connections)
  end)

  for scheme, tls in pairs { http = false, https = "good" } do
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

  it("takes the final header block, not the 1xx ones before it", function()
    server:script(answering("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
      .. "HTTP/1.1 103 Hints\r\nX-Early: 2\r\n\r\n" .. GOOD))
    local response = assert(send())
    assert.same({ 200, "good" }, { response.status, response.body })
    assert.is_nil(response.headers["x-early"])
  end)

  it("gives headers in lower case, repeated ones joined, trailers left out", function()
    server:script(answering("HTTP/1.1 200 OK\r\nX-One:  a \r\nx-ONE:b\r\nX-Empty:\r\n"
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

  it("F16 sends the caller's headers and Content-Length, and waits for no 100", function()
    server:script { { exchanges = { {} } } }
    local body = ("b"):rep(2 ^ 21) -- libcurl would ask with Expect above 1 MiB
    assert.equal(200, assert(send { body = body,
      headers = { { "Host", "h" }, { "X-Empty", "" }, { "X-Text", "a b" } } }).status)
    local request = server:log().requests[1]
    assert.same({ { "Host", "h" }, { "X-Empty", "" }, { "X-Text", "a b" },
      { "Content-Length", tostring(#body) } }, request.headers)
    assert.equal(#body, request.body_bytes)
  end)

  it("sends GET without a body and PUT with its length, on one handle", function()
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
  end)

  for name, changes in pairs {
    ["a line end in a value"] = { headers = { { "X-Token", "hidden\r\nX-Evil: 1" } } },
    ["a NUL in a value"] = { headers = { { "X-Token", "hidden\0" } } },
    ["a DEL in a value"] = { headers = { { "X-Token", "hidden\127" } } },
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

  it("reports a proxy that refuses, without its password", function()
    server:script { { exchanges = { { send = { answer("", "", "407 Who") } } } } }
    local proxy = ("http://user:hidden@127.0.0.1:%d"):format(server.port)
    local own = transport.new { ca_file = server:ca_file(), proxy = proxy }
    local target = { scheme = "https", host = "db.example", port = 443 }
    local response, message, err = send(target, nil, own)
    own:close()
    assert_fails({ "transport", "ProxyFailed", "none" }, response, message, err)
    assert.is_nil(message:find("hidden", 1, true))
    assert.equal("CONNECT", server:log().requests[1].method)
  end)

  it("sends a request with proxy = false through none, the next one through it", function()
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local own = transport.new { proxy = ("http://127.0.0.1:%d"):format(server.port) }
    for i, proxy in ipairs { "yes", false, "yes", false } do
      assert(send({ path = "/" .. i, proxy = proxy }, nil, own))
    end
    own:close()
    local through = ("http://127.0.0.1:%d"):format(server.port) -- a proxy gets the whole URL
    local paths = {}
    for _, request in ipairs(server:log().requests) do paths[#paths + 1] = request.path end
    table.sort(paths) -- the log is by connection
    assert.same({ "/2", "/4", through .. "/1", through .. "/3" }, paths)
  end)

  it("keeps a proxy's password out of the message about an unusable proxy", function()
    local own = transport.new { proxy = "nonsense://user:hidden@127.0.0.1:1" }
    local response, message = send(nil, nil, own)
    own:close()
    assert.is_nil(response)
    assert.is_nil(message:find("hidden", 1, true))
  end)

  describe("as an object", function()
    it("closes twice and raises on use afterwards", function()
      client:close()
      client:close()
      assert.has_error(send, "the transport is closed")
    end)

    it("raises on a ca_file that is missing, a directory or no PEM", function()
      for _, path in ipairs { "/nonexistent.pem", "/", "spec/fault/transport_spec.lua" } do
        local ok, problem = pcall(transport.new, { ca_file = path })
        assert.is_false(ok)
        assert.truthy(problem:find(path, 1, true))
      end
    end)

    it("gives the clocks", function()
      local wall, monotonic = client:now(), client:monotonic()
      assert.is_true(math.abs(wall - os.time()) < 2)
      client:sleep(0.01)
      assert.is_true(client:monotonic() >= monotonic + 0.01)
    end)

    it("refuses an nginx worker by the name of its phase", function()
      local phase = "access"
      _G.ngx = { get_phase = function() return phase end }
      local ok, problem = pcall(transport.new)
      phase = "init"
      local allowed = pcall(transport.new)
      _G.ngx = nil
      assert.is_false(ok)
      assert.truthy(problem:find('"access"', 1, true))
      assert.is_true(allowed)
    end)
  end)

  describe("its handle", function()
    it("raises on misuse", function()
      local handle = curl.new {}
      for _, arguments in ipairs {
        { "POST", "http://h/", {}, "", 0 }, { "POST", "http://h/", {}, "", -1 },
        { "POST", "http://h/", {}, "", 0 / 0 }, { "POST", "http://h/", "", "", 1 },
        { "POST", "http://h/", { "a: b" }, "", 1 }, { "POST", "http://h/", { { "a", 1 } }, "", 1 },
        { "POST", "http://h/", { { "a" } }, "", 1 },
      } do
        assert.is_false(pcall(handle.send, handle, unpack(arguments)))
      end
      handle:close()
      handle:close()
      assert.is_false(pcall(handle.send, handle, "POST", "http://h/", {}, "", 1))
      assert.is_false(pcall(handle.send, io.stdout, "POST", "http://h/", {}, "", 1))
      assert.is_false(pcall(curl.new, { connect_timeout_ms = 0 }))
      assert.is_false(pcall(curl.new))
    end)

    it("has a locked metatable and survives a finaliser called by hand", function()
      local handle = curl.new {}
      assert.equal("locked", getmetatable(handle))
      local finalise = debug.getmetatable(handle).__gc
      finalise(handle)
      finalise(handle)
      assert.is_false(pcall(finalise, io.stdout))
      assert.is_false(pcall(handle.send, handle, "GET", "http://h/", {}, "", 1))
    end)
  end)
end)
