-- SPDX-License-Identifier: MIT
local fake_transport = require "support.fake_transport"
local http = require "dynamo.call.credentials.http"

local function send(steps, given)
  local fake = fake_transport.new(steps)
  return fake, http.send({ transport = fake, deadline = 103 }, given)
end

describe("credentials.http", function()
  it("takes an address apart, and keeps its query", function()
    local fake, answer = send({ { status = 200, body = "b" } },
      { url = "http://127.0.0.1:8080/a/b?c=1", proxy = false, headers = { { "x", "1" } } })
    assert.are.equal("b", answer.body)
    local request = fake.requests[1]
    assert.are.same({ "GET", "http", "127.0.0.1", 8080, "/a/b?c=1", "", false },
      { request.method, request.scheme, request.host, request.port, request.path, request.body,
        request.proxy })
    assert.are.same({ { "host", "127.0.0.1:8080" }, { "x", "1" } }, request.headers)
  end)

  it("asks for / where the address has no path", function()
    local fake = send({ { status = 200 } }, { url = "https://sts.eu-west-1.amazonaws.com" })
    assert.are.equal("/", fake.requests[1].path)
  end)

  it("ends each try at its own timeout, or at the call's deadline", function()
    local fake = send({ { kind = "timeout", sent = "none", seconds = 1 }, { status = 200 } },
      { url = "http://127.0.0.1/", timeout = 2.5, attempts = 2 })
    assert.are.same({ 102.5, 103 }, fake.deadlines)
  end)

  it("tries again after a lost exchange or a 5xx, with a pause", function()
    local fake, answer = send({ { kind = "transport" }, { status = 500 }, { status = 404 } },
      { url = "http://127.0.0.1/", attempts = 5, pause = 1 })
    assert.are.equal(404, answer.status)
    assert.are.same({ 1, 1 }, fake.sleeps)
  end)

  it("gives the last failure", function()
    local _, answer, message, failed = send({ { kind = "transport", code = "ConnectionRefused" } },
      { url = "http://127.0.0.1/", attempts = 3 })
    assert.is_nil(answer)
    assert.is_string(message)
    assert.are.equal("ConnectionRefused", failed.code)
  end)

  it("refuses what is no address", function()
    local fake, answer, message = send({ { status = 200 } }, { url = "file:///etc/passwd" })
    assert.is_nil(answer)
    assert.matches("scheme must be https or http", message)
    assert.are.equal(0, #fake.requests)
  end)
end)
