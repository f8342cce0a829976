-- SPDX-License-Identifier: MIT
-- A kept-alive connection dies after the request was read, before a byte of
-- response. libcurl then sends the request again on its own; through this client it must not.

local fault = require "support.fault"
local transport = require "dynamo.transport.curl"

-- The first request is answered and not counted, the second is read, counted and never answered.
-- A client that sends it again finds a server that counts and answers.
local function dying(tls, close)
  return {
    { tls = tls, exchanges = { { apply = false }, { cut = 0 } }, close = close },
    { tls = tls, exchanges = { {} }, ["repeat"] = true },
  }
end

describe("a kept-alive connection that dies without a response", function()
  local server, client

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)
  before_each(function()
    client = transport.new { ca_file = server:ca_file(), proxy = "" }
  end)
  after_each(function()
    client:close()
  end)

  local function send(scheme, path)
    return client:send({
      method = "POST",
      scheme = scheme,
      host = "127.0.0.1",
      port = server.port,
      path = path,
      headers = { { "Host", "127.0.0.1" }, { "Content-Type", "application/x-amz-json-1.0" } },
      body = "{}",
    }, client:monotonic() + 10)
  end

  for scheme, tls in pairs { http = false, https = "good" } do
    for _, close in ipairs { "fin", "rst", "silent" } do
      it(("gets its request once over %s, closed by %s"):format(scheme, close), function()
        server:script(dying(tls or nil, close))
        assert.equal(200, assert(send(scheme, "/first")).status)
        local response, message, err = send(scheme, "/second")
        assert.is_nil(response)
        assert.is_string(message)
        assert.same({ "transport", "ConnectionLost", "complete" }, { err.kind, err.code, err.sent })
        local log = server:log()
        assert.equal(1, log.applied)
        assert.equal(2, #log.requests)
        assert.equal("/second", log.requests[2].path)
      end)
    end

    it("leaves the client usable over " .. scheme, function()
      server:script { { tls = tls or nil, exchanges = { { apply = false }, { cut = 0 } } } }
      for round = 1, 8 do -- more often than libcurl's own count of retries
        assert.equal(200, assert(send(scheme, "/answered")).status)
        local _, _, err = send(scheme, "/lost")
        assert.same({ "ConnectionLost", "complete" }, { err.code, err.sent })
        assert.equal(round, server:log().applied)
      end
    end)
  end

  it("gets its request once through a proxy", function()
    local proxied = transport.new { proxy = "http://127.0.0.1:" .. server.port }
    local request = {
      method = "POST",
      scheme = "http",
      host = "db.example",
      port = 80,
      path = "/",
      headers = {},
      body = "{}",
    }
    server:script(dying(nil, "fin"))
    assert.equal(200, assert(proxied:send(request, proxied:monotonic() + 10)).status)
    local _, _, err = proxied:send(request, proxied:monotonic() + 10)
    proxied:close()
    assert.same({ "ConnectionLost", "complete" }, { err.code, err.sent })
    assert.equal(1, server:log().applied)
  end)

  describe("without the guard", function()
    local program

    setup(function()
      program = os.tmpname()
      local compile = "env -u LD_PRELOAD %s -o %s spec/fault/bare_resend.c -lcurl"
      local status = os.execute(compile:format(os.getenv("CC") or "cc", program))
      assert(status == true or status == 0, "bare_resend.c does not compile")
    end)
    teardown(function()
      os.remove(program)
    end)

    for scheme, tls in pairs { http = false, https = "good" } do
      it("gets it twice over " .. scheme .. ", so the tests above can fail", function()
        server:script(dying(tls or nil, "fin"))
        local command = "env -u LD_PRELOAD %s %s://127.0.0.1:%d/ %s"
        local status = os.execute(command:format(program, scheme, server.port, server:ca_file()))
        assert.is_true(status == true or status == 0)
        assert.equal(2, server:log().applied)
      end)
    end
  end)
end)
