-- SPDX-License-Identifier: MIT
-- Responses that are damaged, too large, or not what was asked for.
-- support/fault/catalogue.lua says what a row is.
local assert = require "luassert"
local outcomes = require "support.fault.outcomes"

-- Returns a row whose first response is damaged after the request was carried out, and whose status
-- of 200 was read, and the service's request id.
local function damaged(what, code, exchange, more)
  local row = {
    what,
    exchanges = { exchange },
    expect = outcomes.ambiguous {
      kind = "integrity",
      code = code,
      applied = true,
      answered = true,
    },
  }
  for name, value in pairs(more or {}) do
    row[name] = value
  end
  return row
end

-- As damaged, for a head that has no request id, or that cannot be believed.
local function anonymous(what, code, exchange)
  return {
    what,
    exchanges = { exchange },
    expect = outcomes.ambiguous { kind = "integrity", code = code, applied = true },
  }
end

-- As damaged, for what a further attempt would not cure.
local function lasting(what, code, exchange, more)
  local row = damaged(what, code, exchange, more)
  row.expect = outcomes.told {
    kind = "integrity",
    code = code,
    applied = 1,
    maybe_applied = "yes",
    response_lost = true,
  }
  return row
end

-- Returns a row whose response never begins well.
local function garbled(what, code, exchange, more)
  local row = {
    what,
    exchanges = { exchange },
    expect = outcomes.ambiguous { kind = "transport", code = code, applied = true },
  }
  for name, value in pairs(more or {}) do
    row[name] = value
  end
  return row
end

-- Returns a row of a response that is fine.
local function fine(what, exchange, more)
  local row = { what, exchanges = { exchange }, expect = outcomes.unharmed() }
  for name, value in pairs(more or {}) do
    row[name] = value
  end
  return row
end

-- Leaves out the transaction, whose response holds nothing that it could be fooled by.
local function with_values(row)
  row.expect.TOKEN = nil
  return row
end

local function read_only(row)
  row.expect = { READ = row.expect.READ }
  return row
end

-- What takes long is tried for those who are told most and least.
local function outermost(row)
  row.expect = { R = row.expect.R, N = row.expect.N }
  return row
end

local function body(text)
  return { response = { body = text } }
end

local function item(attribute)
  local text = '{"Item":{"id":{"S":"a"},"v":%s},"Attributes":{"v":%s}}'
  return body(text:format(attribute, attribute))
end

local function raw(...)
  return { send = { ... } }
end

local BODY = 1000 -- bytes of white space in a body, where a cut is to fall
local OK = "HTTP/1.1 200 OK\r\n"
local HUGE = 73400320 -- above the 64 MiB a response may have

-- The next request must not take what came after this response for its own.
local function own_response(seen)
  seen.server:answered_log() -- it may take its time
  local response = assert(seen.db:get_item { TableName = "Things", Key = { id = "nobody's" } })
  assert.is_nil(response.Item)
  assert.equal(2, #seen.server:log().connections)
end

-- Nothing that a response says may take more than the cap, and a buffer that doubles, from us.
local function little_memory(seen)
  if seen.grown_kb then assert.is_true(seen.grown_kb < 200 * 1024, seen.grown_kb .. " kB") end
end

local function not_followed(seen)
  assert.matches("HTTP 3", seen.message)
  assert.equal(1, #seen.log.connections)
end

local rows = {
  damaged(
    "a body shorter than its Content-Length",
    "PartialAnswer",
    { cut = 600, response = { pad = BODY } }
  ),
  damaged(
    "a body shorter than its Content-Length, reset",
    "PartialAnswer",
    { cut = 600, close = "rst", response = { pad = BODY } }
  ),
  damaged(
    "a body that only the close ends, closed early",
    "crc32",
    { cut = 600, response = { pad = BODY, framing = "close" } }
  ),
  damaged(
    "the same without a checksum: the JSON has no end",
    "syntax",
    { cut = 600, response = { pad = BODY, framing = "close", crc = false } }
  ),
  damaged(
    "chunked, cut",
    "PartialAnswer",
    { cut = 600, response = { pad = BODY, framing = "chunked" } }
  ),
  anonymous(
    "chunked, with a size that is none",
    "PartialAnswer",
    raw(OK .. "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")
  ),
  damaged(
    "TLS closed without close_notify within a body",
    "PartialAnswer",
    { cut = 600, close = "silent", response = { pad = BODY } },
    { tls = true }
  ),
  -- libcurl 7.88 takes that for the body's end, whose checksum is wrong, 8.14 for a break.
  damaged(
    "TLS closed without close_notify within an endless body",
    nil,
    { cut = 600, close = "silent", response = { pad = BODY, framing = "close" } },
    { tls = true }
  ),
  damaged("a wrong x-amz-crc32", "crc32", { response = { crc = "1" } }),
  fine("no x-amz-crc32", { response = { crc = false } }),
  fine("gzip, its checksum over the gzip bytes", { response = { gzip = "good" } }),
  damaged("gzip cut before its trailer", "truncated", { response = { gzip = "cut" } }),
  damaged("gzip with a wrong checksum inside", "damaged", { response = { gzip = "bad_crc" } }),
  outermost(
    lasting(
      "a gzip bomb",
      "too_large",
      { response = { pad = HUGE, gzip = "good" } },
      { seconds = 5, verify = little_memory }
    )
  ),
  outermost(
    lasting(
      "a body above the cap",
      "ResponseTooLarge",
      { response = { pad = HUGE } },
      { seconds = 5, verify = little_memory }
    )
  ),
  lasting(
    "an unknown Content-Encoding",
    "content_encoding",
    { response = { headers = "Content-Encoding: br\r\n" } },
    {
      verify = function(seen)
        assert.matches("br", seen.message, 1, true)
      end,
    }
  ),
  damaged("a 200 in HTML", "syntax", body "<html>Log in to the network</html>"),
  damaged("a 200 with no body", "empty", body ""),
  fine("a 200 with {}", body "{}"),
  damaged("bytes after the JSON", "syntax", body '{"Item":{"id":{"S":"a"}}} {}'),
  with_values(
    damaged(
      "a member twice",
      "duplicate",
      body '{"Item":{"v":{"S":"a"},"v":{"S":"b"}},"Attributes":{"v":{"S":"a"},"v":{"S":"b"}}}'
    )
  ),
  damaged("invalid UTF-8", "syntax", item '{"S":"\255"}'),
  damaged("a lone surrogate", "syntax", item '{"S":"\\ud800"}'),
  damaged("a number that is none in JSON", "syntax", body '{"Item":{},"New":0123}'),
  with_values(lasting("a number that is none in DynamoDB", "type", item '{"N":"12abc"}')),
  read_only(
    lasting(
      "JSON 10,000 levels deep",
      "depth",
      item(('{"L":['):rep(10000) .. '{"S":"deep"}' .. ("]}"):rep(10000))
    )
  ),
  fine("a member that nobody knows", body '{"Brand":{"New":[1,2,3]},"Item":{"v":{"S":"written"}}}'),
  with_values(lasting("an unknown type of attribute", "type", item '{"Q":"a"}')),
  with_values(lasting("an attribute of two types", "type", item '{"S":"a","N":"1"}')),
  garbled(
    "a block of headers above 300 KB",
    "HeadersTooLarge",
    { response = { headers = ("X-Flood: " .. ("x"):rep(990) .. "\r\n"):rep(310) } }
  ),
  garbled(
    "one header of 64 KB",
    "HeadersTooLarge",
    { response = { headers = "X-Long: " .. ("x"):rep(65536) .. "\r\n" } }
  ),
  anonymous(
    "two values of Content-Length",
    "BadAnswer",
    { response = { headers = "Content-Length: 7\r\n" } }
  ),
  anonymous(
    "Content-Length and Transfer-Encoding",
    "BadAnswer",
    { response = { headers = "Transfer-Encoding: chunked\r\n" } }
  ),
  garbled(
    "a flood of 1xx",
    "HeadersTooLarge",
    raw { text = "HTTP/1.1 102 Wait\r\n\r\n", times = 20000 }
  ),
  garbled("HTTP/0.9", "BadAnswer", { send = { "hello" }, close = "fin" }),
  garbled("a garbage status line", "BadAnswer", raw "HTTP/1.1 what\r\nContent-Length: 0\r\n\r\n"),
}

-- What may be in the client's buffer when it has its response.
for what, more in pairs {
  ["another answer"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
  ["word of a timeout"] = "HTTP/1.1 408 Idle\r\nContent-Length: 0\r\n\r\n",
  ["garbage"] = "\0\1\2",
} do
  rows[#rows + 1] = fine(
    what .. " after the answer, in one piece",
    { send = { { response = true, text = more } } },
    { verify = own_response }
  )
  rows[#rows + 1] = fine(
    what .. " after the answer, in another piece",
    { send = { { response = true }, more } },
    { verify = own_response }
  )
end

for _, status in ipairs { 301, 302, 307, 308 } do
  rows[#rows + 1] = {
    "a redirect with status " .. status,
    verify = not_followed,
    exchanges = {
      {
        apply = false,
        response = {
          status = status,
          body = "",
          headers = "Location: http://127.0.0.1:1/elsewhere\r\n",
        },
      },
    },
    expect = outcomes.told { kind = "service", code = "Redirect", maybe_applied = "unknown" },
  }
end

rows[#rows + 1] = fine(
  "Connection: close",
  { response = { headers = "Connection: close\r\n" }, close = "hold" },
  { verify = own_response }
)

rows[#rows + 1] = {
  "a wrong x-amz-crc32 each time",
  always = true,
  exchanges = { { response = { crc = "1" } } },
  expect = outcomes.exhausted {
    kind = "integrity",
    code = "crc32",
    applied = true,
    answered = true,
  },
}

-- Numbers come back digit by digit.
local DIGITS = "12345678901234567890123456789012345678"
for text, canonical in pairs {
  [DIGITS] = DIGITS,
  ["0.00000" .. DIGITS] = "0.00000" .. DIGITS,
  ["1E125"] = "1" .. ("0"):rep(125),
  ["1e-130"] = "0." .. ("0"):rep(129) .. "1",
  ["-0"] = "0",
} do
  local exchange = item(('{"N":"%s"}'):format(text))
  rows[#rows + 1] = read_only(fine("the number " .. text, exchange, {
    options = { numbers = "exact" },
    verify = function(seen)
      assert.equal(canonical, tostring(seen.result.Item.v))
    end,
  }))
end

for _, header in ipairs { "abc", "-1", "", "0x10", "4294967296", "99999999999999999999" } do
  rows[#rows + 1] =
    damaged(('x-amz-crc32 is "%s"'):format(header), "crc32_header", { response = { crc = header } })
end

return rows
