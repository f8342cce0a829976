-- SPDX-License-Identifier: MIT
-- What cannot be made to happen in a real nginx at will; all else is in spec/nginx.
local fake_ngx = require "support.fake_ngx"

local ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

describe("the cosocket transport", function()
  local fake, transports, transport

  setup(function()
    fake = fake_ngx.install()
    transports = require "dynamo.transport.cosocket"
  end)
  teardown(function()
    fake.restore()
  end)
  before_each(function()
    fake.log, fake.phase, fake.sent = {}, "content", nil
    transport = transports.new { proxy = "" }
  end)

  local function send(body, deadline)
    return transport:send({
      method = "POST",
      scheme = "http",
      host = "127.0.0.1",
      port = 8000,
      path = "/",
      headers = { { "Host", "h" } },
      body = body or "{}",
    }, deadline or fake.now + 5)
  end

  local function assert_fails(expected, response, message, err)
    assert.is_nil(response)
    assert.equal(message, err.message)
    assert.same(expected, { err.kind, err.code, err.sent, err.status })
  end

  it("tries the next connection when a kept one fails while it is written", function()
    fake.sockets = {
      { kept = true, send = "broken pipe" },
      { kept = true, send = "connection reset by peer" },
      { response = ANSWER },
    }
    assert.equal("{}", assert(send()).body)
    assert.same({
      "connect 127.0.0.1 8000",
      "send 49",
      "close",
      "connect 127.0.0.1 8000",
      "send 49",
      "close",
      "connect 127.0.0.1 8000",
      "send 49",
      "keep",
    }, fake.log)
  end)

  it("does not when the connection is new, or time is over", function()
    fake.sockets = { { send = "broken pipe" } }
    assert_fails({ "transport", "ConnectionLost", "partial" }, send())
    fake.sockets = { { kept = true, send = "timeout" } }
    assert_fails({ "timeout", "AttemptTimeout", "partial" }, send())
  end)

  it("does not once the request is written, and says that it may have been read", function()
    fake.sockets = { { kept = true, ending = "closed" } }
    assert_fails({ "transport", "ConnectionLost", "complete" }, send())
    fake.sockets = { { ending = "closed" } }
    assert_fails({ "transport", "EmptyAnswer", "complete" }, send())
    assert.same(
      { "connect 127.0.0.1 8000", "send 49", "close", "connect 127.0.0.1 8000", "send 49", "close" },
      fake.log
    )
  end)

  it("writes a large request in pieces, whole", function()
    fake.sockets = { { response = ANSWER } }
    local body = ("0123456789"):rep(5000)
    assert(send(body))
    assert.equal(body, fake.sent:sub(-#body))
    assert.equal("send 16384", fake.log[2])
    assert.equal("send 16384", fake.log[3])
  end)

  it("says that a large request was written whole only if it was", function()
    local body = ("b"):rep(3 * 16384 - 100) -- three pieces, with its head
    fake.sockets = { { send_seconds = 1, response = ANSWER } }
    assert_fails({ "timeout", "AttemptTimeout", "partial" }, send(body, fake.now + 2))
    fake.sockets = { { send_seconds = 1, response = ANSWER } }
    assert_fails({ "timeout", "AttemptTimeout", "complete" }, send(body, fake.now + 3))
    fake.sockets = { { send_seconds = 1, response = ANSWER } }
    assert.equal("{}", assert(send(body, fake.now + 3.1)).body)
  end)

  it("closes what nginx will not keep", function()
    fake.sockets = { { response = ANSWER, keep = "connection in dubious state" } }
    assert(send())
    assert.equal("close", fake.log[#fake.log])
  end)

  it("keeps connections under another name after max_lifetime", function()
    local names = {}
    for _, now in ipairs { 293, 592.9, 593 } do -- 7 less than a multiple of 300: the process's number
      fake.now, fake.sockets = now, { { response = ANSWER } }
      assert(send())
      names[#names + 1] = fake.pool
    end
    assert.equal(names[1], names[2])
    assert.not_equal(names[1], names[3])
  end)

  for _, phase in ipairs {
    "init_worker",
    "set",
    "header_filter",
    "body_filter",
    "log",
    "balancer",
    "exit_worker",
    "ssl_session_store",
  } do
    it("says that there are no cosockets in the phase " .. phase, function()
      fake.phase = phase
      local response, message, err = send()
      assert_fails({ "config", "PhaseWithoutSockets", "none" }, response, message, err)
      assert.matches(('"%s"'):format(phase), message, 1, true)
      assert.matches("ngx.timer.at(0,", message, 1, true)
    end)
  end

  it("sends by libcurl in the phase init, on a connection of its own", function()
    fake.phase = "init"
    local response, message, err = transport:send({
      method = "POST",
      scheme = "http",
      host = "127.0.0.1",
      port = 1,
      path = "/",
      headers = {},
      body = "",
    }, fake.now + 5)
    assert_fails({ "transport", "ConnectionRefused", "none" }, response, message, err)
    assert.same({}, fake.log)
    transport:sleep(0)
    assert.same({}, fake.log)
  end)

  it("waits at least as long as nginx can", function()
    for seconds, slept in pairs { [0] = 0.001, [0.0001] = 0.001, [0.25] = 0.25 } do
      fake.log = {}
      transport:sleep(seconds)
      assert.same({ "sleep " .. slept }, fake.log)
    end
  end)

  it("has nginx's clocks", function()
    assert.equal(fake.now, transport:now())
    assert.equal(fake.now, transport:monotonic())
  end)

  it("raises once it is closed, at the line that sends", function()
    transport:close()
    transport:close()
    assert.has_error(send, "the transport is closed")
  end)
end)
