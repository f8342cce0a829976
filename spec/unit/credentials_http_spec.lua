-- SPDX-License-Identifier: MIT
local fake_transport = require "support.fake_transport"
local http = require "dynamo.credentials.http"

local function send(steps, given, deadline)
  local fake = fake_transport.new(steps)
  return fake, http.send({ transport = fake, deadline = deadline }, given)
end

describe("credentials.http", function()
  it("takes an address apart, and keeps its query", function()
    local fake, response = send(
      { { status = 200, body = "b" } },
      { url = "http://127.0.0.1:8080/a/b?c=1", proxy = false, headers = { { "x", "1" } } }
    )
    assert.are.equal("b", response.body)
    local request = fake.requests[1]
    assert.are.same({ "GET", "http", "127.0.0.1", 8080, "/a/b?c=1", "", false }, {
      request.method,
      request.scheme,
      request.host,
      request.port,
      request.path,
      request.body,
      request.proxy,
    })
    assert.are.same({ { "host", "127.0.0.1:8080" }, { "x", "1" } }, request.headers)
  end)

  local paths = {
    { "https://sts.eu-west-1.amazonaws.com", "/" },
    { "http://127.0.0.1?a=1", "/?a=1" },
    { "http://[fd00:ec2::23]/v1/credentials", "/v1/credentials" },
    { "http://127.0.0.1/role/a+b=c,d@e", "/role/a+b=c,d@e" },
  }
  for _, case in ipairs(paths) do
    it("asks for " .. case[2] .. " at " .. case[1], function()
      local fake = send({ { status = 200 } }, { url = case[1] })
      assert.are.equal(case[2], fake.requests[1].path)
    end)
  end

  it("ends each try at its own timeout, or at the call's deadline", function()
    local fake = send(
      { { kind = "timeout", sent = "none", seconds = 1 }, { status = 200 } },
      { url = "http://127.0.0.1/", timeout = 2.5, attempts = 2 },
      103
    )
    assert.are.same({ 102.5, 103 }, fake.deadlines)
  end)

  it("tries again after a lost exchange or a 5xx, with a pause", function()
    local fake, response = send(
      { { kind = "transport" }, { status = 500 }, { status = 404 } },
      { url = "http://127.0.0.1/", attempts = 5, pause = 1 }
    )
    assert.are.equal(404, response.status)
    assert.are.same({ 1, 1 }, fake.sleeps)
  end)

  it("does not wait for a try there is no time for", function()
    local fake, response = send(
      { { status = 500 } },
      { url = "http://127.0.0.1/", attempts = 5, pause = 1 },
      101.5
    )
    assert.are.equal(500, response.status)
    assert.are.same({ 1 }, fake.sleeps)
    assert.are.equal(2, #fake.requests)
  end)

  it("asks who calls what may pass", function()
    local fake, response = send({ { status = 429 }, { status = 500 } }, {
      url = "http://127.0.0.1/",
      attempts = 5,
      is_passing = function(got)
        return got.status == 429
      end,
    })
    assert.are.equal(500, response.status)
    assert.are.equal(2, #fake.requests)
  end)

  it("gives the last failure", function()
    local _, response, message, failed = send(
      { { kind = "transport", code = "ConnectionRefused" } },
      { url = "http://127.0.0.1/", attempts = 3 }
    )
    assert.is_nil(response)
    assert.is_string(message)
    assert.are.equal("ConnectionRefused", failed.code)
  end)

  it("refuses a response larger than any source's", function()
    local _, response, message = send(
      { { status = 200, body = ("x"):rep(64 * 1024 + 1) } },
      { url = "http://127.0.0.1/" }
    )
    assert.is_nil(response)
    assert.matches("larger than 64 KiB", message)
  end)

  local bad = {
    { "file:///etc/passwd", "address is not usable" },
    { "ftp://host/", "scheme must be https or http" },
    { "/credentials", "it has no scheme" },
    { "http://user:pass@127.0.0.1/", "user information" },
    { "http:///path", "no host name" },
    { "http://127.0.0.1/a b", "path" },
    { "http://127.0.0.1/a\r\nX-Evil: 1", "path" },
    { "http://127.0.0.1/#a", "path" },
  }
  for _, case in ipairs(bad) do
    it(("refuses %q"):format(case[1]), function()
      local fake, response, message = send({ { status = 200 } }, { url = case[1] })
      assert.is_nil(response)
      assert.matches(case[2], message)
      assert.are.equal(0, #fake.requests)
    end)
  end
end)
