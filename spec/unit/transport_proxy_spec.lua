-- SPDX-License-Identifier: MIT
local proxy = require "dynamo.transport.proxy"

-- A getenv over a table.
local function environment(variables)
  return function(name)
    return variables[name]
  end
end

local function request(fields)
  local made = { scheme = "https", host = "db.example.com", port = 443 }
  for name, value in pairs(fields or {}) do
    made[name] = value
  end
  return made
end

describe("the proxy of a request", function()
  it("is none without an address", function()
    assert.same({ n = 1 }, { n = select("#", proxy.choose(request(), nil, environment {})) })
    assert.is_nil((proxy.choose(request(), "", environment { HTTPS_PROXY = "http://p:1" })))
    assert.is_nil((proxy.choose(request(), nil, environment { HTTPS_PROXY = "" })))
  end)

  it("is none for a request that wants none", function()
    assert.is_nil((proxy.choose(request { proxy = false }, "http://p:1", environment {})))
  end)

  it("is the configured one, whatever the environment says", function()
    local getenv = environment { HTTPS_PROXY = "http://q:1" }
    local found = proxy.choose(request(), "http://p:3128", getenv)
    assert.same({ "p", 3128 }, { found.host, found.port })
  end)

  for name, row in pairs {
    ["https_proxy before HTTPS_PROXY"] = {
      "https",
      { https_proxy = "http://a:1", HTTPS_PROXY = "http://b:1" },
      "a",
    },
    ["HTTPS_PROXY"] = { "https", { HTTPS_PROXY = "http://a:1", ALL_PROXY = "http://b:1" }, "a" },
    ["all_proxy"] = { "https", { all_proxy = "http://a:1" }, "a" },
    ["ALL_PROXY"] = { "http", { ALL_PROXY = "http://a:1" }, "a" },
    ["http_proxy, for http alone"] = {
      "http",
      { http_proxy = "http://a:1", https_proxy = "http://b:1" },
      "a",
    },
    ["never HTTP_PROXY"] = { "http", { HTTP_PROXY = "http://a:1" }, nil },
  } do
    it("comes from " .. name, function()
      local found = proxy.choose(request { scheme = row[1] }, nil, environment(row[2]))
      assert.equal(row[3], found and found.host)
    end)
  end

  it("is none where NO_PROXY names the host, also against a configured one", function()
    for _, variable in ipairs { "no_proxy", "NO_PROXY" } do
      local getenv = environment { [variable] = "example.com" }
      assert.is_nil((proxy.choose(request(), "http://p:1", getenv)))
      assert.truthy(proxy.choose(request { host = "example.org" }, "http://p:1", getenv))
    end
  end)
end)

describe("NO_PROXY", function()
  for _, row in ipairs {
    { "*", "anything.example", true },
    { "example.com", "example.com", true },
    { "example.com", "EXAMPLE.com.", true },
    { ".example.com", "db.example.com", true },
    { ".example.com", "example.com", true },
    { "example.com", "db.example.com", true },
    { "example.com", "notexample.com", false },
    { "db.example.com", "example.com", false },
    { "a.b , example.com", "example.com", true },
    { "a.b example.com", "example.com", true },
    { "", "example.com", false },
    { ".", "example.com", false },
    { "example.com:443", "example.com", true },
    { "example.com:8000", "example.com", false },
    { "127.0.0.1", "127.0.0.1", true },
    { "127.0.0.1", "127.0.0.10", false },
    { "0.0.1", "127.0.0.1", false },
    { "127.0.0.1:443", "127.0.0.1", true },
    { "127.0.0.1:80", "127.0.0.1", false },
    { "10.0.0.0/8", "10.200.3.4", true },
    { "10.0.0.0/8", "11.0.0.1", false },
    { "192.168.4.0/22", "192.168.7.255", true },
    { "192.168.4.0/22", "192.168.8.0", false },
    { "0.0.0.0/0", "8.8.8.8", true },
    { "10.0.0.0/33", "10.0.0.1", false },
    { "10.0.0.256", "10.0.0.1", false },
    { "::1", "[::1]", true },
    { "[::1]", "[0:0:0:0:0:0:0:1]", true },
    { "[::1]:443", "[::1]", true },
    { "[::1]:80", "[::1]", false },
    { "fd00::/8", "[fd00:ec2::23]", true },
    { "fd00::/8", "[fe00::1]", false },
    { "fd00:ec2::254", "[fd00:ec2::254]", true },
    { "1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]", true },
    { "1:2:3:4:5:6:7:8:9", "[1:2:3:4:5:6:7:8]", false },
    { "::1", "127.0.0.1", false },
  } do
    it(("%q %s %s"):format(row[1], row[3] and "names" or "does not name", row[2]), function()
      assert.equal(row[3], proxy.is_exempt(row[1], row[2], 443))
    end)
  end
end)

describe("a proxy's address", function()
  for _, row in ipairs {
    { "http://proxy.example:3128", "proxy.example", 3128 },
    { "http://proxy.example:3128/", "proxy.example", 3128 },
    { "HTTP://proxy.example", "proxy.example", 1080 },
    { "proxy.example:8080", "proxy.example", 8080 },
    { "http://[::1]:3128", "[::1]", 3128 },
    { "http://10.0.0.1:1", "10.0.0.1", 1 },
    { "http://user:pass@p:1", "p", 1, "Basic dXNlcjpwYXNz" },
    { "http://user@p:1", "p", 1, "Basic dXNlcjo=" },
    { "http://us%40er:p%3Aa@p:1", "p", 1, "Basic dXNAZXI6cDph" },
    { "https://p:1", "p", 1, nil, "https" },
    { "SOCKS5h://user:pass@p:1", "p", 1, "Basic dXNlcjpwYXNz", "socks5h" },
  } do
    it("is taken apart: " .. row[1], function()
      local found = proxy.parse(row[1])
      assert.same({ row[1], row[5] or "http" }, { found.text, found.scheme })
      assert.same({ row[2], row[3], row[4] }, { found.host, found.port, found.authorization })
    end)
  end

  for _, text in ipairs {
    "http://user:hidden@",
    "http://",
    "http://user:hidden@p:0",
    "http://user:hidden@p:65536",
    "http://user:hidden@p:x",
    "http://user:hidden@p q:1",
    "http://user:hidden@p\r\n:1",
  } do
    it(("is refused, and not repeated: %q"):format(text), function()
      local found, problem = proxy.parse(text)
      assert.is_nil(found)
      assert.is_nil(problem:find("hidden", 1, true))
    end)
  end
end)
