-- SPDX-License-Identifier: MIT
-- The libcurl transport: what every transport does, and what is libcurl's own.
local contract = require "support.fault.transport_contract"
local core = require "dynamo.core"
local curl = require "dynamo.curl"
local fault = require "support.fault"
local transport = require "dynamo.transport.curl"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local respond = fault.response

describe("the libcurl transport", function()
  local server, client
  local subject = { secure_host = "127.0.0.1" }
  local send, assert_fails = contract.sender(subject), contract.assert_fails

  setup(function()
    server = fault.start()
    subject.server = server
  end)
  teardown(function()
    server:stop()
  end)

  function subject.new(options)
    local all = { ca_file = server:ca_file(), proxy = "" }
    for key, value in pairs(options or {}) do
      all[key] = value
    end
    return transport.new(all)
  end

  before_each(function()
    client = subject.new()
    subject.client = client
  end)
  after_each(function()
    client:close()
  end)

  contract.define(subject)

  local UNTRUSTED = {
    { "an expired certificate", { tls = "expired" } },
    { "a certificate for another host", { tls = "wrong_host" } },
    { "a self-signed certificate", { tls = "self_signed" } },
    { "a server that knows no TLS above 1.1", { tls = "old_protocol" } },
    {
      "plain HTTP on the TLS port",
      { greeting = "HTTP/1.1 400 Bad Request\r\n\r\n" },
      plain = true,
    },
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

  it("takes up its last TLS session with the next connection", function()
    local closing = { send = { respond("good", "Connection: close\r\n") } }
    server:script { { tls = "good", exchanges = { closing }, ["repeat"] = true } }
    for _ = 1, 3 do
      assert.equal("good", assert(send { scheme = "https" }).body)
    end
    local handshakes = {}
    for i, connection in ipairs(server:final_log().connections) do
      handshakes[i] = connection.handshake
    end
    assert.same({ "ok", "resumed", "resumed" }, handshakes)
  end)

  it("reports a proxy that refuses, without its password", function()
    server:script { { exchanges = { { send = { respond("", "", "407 Who") } } } } }
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
    for _, request in ipairs(server:log().requests) do
      paths[#paths + 1] = request.path
    end
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
      _G.ngx = {
        get_phase = function()
          return phase
        end,
      }
      local ok, problem = pcall(transport.new)
      phase = "init"
      local allowed = pcall(transport.new)
      _G.ngx = nil
      assert.is_false(ok)
      assert.truthy(problem:find('"access"', 1, true))
      assert.is_true(allowed)
    end)
  end)

  describe("its pool", function()
    it("raises on misuse", function()
      local pool, message = curl.new {}, core.message()
      assert(message:request("GET", "/", {}, ""))
      for _, arguments in ipairs {
        { {}, "http://127.0.0.1:1", "", 1 },
        { message, 1, "", 1 },
        { message, "http://127.0.0.1:1\0", "", 1 },
        { message, "http://127.0.0.1:1", "\0", 1 },
        { message, "http://127.0.0.1:1", nil, 1 },
        { message, "http://127.0.0.1:1", "" },
        { message, "http://127.0.0.1:1", "", 0 / 0 },
      } do
        assert.is_false(pcall(pool.carry, pool, unpack(arguments, 1, 4)))
      end
      pool:close()
      pool:close()
      assert.is_false(pcall(pool.carry, pool, message, "http://127.0.0.1:1", "", 1))
      assert.is_false(pcall(pool.carry, io.stdout, message, "http://127.0.0.1:1", "", 1))
      assert.is_false(pcall(curl.new, { connect_timeout_ms = 0 }))
      assert.is_false(pcall(curl.new, { max_connections = 0 }))
      assert.is_false(pcall(curl.new))
    end)

    it("has a locked metatable and survives a finaliser called by hand", function()
      local pool = curl.new {}
      assert.equal("locked", getmetatable(pool))
      local finalise = debug.getmetatable(pool).__gc
      finalise(pool)
      finalise(pool)
      assert.is_false(pcall(finalise, io.stdout))
      assert.is_false(pcall(pool.carry, pool, core.message(), "http://127.0.0.1:1", "", 1))
    end)

    it(
      "has no more than max_connections, and lets go of the one that is idle for longest",
      function()
        server:script { { exchanges = { {} }, ["repeat"] = true } }
        for most, expected in ipairs { 4, 2 } do
          local own = subject.new { max_connections = most }
          local before = #server:log().connections
          for _, host in ipairs { "127.0.0.1", "127.0.0.1", "localhost", "127.0.0.1", "localhost" } do
            assert.equal(200, assert(send({ host = host }, nil, own)).status)
          end
          own:close()
          assert.equal(expected, #server:final_log().connections - before)
        end
      end
    )
  end)
end)
