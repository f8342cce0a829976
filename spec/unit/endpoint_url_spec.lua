-- SPDX-License-Identifier: MIT
local url = require "dynamo.endpoint.url"

describe("endpoint.url.parse", function()
  local good = {
    ["https://example.com"] = { "https", "example.com", 443, "/", "example.com" },
    ["HTTPS://example.com:443/"] = { "https", "example.com", 443, "/", "example.com" },
    ["http://localhost:8000"] = { "http", "localhost", 8000, "/", "localhost:8000" },
    ["http://localhost:80"] = { "http", "localhost", 80, "/", "localhost" },
    ["http://[::1]:8000/base"] = { "http", "[::1]", 8000, "/base/", "[::1]:8000" },
    ["https://a_b.c-d.e/x/y/"] = { "https", "a_b.c-d.e", 443, "/x/y/", "a_b.c-d.e" },
    ["https://h:65535"] = { "https", "h", 65535, "/", "h:65535" },
  }
  for text, parts in pairs(good) do
    it("takes " .. text, function()
      local place = assert(url.parse(text))
      assert.are.same(parts, { place.scheme, place.host, place.port, place.path, place.authority })
    end)
  end

  local bad = {
    "",
    "example.com",
    "//example.com",
    "file:///etc/passwd",
    "ftp://h",
    "gopher://h",
    "https://",
    "https:///x",
    "https://user@h",
    "https://user:pass@h",
    "https://h?x=1",
    "https://h#x",
    "https://h/\r\nX: 1",
    "https://h\n",
    "https://a b",
    "https://%65vil.com",
    "https://h:0",
    "https://h:65536",
    "https://h:",
    "https://h:80x",
    "https://h:-1",
    "https://[::1",
    "https://[evil]",
    "https://::1",
    "https://-h",
    "https://h-",
    "https://h..i",
    "https://h.",
    "https://h\0",
    "https://" .. ("h"):rep(254),
    "https://h/a b",
    "https://h/%2e",
    "https://h/\195\164",
    "https://h\\@evil.com",
  }
  for _, text in ipairs(bad) do
    it(("refuses %q"):format(text:sub(1, 30):gsub("%c", "?")), function()
      local place, problem = url.parse(text)
      assert.is_nil(place)
      assert.are.equal("string", type(problem))
    end)
  end

  it("knows a label of a host name", function()
    for _, label in ipairs { "a", "1", "eu-west-1", "EU", ("a"):rep(63) } do
      assert.is_true(url.is_host_label(label))
    end
    for _, value in ipairs {
      "",
      "-a",
      "a-",
      "a.b",
      "a_b",
      "a b",
      "a\n",
      "\195\164",
      ("a"):rep(64),
      1,
      true,
    } do
      assert.is_false(url.is_host_label(value))
    end
    assert.is_false(url.is_host_label(nil))
  end)

  it("knows this machine", function()
    for _, host in ipairs { "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]" } do
      assert.is_true(url.is_loopback(host))
    end
    for _, host in ipairs { "localhost.evil.com", "127.0.0.1.evil.com", "10.0.0.1", "[::2]" } do
      assert.is_false(url.is_loopback(host))
    end
  end)
end)
