-- SPDX-License-Identifier: MIT
-- HTTP exchanges as transports carry them: what is written, and what is made of what comes.
local core = require "dynamo.core"
local hostile_responses = require "support.fault.hostile_responses"

local MAX = 1000

-- Reads what a server says, at most `step` bytes at a time, before the connection ends: the status,
-- the headers, the body, whether another request may follow; or nil, kind, code, text, status.
local function read(text, step, why, message)
  message = message or core.message(MAX)
  message:expect(false)
  local at, is_over = 1, false
  while at <= #text and not is_over do
    is_over = message:feed(text:sub(at, at + (step or #text) - 1))
    at = at + (step or #text)
  end
  if not is_over then message:lose(why or "closed") end
  local status, headers, body, problem, failed_status = message:response()
  if not status then return nil, headers, body, problem, failed_status end
  return status, headers, body, message:is_reusable()
end

local function head(fields, status)
  return ("HTTP/1.1 %s\r\n%s\r\n"):format(status or "200 OK", fields)
end

local COUNTED = head "Content-Length: 4\r\n" .. "body"
local CHUNKED = head "Transfer-Encoding: chunked\r\n"
  .. '2\r\nbo\r\n00000002 ; name="x"\r\ndy\r\n0\r\nX-Trailer: 1\r\n\r\n'

describe("reading an answer", function()
  for name, text in pairs {
    ["with a length"] = COUNTED,
    ["in chunks"] = CHUNKED,
    ["behind 1xx ones"] = head("X-Early: 1\r\n", "100 Continue")
      .. head("", "103 Hints")
      .. COUNTED,
    ["of line feeds alone"] = COUNTED:gsub("\r", ""),
  } do
    it("gives one " .. name .. ", in pieces of any size", function()
      for step = 1, #text do
        local status, headers, body, reusable = read(text, step)
        assert.same({ 200, "body" }, { status, body })
        assert.is_nil(headers["x-early"])
        assert.is_nil(headers["x-trailer"])
        assert.is_true(reusable)
      end
    end)

    it("never gives one " .. name .. " that was cut", function()
      for cut = 0, #text - 1 do
        for _, why in ipairs { "closed", "timeout", "connection reset by peer" } do
          local status, _, _, problem = read(text:sub(1, cut), nil, why)
          assert.is_nil(status)
          assert.is_string(problem)
        end
      end
    end)

    it("does not use the connection again when something follows one " .. name, function()
      for step = 1, #text + 1 do
        local message = core.message(MAX)
        local _, _, body = read(text .. "x", step, nil, message)
        assert.equal("body", body)
        message:feed "x"
        assert.is_false(message:is_reusable())
      end
    end)
  end

  for name, row in pairs {
    ["Connection: close"] = { head "Content-Length: 0\r\nConnection: close\r\n" },
    ["close among others"] = { head "Content-Length: 0\r\nConnection: Upgrade, CLOSE\r\n" },
    ["HTTP/1.0"] = { ((head "Content-Length: 0\r\n"):gsub("1%.1", "1.0", 1)) },
    ["a body that the close ends"] = { head "" .. "abc", "abc" },
    ["an empty body that the close ends"] = { head "", "" },
    ["a body where there is none"] = { head("Content-Length: 3\r\n", "204 No") .. "abc", "" },
  } do
    it("does not use the connection again after " .. name, function()
      local _, _, body, reusable = read(row[1])
      assert.equal(row[2] or "", body)
      assert.is_false(reusable)
    end)
  end

  for name, text in pairs {
    ["another connection option"] = head "Content-Length: 0\r\nConnection: keep-alive\r\n",
    ["204"] = head("", "204 No Content"),
    ["304"] = head("Content-Length: 10\r\n", "304 Not Modified"),
    ["no body"] = head "Content-Length: 0\r\n",
  } do
    it("uses the connection again after " .. name, function()
      local _, _, body, reusable = read(text)
      assert.equal("", body)
      assert.is_true(reusable)
    end)
  end

  local long = ("x"):rep(100)
  local chunked = head "Transfer-Encoding: chunked\r\n"
  local FAILURES = {
    { "nothing, closed", "", "closed", { "transport", "EmptyAnswer" } },
    { "nothing, reset", "", "connection reset by peer", { "transport", "ConnectionLost" } },
    { "nothing in time", "", "timeout", { "timeout", "AttemptTimeout" } },
    { "part of a status line", "HTTP/1.1 20", "closed", { "transport", "EmptyAnswer" } },
    {
      "part of the headers",
      "HTTP/1.1 200 OK\r\nContent-Le",
      "closed",
      { "integrity", "PartialAnswer" },
    },
    { "only 1xx", head("", "100 Continue"), "closed", { "transport", "EmptyAnswer" } },
    { "a short body", COUNTED:sub(1, -2), "closed", { "integrity", "PartialAnswer", 200 } },
    { "a body that stalls", COUNTED:sub(1, -2), "timeout", { "timeout", "AttemptTimeout", 200 } },
    {
      "a body without length that stalls",
      head "" .. "a",
      "timeout",
      { "timeout", "AttemptTimeout", 200 },
    },
    {
      "a body without length, reset",
      head "" .. "a",
      "connection reset by peer",
      { "integrity", "PartialAnswer", 200 },
    },
    { "chunks that stall", CHUNKED:sub(1, -2), "timeout", { "timeout", "AttemptTimeout", 200 } },
    { "HTTP/0.9", "hello", "closed", { "transport", "BadAnswer" } },
    { "a garbage status line", "HTTP/1.1 what\r\n\r\n", "closed", { "transport", "BadAnswer" } },
    {
      "two lengths",
      head "Content-Length: 2\r\nContent-Length: 3\r\n" .. "abc",
      "closed",
      { "integrity", "BadAnswer", 200 },
    },
    {
      "a length and chunks",
      head "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" .. "0\r\n\r\n",
      "closed",
      { "integrity", "BadAnswer", 200 },
    },
    {
      "a folded line",
      head "X: a\r\n b\r\nContent-Length: 0\r\n",
      "closed",
      { "integrity", "BadAnswer", 200 },
    },
    {
      "a body over the limit",
      head "Content-Length: 1001\r\n",
      "closed",
      { "integrity", "ResponseTooLarge", 200 },
    },
    {
      "a length beyond numbers",
      head("Content-Length: 1" .. ("0"):rep(400) .. "\r\n"),
      "closed",
      { "integrity", "BadAnswer", 200 },
    },
    {
      "a body without length over the limit",
      head "" .. long:rep(11),
      "closed",
      { "integrity", "ResponseTooLarge", 200 },
    },
    {
      "chunks over the limit",
      chunked .. ("64\r\n" .. long .. "\r\n"):rep(11),
      "closed",
      { "integrity", "ResponseTooLarge", 200 },
    },
    {
      "a chunk announced over the limit",
      chunked .. "7fffffff\r\n",
      "closed",
      { "integrity", "ResponseTooLarge", 200 },
    },
    {
      "a chunk size that is none",
      chunked .. "zz\r\nhello\r\n",
      "closed",
      { "integrity", "PartialAnswer", 200 },
    },
    {
      "a chunk size with a sign",
      chunked .. "-1\r\n\r\n",
      "closed",
      { "integrity", "PartialAnswer", 200 },
    },
    {
      "a chunk size beyond numbers",
      chunked .. "100000000\r\n",
      "closed",
      { "integrity", "PartialAnswer", 200 },
    },
    {
      "an endless chunk size",
      chunked .. ("0"):rep(2000),
      "timeout",
      { "integrity", "PartialAnswer", 200 },
    },
    {
      "a chunk longer than its size",
      chunked .. "2\r\nabc\r\n0\r\n\r\n",
      "closed",
      { "integrity", "PartialAnswer", 200 },
    },
    {
      "many headers",
      "HTTP/1.1 200 OK\r\n" .. ("X-Flood: " .. long .. "\r\n"):rep(3000) .. "\r\n",
      "closed",
      { "transport", "HeadersTooLarge" },
    },
    {
      "one long header",
      "HTTP/1.1 200 OK\r\nX-Flood: " .. long:rep(3000) .. "\r\n\r\n",
      "closed",
      { "transport", "HeadersTooLarge" },
    },
    {
      "a flood of 1xx",
      head("", "102 Wait"):rep(10000),
      "closed",
      { "transport", "HeadersTooLarge" },
    },
    {
      "a flood of trailers",
      chunked .. "0\r\n" .. ("X-Flood: " .. long .. "\r\n"):rep(3000),
      "closed",
      { "integrity", "PartialAnswer", 200 },
    },
  }

  for _, row in ipairs(FAILURES) do
    it("refuses " .. row[1], function()
      for _, step in ipairs { 4096, 100000 } do
        local status, kind, code, text, failed_status = read(row[2], step, row[3])
        assert.is_nil(status)
        assert.same(row[4], { kind, code, failed_status })
        assert.is_string(text)
      end
    end)
  end

  it("takes a body of exactly the limit, whichever way it comes", function()
    local body = ("x"):rep(MAX)
    for _, text in ipairs {
      head "Content-Length: 1000\r\n" .. body,
      head "" .. body,
      chunked .. "3e8\r\n" .. body .. "\r\n0\r\n\r\n",
    } do
      assert.equal(body, (select(3, read(text))))
    end
  end)

  -- Returns what a server sends, of parts as the fault server takes them.
  local function joined(parts)
    local texts = {}
    for i, part in ipairs(parts) do
      texts[i] = type(part) == "table" and part.text:rep(part.times) or part
    end
    return table.concat(texts)
  end

  for _, row in ipairs(hostile_responses) do
    it("makes of a hostile one what all transports do: " .. row[1], function()
      for _, step in ipairs { 1000, 65536 } do
        local status, kind, body_or_code, _, failed_status =
          read(joined(row[2]), step, nil, core.message())
        if row.body then
          assert.equal(row.body, body_or_code)
        else
          assert.same(
            { nil, row[3], row[4], row[5] },
            { status, kind, body_or_code, failed_status }
          )
        end
      end
    end)
  end

  it("gives the headers by lower-case name, repeated ones joined, one by its name", function()
    local message = core.message()
    local _, headers = read(head "X-One:  a \r\nx-ONE:b\r\nX-Empty:\r\n", nil, nil, message)
    assert.same({ ["x-one"] = "a, b", ["x-empty"] = "" }, headers)
    assert.equal("a, b", message:header "x-one")
    assert.equal("", message:header "x-empty")
    assert.is_nil(message:header "x-none")
  end)

  it("gives the headers of one that failed once they had come, and no body", function()
    local text = head "X-Amzn-RequestId: R1\r\nContent-Length: 4\r\n" .. "bod"
    local message = core.message()
    message:feed(text)
    message:lose "timeout"
    local status, kind, code, _, failed_status = message:response()
    assert.same({ nil, "timeout", "AttemptTimeout", 200 }, { status, kind, code, failed_status })
    assert.equal("R1", message:header "x-amzn-requestid")
  end)

  it("takes a lost connection that carried answers before for what it is", function()
    local message = core.message()
    for kept, code in pairs { [true] = "ConnectionLost", [false] = "EmptyAnswer" } do
      message:expect(kept)
      message:lose "closed"
      assert.equal(code, (select(3, message:response())))
    end
  end)

  it("ends that to CONNECT at its head", function()
    local message = core.message()
    assert(message:request("CONNECT", "h:443", {}, ""))
    assert.is_true(message:feed(head "Content-Length: 4\r\n"))
    assert.is_true(message:is_reusable())
    message:feed "x"
    assert.is_false(message:is_reusable())
  end)
end)

describe("writing a request", function()
  local message = core.message()

  it("gives the line, the headers in their order, the length, a blank line, the body", function()
    local headers = { { "Host", "h" }, { "X-Empty", "" }, { "X-Text", "a b" } }
    assert.is_true(message:request("POST", "/?a=b", headers, "{}"))
    local text =
      "POST /?a=b HTTP/1.1\r\nHost: h\r\nX-Empty: \r\nX-Text: a b\r\nContent-Length: 2\r\n\r\n{}"
    assert.equal(text, message:bytes())
    assert.same(
      { "POST", text:sub(5), "" },
      { message:bytes(1, 4), message:bytes(5, 1e9), message:bytes(1e9) }
    )
    assert.is_true(message:request("GET", "/", {}, ""))
    assert.equal("GET / HTTP/1.1\r\n\r\n", message:bytes())
    assert.is_true(message:request("PUT", "/", {}, ("x"):rep(1024)))
    assert.matches("\r\nContent-Length: 1024\r\n\r\nx", message:bytes(), 1, true)
  end)

  it("becomes one for a proxy", function()
    assert.is_true(message:request("PUT", "/a", { { "Host", "h" } }, "{}"))
    assert.is_true(message:send_by "http://h:1")
    local rest = "Host: h\r\nContent-Length: 2\r\n\r\n{}"
    assert.equal("PUT http://h:1/a HTTP/1.1\r\n" .. rest, message:bytes())
    assert.is_true(message:request("PUT", "/a", { { "Host", "h" } }, "{}"))
    assert.is_true(message:send_by("http://h:1", { "First", "1" }))
    assert.equal("PUT http://h:1/a HTTP/1.1\r\nFirst: 1\r\n" .. rest, message:bytes())
    assert.same({ { "First", "1" }, { "Host", "h" } }, message:fields {})
    local done, kind, code, text = message:send_by("", { "hidden\n", "1" })
    assert.same({ nil, "validation", "BadHeader" }, { done, kind, code })
    assert.is_nil(text:find("hidden", 1, true))
  end)

  it("tells the headers written, those that say the same by the same pair", function()
    local known = {}
    assert.is_true(message:request("POST", "/", { { "a", "1" }, { "b", "" } }, "a: 2"))
    local first = message:fields(known)
    assert.same({ { "a", "1" }, { "b", "" } }, first)
    assert.is_true(message:request("POST", "/", { { "a", "1" }, { "b", "2" } }, ""))
    local second = message:fields(known)
    assert.same({ { "a", "1" }, { "b", "2" } }, second)
    assert.is_true(rawequal(first[1], second[1]))
    assert.same({ "b", "" }, first[2])
    message:reset()
    assert.same({}, message:fields(known))
  end)

  for name, arguments in pairs {
    ["a line end in a value"] = { "POST", "/", { { "X-Token", "hidden\r\nX-Evil: 1" } } },
    ["a NUL in a value"] = { "POST", "/", { { "X-Token", "hidden\0" } } },
    ["a DEL in a value"] = { "POST", "/", { { "X-Token", "hidden\127" } } },
    ["a line end in a name"] = { "POST", "/", { { "X-hidden\r\nX-Evil", "1" } } },
    ["an empty name"] = { "POST", "/", { { "", "hidden" } } },
    ["a line end in the target"] = { "POST", "/hidden\r\nX-Evil: 1", {} },
    ["a space in the target"] = { "POST", "/hidden x", {} },
    ["an empty target"] = { "POST", "", {} },
    ["a NUL in the method"] = { "POST\0hidden", "/", {} },
    ["an empty method"] = { "", "/", {} },
  } do
    it("refuses " .. name .. " and repeats nothing of it", function()
      local done, kind, code, text = message:request(arguments[1], arguments[2], arguments[3], "")
      assert.is_nil(done)
      assert.same({ "validation", arguments[3][1] and "BadHeader" or "BadUrl" }, { kind, code })
      assert.is_nil(text:find("hidden", 1, true))
    end)
  end

  it("refuses more than 32 headers and more than 64 KiB of them", function()
    local many = {}
    for i = 1, 32 do
      many[i] = { "X-" .. i, "a" }
    end
    assert.is_true(message:request("POST", "/", many, ""))
    many[33] = { "X-33", "a" }
    assert.same(
      { nil, "validation", "BadHeader", "header 33 is refused: there are more than 32" },
      { message:request("POST", "/", many, "") }
    )
    local large = { { "X-Large", ("x"):rep(2 ^ 16) } }
    assert.equal("BadHeader", (select(3, message:request("POST", "/", large, ""))))
  end)

  it("raises on misuse", function()
    for _, headers in ipairs { "a: b", { "a: b" }, { { "a", 1 } }, { { "a" } } } do
      assert.is_false(pcall(message.request, message, "POST", "/", headers, ""))
    end
    assert.is_false(pcall(message.request, message, "POST", nil, {}, ""))
    assert.is_true(message:request("GET", "/", {}, ""))
    assert.is_false(pcall(message.send_by, message, "", "a: b"))
    assert.is_false(pcall(message.send_by, core.message(), "http://h:1"))
    assert.is_false(pcall(message.fields, message))
    assert.is_false(pcall(message.request, io.stdout, "POST", "/", {}, ""))
    assert.is_false(pcall(message.bytes, message, 0))
    assert.is_false(pcall(core.message, -1))
    assert.is_true(message:request("GET", "/", {}, ""))
  end)
end)

describe("an answer that came some other way", function()
  it("is one as if it had been read", function()
    local message = core.message()
    assert.is_true(message:answer(299, { ["X-Amzn-RequestId"] = "R1", a = " b" }, "body"))
    local status, headers, body = message:response()
    assert.same({ 299, "body" }, { status, body })
    assert.same({ ["x-amzn-requestid"] = "R1", a = "b" }, headers)
    assert.same({ 299, 4, "R1" }, {
      message:status(),
      message:size(),
      message:header "x-amzn-requestid",
    })
    assert.same(headers, message:headers())
    assert.is_true(message:answer(999, {}, ""))
    assert.same({ 999, 0 }, { message:status(), message:size() })
  end)

  it("has no more headers than it was given", function()
    local message = core.message()
    local given = { a = "1\r\nx-amzn-requestid: R1\0\127", ["b: c\r\nd"] = "e", [""] = "f" }
    assert.is_true(message:answer(200, given, "x"))
    assert.same({ a = "1  x-amzn-requestid: R1" }, message:headers())
    assert.equal("x", (select(3, message:response())))
  end)

  it("may be too large", function()
    local message = core.message(1)
    assert.is_false(message:answer(200, {}, ("x"):rep(1024 * 1024)))
    local status, kind, code = message:response()
    assert.same({ nil, "integrity", "ResponseTooLarge" }, { status, kind, code })
  end)

  it("raises on misuse", function()
    local message = core.message()
    for _, given in ipairs { {}, { 99, {}, "" }, { 200, { 1 }, "" }, { 200, { a = 1 }, "" } } do
      assert.is_false(pcall(message.answer, message, given[1], given[2], given[3]))
    end
    assert.is_false(pcall(message.answer, message, 200, {}))
  end)
end)

describe("an HTTP message", function()
  it("has a locked metatable and survives a finaliser called by hand", function()
    local message = core.message()
    assert.equal("locked", getmetatable(message))
    local finalise = debug.getmetatable(message).__gc
    finalise(message)
    finalise(message)
    assert.is_false(pcall(finalise, io.stdout))
    assert.equal(200, (read(COUNTED, nil, nil, message)))
    message:reset()
    assert.is_nil((message:response()))
    message:close()
    message:close()
  end)
end)
