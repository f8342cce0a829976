-- SPDX-License-Identifier: MIT
local answers = require "dynamo.transport.answer"

local MAX = 1000

-- A `receive` that hands over `text` at most `step` bytes at a time, then says `why`.
local function source(text, step, why)
  local at = 1
  return function(max)
    local bytes = text:sub(at, at + math.min(max, step or #text) - 1)
    at = at + #bytes
    if bytes == "" then return nil, why or "closed" end
    return bytes
  end
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
        local answer, reusable = answers.read(source(text, step), MAX)
        assert.same({ 200, "body" }, { answer.status, answer.body })
        assert.is_nil(answer.headers["x-early"])
        assert.is_nil(answer.headers["x-trailer"])
        assert.is_true(reusable)
      end
    end)

    it("never gives one " .. name .. " that was cut", function()
      for cut = 0, #text - 1 do
        for _, why in ipairs { "closed", "timeout", "connection reset by peer" } do
          local answer, failure = answers.read(source(text:sub(1, cut), nil, why), MAX)
          assert.is_nil(answer)
          assert.is_string(failure.text)
        end
      end
    end)

    it("does not use the connection again when something follows one " .. name, function()
      for step = 1, #text + 1 do
        local answer, reusable = answers.read(source(text .. "x", step), MAX)
        assert.equal("body", answer.body)
        -- Read to its end and no further, the connection still holds the byte: nginx sees that.
        if step > #text then assert.is_false(reusable) end
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
      local answer, reusable = answers.read(source(row[1]), MAX)
      assert.equal(row[2] or "", answer.body)
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
      local answer, reusable = answers.read(source(text), MAX)
      assert.equal("", answer.body)
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
        local answer, failure = answers.read(source(row[2], step, row[3]), MAX)
        assert.is_nil(answer)
        assert.same(row[4], { failure.kind, failure.code, failure.status })
        assert.is_string(failure.text)
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
      assert.equal(body, answers.read(source(text), MAX).body)
    end
  end)

  it("never asks for more of a counted body than is left of it", function()
    local asked = {}
    local receive = source(COUNTED, #COUNTED - 2)
    answers.read(function(max)
      asked[#asked + 1] = max
      return receive(max)
    end, MAX)
    assert.equal(2, #asked)
    assert.equal(2, asked[2])
  end)
end)

describe("reading a proxy's answer", function()
  it("gives its status, and whether anything followed", function()
    assert.same({ 200, true }, { answers.read_status(source(head "")) })
    assert.same({ 200, false }, { answers.read_status(source(head "" .. "x")) })
    assert.same({ 407, true }, { answers.read_status(source(head("", "407 Who"))) })
  end)

  it("says why there is none", function()
    local status, failure = answers.read_status(source("HTTP/1.1 2", nil, "timeout"))
    assert.is_nil(status)
    assert.equal("AttemptTimeout", failure.code)
  end)
end)
