-- SPDX-License-Identifier: MIT
-- Responses of a server that means harm, or is no server of HTTP/1.1, and what every transport makes
-- of each: { name, what is sent (parts as support/fault_server/server.py takes them), kind, code,
-- status }, or { name, what is sent, body = what is handed over }. All are over at once: the server
-- closes the connection behind what it sent.
local OK = "HTTP/1.1 200 OK\r\n"
local CHUNKED = OK .. "Transfer-Encoding: chunked\r\n\r\n"
local MEGABYTE = { text = ("x"):rep(1024), times = 1024 }

local function counted(length, body)
  return OK .. "Content-Length: " .. length .. "\r\n\r\n" .. (body or "{}")
end

local function line(text)
  return text .. "\r\nContent-Length: 2\r\n\r\n{}"
end

local function with(header)
  return OK .. header .. "\r\nContent-Length: 2\r\n\r\n{}"
end

return {
  -- lengths
  { "a length of 2^64+2", { counted "18446744073709551618" }, "integrity", "BadAnswer", 200 },
  { "a length of 2^63", { counted "9223372036854775808" }, "integrity", "BadAnswer", 200 },
  { "a length of 2^53+1", { counted "9007199254740993" }, "integrity", "BadAnswer", 200 },
  { "a length of 400 digits", { counted(("9"):rep(400)) }, "integrity", "BadAnswer", 200 },
  { "a length with zeros before it", { counted(("0"):rep(40) .. "2") }, body = "{}" },
  { "a negative length", { counted "-2" }, "integrity", "BadAnswer", 200 },
  { "a length with a plus", { counted "+2" }, "integrity", "BadAnswer", 200 },
  { "a length in hexadecimal", { counted "0x2" }, "integrity", "BadAnswer", 200 },
  { "an empty length", { counted "" }, "integrity", "BadAnswer", 200 },
  { "a length of two numbers", { counted "2 2" }, "integrity", "BadAnswer", 200 },
  { "a length with a fraction", { counted "2.0" }, "integrity", "BadAnswer", 200 },
  { "two lengths that agree", { with "Content-Length: 2" }, "integrity", "BadAnswer", 200 },
  { "two lengths that differ", { with "Content-Length: 1" }, "integrity", "BadAnswer", 200 },
  { "a body behind its end", { counted("2", "{}{}") }, body = "{}" },
  { "a body where there is none to be", { "HTTP/1.1 204 No Content\r\n\r\n{}" }, body = "" },
  { "a length and chunks", { with "Transfer-Encoding: chunked" }, "integrity", "BadAnswer", 200 },
  -- chunks
  {
    "a chunk of a negative size",
    { CHUNKED .. "-2\r\n{}\r\n0\r\n\r\n" },
    "integrity",
    "PartialAnswer",
    200,
  },
  {
    "a chunk of 2^64+2",
    { CHUNKED .. "10000000000000002\r\n{}\r\n0\r\n\r\n" },
    "integrity",
    "PartialAnswer",
    200,
  },
  {
    "a chunk of 2^40",
    { CHUNKED .. "10000000000\r\n{}\r\n0\r\n\r\n" },
    "integrity",
    "PartialAnswer",
    200,
  },
  {
    "a chunk without a size",
    { CHUNKED .. "\r\n{}\r\n0\r\n\r\n" },
    "integrity",
    "PartialAnswer",
    200,
  },
  {
    "a chunk longer than it says",
    { CHUNKED .. "1\r\n{}\r\n0\r\n\r\n" },
    "integrity",
    "PartialAnswer",
    200,
  },
  {
    "a chunk size of 0x",
    { CHUNKED .. "0x2\r\n{}\r\n0\r\n\r\n" },
    "integrity",
    "PartialAnswer",
    200,
  },
  { "chunks without an end", { CHUNKED .. "2\r\n{}\r\n" }, "integrity", "PartialAnswer", 200 },
  { "a chunk with an extension", { CHUNKED .. "2;x=y\r\n{}\r\n0\r\n\r\n" }, body = "{}" },
  {
    "endless trailers",
    {
      CHUNKED .. "2\r\n{}\r\n0\r\n",
      { text = "X-Flood: " .. ("x"):rep(90) .. "\r\n", times = 3000 },
      "\r\n",
    },
    "integrity",
    "PartialAnswer",
    200,
  },
  {
    "a trailer of 1 MB",
    { CHUNKED .. "2\r\n{}\r\n0\r\nX-Flood: ", MEGABYTE, "\r\n\r\n" },
    "integrity",
    "PartialAnswer",
    200,
  },
  {
    "chunked twice",
    { OK .. "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" },
    "integrity",
    "BadAnswer",
    200,
  },
  {
    "an unknown coding",
    { OK .. "Transfer-Encoding: zip\r\n\r\n{}" },
    "integrity",
    "BadAnswer",
    200,
  },
  -- header lines
  { "a NUL in a header's value", { with "X-Nul: a\0b" }, "integrity", "BadAnswer", 200 },
  { "a NUL in a header's name", { with "X-N\0ul: a" }, "integrity", "BadAnswer", 200 },
  { "a NUL in the length", { counted "2\0" }, "integrity", "BadAnswer", 200 },
  { "a lone CR in a header's value", { with "X-Cr: a\rb" }, "integrity", "BadAnswer", 200 },
  { "an escape in a header's value", { with "X-Esc: a\27[31mb" }, "integrity", "BadAnswer", 200 },
  { "a tab in a header's value", { with "X-Tab: a\tb" }, body = "{}" },
  { "UTF-8 in a header's value", { with "X-Text: \195\164" }, body = "{}" },
  { "a header without a colon", { with "X-None" }, "integrity", "BadAnswer", 200 },
  { "a header without a name", { with ": none" }, "integrity", "BadAnswer", 200 },
  { "a blank before the colon", { with "X-Blank : a" }, "integrity", "BadAnswer", 200 },
  { "a folded header", { with "X-Folded: a\r\n b" }, "integrity", "BadAnswer", 200 },
  { "a fold before all headers", { OK .. " a: b\r\n\r\n{}" }, "integrity", "BadAnswer", 200 },
  {
    "a header of 1 MB",
    { OK .. "X-Flood: ", MEGABYTE, "\r\n\r\n" },
    "transport",
    "HeadersTooLarge",
  },
  {
    "10,000 headers",
    { OK, { text = "X-Flood: x\r\n", times = 10000 }, "\r\n" },
    "transport",
    "HeadersTooLarge",
  },
  { "lines that LF alone ends", { "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}" }, body = "{}" },
  -- status lines
  { "HTTP/0.9", { "{}" }, "transport", "BadAnswer" },
  { "HTTP/2.0", { line "HTTP/2.0 200 OK" }, "transport", "BadAnswer" },
  { "HTTP/2", { line "HTTP/2 200" }, "transport", "BadAnswer" },
  { "HTTP/3", { line "HTTP/3 200" }, "transport", "BadAnswer" },
  { "HTTP/1.2", { line "HTTP/1.2 200 OK" }, "transport", "BadAnswer" },
  { "HTTP/1.10", { line "HTTP/1.10 200 OK" }, "transport", "BadAnswer" },
  { "another protocol", { line "ICY 200 OK" }, "transport", "BadAnswer" },
  { "RTSP", { line "RTSP/1.0 200 OK" }, "transport", "BadAnswer" },
  { "small letters", { line "http/1.1 200 ok" }, "transport", "BadAnswer" },
  { "a blank before the status line", { line " HTTP/1.1 200 OK" }, "transport", "BadAnswer" },
  { "two blanks in the status line", { line "HTTP/1.1  200 OK" }, "transport", "BadAnswer" },
  {
    "a status line of 1 MB",
    { "HTTP/1.1 200 ", MEGABYTE, "\r\n\r\n" },
    "transport",
    "HeadersTooLarge",
  },
  { "a NUL in the status line", { line "HTTP/1.1 200 O\0K" }, "transport", "BadAnswer" },
  { "no status", { line "HTTP/1.1" }, "transport", "BadAnswer" },
  { "status 20", { line "HTTP/1.1 20 OK" }, "transport", "BadAnswer" },
  { "status 99", { line "HTTP/1.1 099 OK" }, "transport", "BadAnswer" },
  { "status 000", { line "HTTP/1.1 000 OK" }, "transport", "BadAnswer" },
  { "status 1000", { line "HTTP/1.1 1000 OK" }, "transport", "BadAnswer" },
  { "status -20", { line "HTTP/1.1 -20 OK" }, "transport", "BadAnswer" },
  { "status 2x0", { line "HTTP/1.1 2x0 OK" }, "transport", "BadAnswer" },
  { "status 600", { line "HTTP/1.1 600 OK" }, body = "{}" },
  { "status 999", { line "HTTP/1.1 999 OK" }, body = "{}" },
  -- interim responses
  {
    "101",
    {
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
      counted "2",
    },
    "transport",
    "BadAnswer",
  },
  { "101 alone", { "HTTP/1.1 101 Switching Protocols\r\n\r\n" }, "transport", "BadAnswer" },
  {
    "103 with a length",
    { "HTTP/1.1 103 Early\r\nContent-Length: 2\r\n\r\n", counted "2" },
    body = "{}",
  },
  {
    "103 with chunks",
    { "HTTP/1.1 103 Early\r\nTransfer-Encoding: chunked\r\n\r\n", counted "2" },
    body = "{}",
  },
  {
    "103 with a malformed header",
    { "HTTP/1.1 103 Early\r\nX-None\r\n\r\n", counted "2" },
    "integrity",
    "BadAnswer",
  },
  { "103 and no more", { "HTTP/1.1 103 Early\r\n\r\n" }, "transport", "EmptyAnswer" },
  {
    "1,000 answers of 103",
    { { text = "HTTP/1.1 103 E\r\n\r\n", times = 1000 }, counted "2" },
    body = "{}",
  },
  {
    "10,000 answers of 103",
    { { text = "HTTP/1.1 103 E\r\n\r\n", times = 10000 }, counted "2" },
    "transport",
    "HeadersTooLarge",
  },
}
