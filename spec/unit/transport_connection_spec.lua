-- SPDX-License-Identifier: MIT
-- What nginx's words become. Real connections: spec/nginx.
local fake_ngx = require "support.fake_ngx"

describe("a connection inside nginx", function()
  local fake, connections

  setup(function()
    fake = fake_ngx.install()
    connections = require "dynamo.transport.connection"
  end)
  teardown(function()
    fake.restore()
  end)
  before_each(function()
    fake.log = {}
  end)

  local function open(script, route)
    fake.sockets = { script }
    local whole = { address = "127.0.0.1", address_port = 443, where = "db.example:443" }
    for name, value in pairs(route or {}) do
      whole[name] = value
    end
    local sock = rawget(_G, "ngx").socket.tcp()
    return connections.open(sock, whole, { pool = "p" }, fake.now + 1)
  end

  for _, row in ipairs {
    { 'no resolver defined to resolve "db.example"', "config", "NoResolver", "set resolver" },
    { "db.example could not be resolved (3: Host not found)", "transport", "HostNotFound", "3:" },
    { "db.example could not be resolved (2: Server failure)", "transport", "HostNotFound", "2:" },
    {
      "db.example could not be resolved (110: Operation timed out)",
      "timeout",
      "ConnectTimeout",
      "DNS",
    },
    { "timeout", "timeout", "ConnectTimeout", "no connection" },
    { "connection refused", "transport", "ConnectionRefused", "refused" },
    { "no route to host", "transport", "ConnectFailed", "no route" },
    { "too many open files", "transport", "ConnectFailed", "too many" },
    { 'failed to parse host name "a:b": invalid port', "validation", "BadUrl", "no name" },
  } do
    it('that fails with "' .. row[1] .. '" is ' .. row[3], function()
      local kept, failed = open { connect = row[1] }
      assert.is_nil(kept)
      assert.same({ row[2], row[3] }, { failed.kind, failed.code })
      assert.matches(row[4], failed.text, 1, true)
    end)
  end

  it("to a proxy fails as one, except in its time limit", function()
    for words, code in pairs {
      ["connection refused"] = "ProxyFailed",
      ["p could not be resolved (3: Host not found)"] = "ProxyFailed",
      ["timeout"] = "ConnectTimeout",
    } do
      local _, failed = open({ connect = words }, { proxy_scheme = "http" })
      assert.equal(code, failed.code)
    end
  end)

  for _, row in ipairs {
    {
      "20: unable to get local issuer certificate",
      "tls",
      "TlsFailed",
      "set lua_ssl_trusted_certificate",
    },
    { "18: self-signed certificate", "tls", "TlsFailed", "18: self-signed" },
    { "22: certificate chain too long", "tls", "TlsFailed", "lua_ssl_verify_depth 4" },
    { "10: certificate has expired", "tls", "TlsFailed", "expired" },
    { "certificate host mismatch", "tls", "TlsFailed", "another host" },
    { "closes", "tls", "TlsFailed", "error log says which" },
    { "timeout", "timeout", "ConnectTimeout", "TLS" },
    { "handshake failed", "transport", "ConnectFailed", "error log" },
    { "18: handshake failed", "transport", "ConnectFailed", "error log" },
    { "18: closed", "transport", "ConnectFailed", "error log" },
    { "18: certificate host mismatch", "tls", "TlsFailed", "another host" },
    { "closed", "transport", "ConnectFailed", "closed" },
    { "100% new", "transport", "ConnectFailed", "100% new" },
  } do
    it('whose handshake fails with "' .. row[1] .. '" is ' .. row[3], function()
      local kept, failed = open({ tls = row[1] }, { server_name = "db.example" })
      assert.is_nil(kept)
      assert.same({ row[2], row[3] }, { failed.kind, failed.code })
      assert.matches(row[4], failed.text, 1, true)
      assert.equal("close", fake.log[#fake.log])
    end)
  end

  it("is verified against the host's name when it is new, and not again", function()
    assert.is_false(open({}, { server_name = "db.example" }))
    assert.same({ "connect 127.0.0.1 443", "tls false db.example true" }, fake.log)
    fake.log = {}
    assert.is_true(open({ kept = true }, { server_name = "db.example" }))
    assert.same({ "connect 127.0.0.1 443" }, fake.log)
  end)

  it("through a proxy is the proxy's until the tunnel is open", function()
    local route = {
      proxy_scheme = "http",
      tunnel_headers = { { "Host", "db.example:443" } },
      server_name = "db.example",
    }
    assert.is_false(open({ response = "HTTP/1.1 200 OK\r\n\r\n" }, route))
    assert.same({ "connect 127.0.0.1 443", "send 57", "tls false db.example true" }, fake.log)
    for response, text in pairs {
      ["HTTP/1.1 407 Who\r\n\r\n"] = "HTTP 407",
      ["HTTP/1.1 200 OK\r\n\r\nmore"] = "HTTP 200",
      ["HTTP/1.1 2"] = "did not answer",
    } do
      local kept, failed = open({ response = response }, route)
      assert.is_nil(kept)
      assert.equal("ProxyFailed", failed.code)
      assert.matches(text, failed.text, 1, true)
    end
    local _, failed = open({ ending = "timeout" }, route)
    assert.same({ "timeout", "ConnectTimeout" }, { failed.kind, failed.code })
  end)
end)
