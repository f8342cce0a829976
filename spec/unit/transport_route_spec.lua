-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local routes = require "dynamo.transport.route"

local function no_environment()
  return nil
end

local function request(fields)
  local made = { scheme = "https", host = "db.example", port = 443 }
  for name, value in pairs(fields or {}) do
    made[name] = value
  end
  return made
end

local function route(fields, proxy)
  return assert(routes.find(request(fields), proxy, no_environment))
end

describe("the way of a request", function()
  it("goes to its host", function()
    local found = route()
    assert.same({ "db.example", 443, true }, { found.address, found.address_port, found.is_name })
    assert.equal("db.example", found.server_name)
    assert.equal("db.example:443", found.where)
    assert.is_nil(found.tunnel_headers)
    assert.same({ "https://db.example:443", "" }, { found.url, found.proxy })
    assert.is_nil(route({ scheme = "http" }).server_name)
  end)

  it("needs no resolver for an address, nor for localhost", function()
    for _, host in ipairs { "127.0.0.1", "[::1]", "localhost" } do
      assert.is_false(route({ host = host }).is_name)
    end
    local found = route { host = "localhost" }
    assert.same({ "127.0.0.1", "localhost" }, { found.address, found.server_name })
  end)

  it("has a pool of its own wherever connections differ", function()
    local seen = {}
    for _, found in ipairs {
      route(),
      route { scheme = "http" },
      route { host = "other.example" },
      route { port = 8443 },
      route(nil, "http://p:1"),
      route(nil, "http://p:2"),
      route(nil, "http://q:1"),
      route(nil, "http://user:hidden@p:1"),
      route(nil, "http://user:other@p:1"),
    } do
      assert.is_nil(seen[found.pool])
      assert.is_nil(found.pool:find("hidden", 1, true))
      seen[found.pool] = true
    end
    assert.equal(route().pool, route().pool)
  end)

  it("leads through a tunnel of the proxy for https", function()
    local found = route(nil, "http://user:pass@proxy.example:3128")
    assert.same(
      { "proxy.example", 3128, true },
      { found.address, found.address_port, found.is_name }
    )
    assert.equal("db.example", found.server_name)
    assert.same(
      { { "Host", "db.example:443" }, { "Proxy-Authorization", "Basic dXNlcjpwYXNz" } },
      found.tunnel_headers
    )
    assert.is_nil(found.target_prefix)
  end)

  it("names its host to the proxy for http", function()
    local found = route({ scheme = "http", port = 8000 }, "http://user:pass@proxy.example:3128")
    assert.equal("http://db.example:8000", found.target_prefix)
    assert.same({ "Proxy-Authorization", "Basic dXNlcjpwYXNz" }, found.extra_header)
    assert.is_nil(found.tunnel_headers)
    assert.is_nil(route({ scheme = "http" }, "http://proxy.example:3128").extra_header)
  end)

  for _, row in ipairs {
    { "", "/p" },
    { "http://proxy.example", "http://db.example:80/p" },
    { "https://user:pass@proxy.example", "http://db.example:80/p", true },
    { "socks5h://user:pass@proxy.example", "/p" },
  } do
    it(("adapts the request in a message, through %q"):format(row[1]), function()
      local message = core.message()
      local asked = request { scheme = "http", port = 80 }
      assert.is_true(message:request("POST", "/p", { { "Host", "db.example" } }, ""))
      local found = route(asked, row[1])
      if found.target_prefix then assert.is_true(routes.adapt(found, message)) end
      local authorization = row[3] and "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" or ""
      assert.equal(
        ("POST %s HTTP/1.1\r\n%sHost: db.example\r\nContent-Length: 0\r\n\r\n"):format(
          row[2],
          authorization
        ),
        message:bytes()
      )
    end)
  end

  it("is that of another request only if all of it is the same", function()
    local found = route()
    assert.is_true(routes.fits(found, request()))
    for name, value in pairs { scheme = "http", host = "b", port = 1, proxy = false } do
      assert.is_false(routes.fits(found, request { [name] = value }))
    end
    assert.is_true(routes.fits(route { proxy = false }, request { proxy = false }))
  end)

  for name, row in pairs {
    ["another scheme"] = { { scheme = "hidden" } },
    ["a user in the host"] = { { host = "user:hidden@db" } },
    ["a line end in the host"] = { { host = "hidden\r\n" } },
    ["an empty host"] = { { host = "" } },
    ["a proxy that is none"] = { {}, "https://user:hidden@proxy:x", "config", "BadProxy" },
  } do
    it("is none for " .. name .. ", which is not repeated", function()
      local found, failed = routes.find(request(row[1]), row[2], no_environment)
      assert.is_nil(found)
      assert.same({ row[3] or "validation", row[4] or "BadUrl" }, { failed.kind, failed.code })
      assert.is_nil(failed.text:find("hidden", 1, true))
    end)
  end
end)
