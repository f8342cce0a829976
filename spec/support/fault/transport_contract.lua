-- SPDX-License-Identifier: MIT
-- What every transport does, against a server that fails as told: the one over libcurl and the one
-- over cosockets pass the same specs. Each row names the fault it proves.
local assert = require "luassert"
local busted = require "busted"
local curl = require "dynamo.curl"
local fault = require "support.fault"
local hostile_responses = require "support.fault.hostile_responses"
local patience = require "support.patience"

local M = {}

local function it(...)
  return busted.it(...)
end

local respond = fault.response
local GOOD = respond("good")
local HEAD_OF_4 = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
local long = ("x"):rep(100)

--- One connection that responses with these parts, then closes.
function M.answering(...)
  return { { exchanges = { { send = { ... } } } } }
end

local answering = M.answering

--- Holds what a transport's send returned to { kind, code, sent, status }.
function M.assert_fails(expected, response, message, err)
  assert.is_nil(response)
  assert.is_string(message)
  assert.equal(message, err.message)
  assert.same(expected, { err.kind, err.code, err.sent, err.status })
end

local assert_fails = M.assert_fails

--- Returns the function that sends a POST to the fault server by a subject's transport.
-- @tparam table subject see define
-- @treturn function send(changes, timeout, through): `changes` replaces fields of the request,
--   `timeout` is in seconds, `through` a transport in place of the subject's
function M.sender(subject)
  return function(changes, timeout, through)
    local request = {
      method = "POST",
      scheme = "http",
      host = "127.0.0.1",
      port = subject.server.port,
      path = "/",
      headers = { { "Host", "127.0.0.1" }, { "Content-Type", "application/x-amz-json-1.0" } },
      body = "{}",
    }
    if changes and changes.scheme == "https" then request.host = subject.secure_host end
    for key, value in pairs(changes or {}) do
      request[key] = value
    end
    through = through or subject.client
    return through:send(request, through:monotonic() + (timeout or patience.HANG))
  end
end

-- `hasty`: the request has as many seconds as the machine needs for the server to do its part.
local FAULTS = {
  {
    "connection refused",
    nil,
    { "transport", "ConnectionRefused", "none" },
    request = { port = 1 },
  },
  {
    "no such host",
    nil,
    { "transport", "HostNotFound", "none" },
    request = { host = "no-such-host.invalid" },
  },
  {
    "closed without an answer on a fresh connection",
    { { exchanges = { { cut = 0 } } } },
    { "transport", "EmptyAnswer", "complete" },
  },
  {
    "reset without an answer on a fresh connection",
    { { exchanges = { { cut = 0 } }, close = "rst" } },
    { "transport", "ConnectionLost", "complete" },
  },
  {
    "reset within a large body",
    { { exchanges = { { read = 1000, cut = 0 } }, close = "rst" } },
    { "transport", "ConnectionLost", "partial" },
    request = { body = ("b"):rep(2 ^ 24) },
  },
  {
    "a server that stops reading",
    { { exchanges = { { read = 1000, stall = 0 } }, close = "rst" } },
    { "timeout", "AttemptTimeout", "partial" },
    request = { body = ("b"):rep(2 ^ 24) },
    hasty = true,
  },
  {
    "cut within the status line",
    answering("HTTP/1.1 20"),
    { "transport", "EmptyAnswer", "complete" },
  },
  {
    "cut within the headers",
    answering("HTTP/1.1 200 OK\r\nContent-Le"),
    { "integrity", "PartialAnswer", "complete" },
  },
  {
    "a body shorter than its Content-Length",
    answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
    { "integrity", "PartialAnswer", "complete", 200 },
  },
  {
    "chunked, cut",
    answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe"),
    { "integrity", "PartialAnswer", "complete", 200 },
  },
  {
    "chunked, with a size that is none",
    answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
    { "integrity", "PartialAnswer", "complete", 200 },
  },
  { "HTTP/0.9", answering("hello"), { "transport", "BadAnswer", "complete" } },
  {
    "a garbage status line",
    answering("HTTP/1.1 what\r\nContent-Length: 0\r\n\r\n"),
    { "transport", "BadAnswer", "complete" },
  },
  {
    "two values of Content-Length",
    answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
    { "integrity", "BadAnswer", "complete", 200 },
  },
  {
    "a list in Content-Length",
    answering("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab"),
    { "integrity", "BadAnswer", "complete", 200 },
  },
  {
    "Content-Length and Transfer-Encoding",
    answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "0\r\n\r\n"
    ),
    { "integrity", "BadAnswer", "complete", 200 },
  },
  {
    "a Transfer-Encoding that nobody asked for",
    answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    { "integrity", "BadAnswer", "complete", 200 },
  },
  {
    "a folded header line",
    answering("HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n"),
    { "integrity", "BadAnswer", "complete", 200 },
  },
  {
    "a body over the cap",
    answering(respond(long:rep(20))),
    { "integrity", "ResponseTooLarge", "complete", 200 },
    options = { max_body_bytes = 1000 },
  },
  {
    "a body without length over the cap",
    answering("HTTP/1.1 200 OK\r\n\r\n", { text = long, times = 1000 }),
    { "integrity", "ResponseTooLarge", "complete", 200 },
    options = { max_body_bytes = 1000 },
  },
  {
    "many headers",
    answering(
      "HTTP/1.1 200 OK\r\n",
      { text = "X-Flood: " .. long .. "\r\n", times = 3000 },
      "\r\n"
    ),
    { "transport", "HeadersTooLarge", "complete" },
  },
  {
    "one long header",
    answering("HTTP/1.1 200 OK\r\nX-Flood: ", { text = long, times = 3000 }, "\r\n\r\n"),
    { "transport", "HeadersTooLarge", "complete" },
  },
  {
    "a flood of 1xx",
    answering({ text = "HTTP/1.1 102 Wait\r\n\r\n", times = 10000 }),
    { "transport", "HeadersTooLarge", "complete" },
  },
  {
    "a slow drip",
    { { exchanges = { { drip = 0.5, send = { GOOD } } } } },
    { "timeout", "AttemptTimeout", "complete" },
    hasty = true,
  },
  {
    "a slow drip within the body",
    { { exchanges = { { drip = 0.1, drip_from = 50, send = { respond(("b"):rep(100)) } } } } },
    { "timeout", "AttemptTimeout", "complete", 200 },
    hasty = true,
  },
  {
    "headers, then a stall",
    { { exchanges = { { send = { HEAD_OF_4 }, stall = #HEAD_OF_4 } } } },
    { "timeout", "AttemptTimeout", "complete", 200 },
    hasty = true,
  },
  {
    "no answer until the timeout",
    { { exchanges = { { stall = 0 } } } },
    { "timeout", "AttemptTimeout", "complete" },
    hasty = true,
  },
  {
    "a stalled TLS handshake",
    { { tls = "stall" } },
    { "timeout", "ConnectTimeout", "none" },
    request = { scheme = "https" },
    hasty = true,
  },
  {
    "closed before TLS",
    { {} },
    { "transport", "ConnectFailed", "none" },
    request = { scheme = "https" },
  },
  {
    "TLS closed without close_notify within a body of known length",
    {
      {
        tls = "good",
        close = "silent",
        exchanges = { { send = { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc" } } },
      },
    },
    { "integrity", "PartialAnswer", "complete", 200 },
    request = { scheme = "https" },
  },
}

-- Each of these defines a part of the specs; `send` is the subject's sender.

local function define_faults(subject, send)
  for _, row in ipairs(FAULTS) do
    local name, connections, expected = row[1], row[2], row[3]
    local function try(timeout)
      subject.server:script(connections or {})
      local own, began = subject.new(row.options), curl.monotonic()
      assert_fails(expected, send(row.request, timeout, own))
      if timeout then assert.is_true(curl.monotonic() - began < timeout + 1) end
      subject.server:script(answering(GOOD))
      assert.equal("good", assert(send(nil, nil, own)).body) -- still usable
      own:close()
    end
    it("reports " .. name, function()
      return row.hasty and patience.grow(try) or try()
    end)
  end

  for _, status in ipairs { "301 Moved", "302 Found", "307 Temporary", "308 Permanent" } do
    it("does not follow a " .. status, function()
      local location = ("Location: http://127.0.0.1:%d/elsewhere\r\n"):format(subject.server.port)
      subject.server:script {
        { exchanges = { { send = { respond("", location, status) } } }, ["repeat"] = true },
      }
      local response = assert(send())
      assert.equal(tonumber(status:sub(1, 3)), response.status)
      assert.truthy(response.headers.location:find("/elsewhere", 1, true))
      assert.equal(1, #subject.server:log().requests)
    end)
  end
end

local function define_connections(subject, send)
  for scheme, tls in pairs { http = false, https = "good" } do
    it("keeps a connection for the next request over " .. scheme, function()
      subject.server:script { { tls = tls or nil, exchanges = { {} }, ["repeat"] = true } }
      for _ = 1, 5 do
        assert.equal(200, assert(send { scheme = scheme }).status)
      end
      assert.equal(1, #subject.server:log().connections)
    end)

    for _, close in ipairs { "fin", "rst", "silent" } do
      it(("reconnects over %s after an idle %s"):format(scheme, close), function()
        subject.server:script { { tls = tls or nil, exchanges = { {} }, close = close } }
        for round = 1, 3 do
          assert.equal(200, assert(send { scheme = scheme }).status)
          local log = subject.server:final_log()
          assert.same({ round, round }, { #log.connections, log.applied })
        end
      end)
    end

    for name, parts in pairs {
      ["in the same packet"] = { GOOD .. respond("bad") },
      ["at once"] = { GOOD, respond("bad") },
      ["later"] = { GOOD, { delay = 0.1 }, respond("", "", "408 Idle") },
    } do
      it(("no stray bytes that come %s are a response over %s"):format(name, scheme), function()
        subject.server:script {
          { tls = tls or nil, exchanges = { { send = parts } }, ["repeat"] = true },
          {
            tls = tls or nil,
            exchanges = { { send = { respond("its own") } } },
            ["repeat"] = true,
          },
        }
        assert.equal("good", assert(send { scheme = scheme }).body)
        subject.server:answered_log()
        assert.equal("its own", assert(send { scheme = scheme }).body)
        assert.equal(2, #subject.server:log().connections)
      end)
    end
  end

  for name, text in pairs {
    ["Connection: close"] = respond("good", "Connection: close\r\n"),
    ["HTTP/1.0"] = (GOOD:gsub("1%.1", "1.0", 1)),
  } do
    it("obeys " .. name, function()
      subject.server:script {
        { exchanges = { { send = { text } } }, ["repeat"] = true, close = "hold" },
      }
      assert.equal("good", assert(send()).body)
      assert.equal("good", assert(send()).body)
      assert.equal(2, #subject.server:log().connections)
    end)
  end
end

local function define_responses(subject, send)
  it("hands over a body that only the close ends; its CRC-32 is for the caller", function()
    subject.server:script(answering("HTTP/1.1 200 OK\r\n\r\nabc"))
    assert.equal("abc", assert(send()).body)
  end)

  it("drops the connection of a response whose length is in doubt", function()
    local twice = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab"
    subject.server:script {
      { exchanges = { { send = { twice } } }, close = "hold" },
      { exchanges = { { send = { GOOD } } } },
    }
    assert_fails({ "integrity", "BadAnswer", "complete", 200 }, send())
    assert.equal("good", assert(send()).body)
    assert.equal(2, #subject.server:log().connections)
  end)

  it("gives headers in lower case, repeated ones joined, 1xx and trailers left out", function()
    subject.server:script(
      answering(
        "HTTP/1.1 103 Hints\r\nX-Early: 2\r\n\r\n"
          .. "HTTP/1.1 200 OK\r\nX-One:  a \r\nx-ONE:b\r\nX-Empty:\r\n"
          .. "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-One: c\r\n\r\n"
      )
    )
    local response = assert(send())
    assert.equal("ok", response.body)
    assert.same(
      { ["x-one"] = "a, b", ["x-empty"] = "", ["transfer-encoding"] = "chunked" },
      response.headers
    )
  end)

  it("leaves the body as it came, gzip and NUL included", function()
    local bytes = "\31\139\8\0\0\255"
    subject.server:script(answering(respond(bytes, "Content-Encoding: gzip\r\n")))
    assert.equal(bytes, assert(send()).body)
  end)

  it("sends the caller's headers and Content-Length, and a large body whole", function()
    local body = ("b"):rep(2 ^ 21)
    for scheme, tls in pairs { http = false, https = "good" } do
      subject.server:script { { tls = tls or nil, exchanges = { {} } } }
      assert.equal(
        200,
        assert(send {
          scheme = scheme,
          body = body,
          headers = { { "Host", "h" }, { "X-Empty", "" }, { "X-Text", "a b" } },
        }).status
      )
      local request = subject.server:log().requests[1]
      assert.same({
        { "Host", "h" },
        { "X-Empty", "" },
        { "X-Text", "a b" },
        { "Content-Length", tostring(#body) },
      }, request.headers)
      assert.equal(#body, request.body_bytes)
    end
  end)

  it("reads a large body whole, counted or in chunks", function()
    local body = long:rep(20000)
    local chunk = ("%x\r\n%s\r\n"):format(#body, body)
    for _, text in ipairs {
      respond(body),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" .. chunk .. "0\r\n\r\n",
    } do
      local own = subject.new()
      subject.server:script { { exchanges = { { send = { text } } }, ["repeat"] = true } }
      for _ = 1, 2 do
        assert.equal(body, assert(send(nil, nil, own)).body)
      end
      assert.equal(1, #subject.server:log().connections)
    end
  end)

  it("sends GET without a body and PUT with its length, on one connection", function()
    subject.server:script { { exchanges = { {} }, ["repeat"] = true } }
    for _, method in ipairs { "PUT", "GET", "POST", "GET", "PUT" } do
      local body = method == "POST" and "{}" or ""
      assert.equal(200, assert(send { method = method, headers = {}, body = body }).status)
      local requests = subject.server:log().requests
      local request, length = requests[#requests], nil
      for _, header in ipairs(request.headers) do
        if header[1] == "Content-Length" then length = header[2] end
      end
      assert.equal(method, request.method)
      assert.equal(method ~= "GET" and tostring(#body) or nil, length)
    end
    assert.equal(1, #subject.server:log().connections)
  end)
end

local function define_hostile_responses(subject, send)
  for _, row in ipairs(hostile_responses) do
    it("makes of a hostile response what all transports do: " .. row[1], function()
      subject.server:script { { exchanges = { { send = row[2] } } } }
      if row.body then return assert.equal(row.body, assert(send()).body) end
      assert_fails({ row[3], row[4], "complete", row[5] }, send())
    end)
  end
end

local function define_refusals(subject, send)
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
      subject.server:script { { exchanges = { {} } } }
      local response, message, err = send(changes)
      assert.is_nil(response)
      assert.same({ "validation", "none" }, { err.kind, err.sent })
      assert.is_nil(message:find("hidden", 1, true))
      assert.equal(0, #subject.server:log().connections)
    end)
  end

  it("fails at once when the deadline has passed", function()
    subject.server:script { { exchanges = { {} } } }
    assert_fails({ "timeout", "DeadlineExceeded", "none" }, send(nil, -1))
    assert.equal(0, #subject.server:log().connections)
  end)
end

--- Defines the specs, within a describe.
-- @tparam table subject server (a fault server, from setup on), client (a transport, from
--   before_each on), new (function(options) -> another transport), secure_host (what the server's
--   good certificate is asked for under)
function M.define(subject)
  local send = M.sender(subject)
  define_faults(subject, send)
  define_connections(subject, send)
  define_responses(subject, send)
  define_hostile_responses(subject, send)
  define_refusals(subject, send)
end

return M
