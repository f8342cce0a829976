-- SPDX-License-Identifier: MIT
-- Reads one HTTP/1.1 answer off a connection, strictly: whatever leaves in doubt where the answer
-- ends is refused, and every length has a limit. Knows no socket: the caller's `receive` reads.
-- @see https://www.rfc-editor.org/rfc/rfc9112
local core = require "dynamo.core"

local M = {}

local MAX_HEAD_BYTES = 64 * 1024 -- of all heads of one answer, and of a body's trailers
local MAX_CHUNK_LINE_BYTES = 1024 -- a size and its extensions
local READ_BYTES = 64 * 1024

local WITHOUT_BODY = { [204] = true, [304] = true }

local function failure(kind, code, text, status)
  return nil, { kind = kind, code = code, text = text, status = status }
end

-- Why there is no head: `why` is what the socket said, `seen` what had come of the answer.
local function failure_in_head(why, seen)
  if why == "timeout" then
    return failure("timeout", "AttemptTimeout", "no answer within the timeout")
  elseif why ~= "closed" then
    return failure("transport", "ConnectionLost", "the connection was lost before an answer came")
  elseif seen:find("\n", 1, true) then
    return failure("integrity", "PartialAnswer", "the answer ended within its headers")
  end
  return failure("transport", "EmptyAnswer", "the connection was closed without an answer")
end

local function failure_in_body(why, status)
  if why == "timeout" then
    return failure("timeout", "AttemptTimeout", "the answer did not end in time", status)
  end
  return failure("integrity", "PartialAnswer", "the answer ended within its body", status)
end

local function malformed(text, status)
  return failure("integrity", "PartialAnswer", text, status)
end

local function too_large(status)
  return failure("integrity", "ResponseTooLarge", "the answer's body is too large", status)
end

local function too_many_headers()
  return failure("transport", "HeadersTooLarge", "the answer's headers are too large")
end

-- Reads until the final head is whole, past the 1xx ones. Returns a head { status, headers, minor },
-- the bytes that came behind it; or nil, failure.
local function read_head(receive)
  local buffer, from = "", 1
  while true do
    local status, headers, minor, place = core.answer_head(buffer, from)
    if status then
      from = place
      if from > MAX_HEAD_BYTES then return too_many_headers() end
      if status >= 200 then
        return { status = status, headers = headers, minor = minor }, buffer:sub(from)
      end
    elseif headers then
      return failure(headers, "BadAnswer", minor, place)
    else
      if #buffer >= MAX_HEAD_BYTES then return too_many_headers() end
      local bytes, why = receive(READ_BYTES)
      if not bytes then return failure_in_head(why, buffer:sub(from)) end
      buffer = buffer .. bytes
    end
  end
end

-- Each body reader is given receive, the head, the bytes that came behind it, and the limit; it
-- returns the body, and the bytes behind that ("" unless the server sent too much); or nil, failure.

local function read_nothing(_, _, rest)
  return "", rest
end

local function read_counted(receive, head, rest, max_bytes)
  local length = tonumber(head.headers["content-length"])
  if length > max_bytes then return too_large(head.status) end
  if #rest >= length then return rest:sub(1, length), rest:sub(length + 1) end
  local pieces, left = { rest }, length - #rest
  while left > 0 do
    local bytes, why = receive(left < READ_BYTES and left or READ_BYTES)
    if not bytes then return failure_in_body(why, head.status) end
    pieces[#pieces + 1] = bytes
    left = left - #bytes
  end
  return table.concat(pieces), ""
end

-- The whole connection is the body; only its close ends it, and a reset looks like one.
local function read_to_the_end(receive, head, rest, max_bytes)
  local pieces, length = { rest }, #rest
  while length <= max_bytes do
    local bytes, why = receive(READ_BYTES)
    if why == "closed" then return table.concat(pieces), "" end
    if not bytes then return failure_in_body(why, head.status) end
    pieces[#pieces + 1] = bytes
    length = length + #bytes
  end
  return too_large(head.status)
end

-- A chunked body, taken by line and by count: what has come and is not taken begins at `at` of
-- `text`, which is not copied for each small chunk. Its methods return nil, failure when they fail.
local Chunks = {}
Chunks.__index = Chunks

function Chunks:fetch()
  local bytes, why = self.receive(READ_BYTES)
  if not bytes then return failure_in_body(why, self.status) end
  self.text, self.at = self.text:sub(self.at) .. bytes, 1
  return true
end

-- Takes a line, without its line end.
function Chunks:line()
  while true do
    local ends = self.text:find("\n", self.at, true)
    if (ends or #self.text) - self.at + 1 > MAX_CHUNK_LINE_BYTES then
      return malformed("a line too long among the answer's chunks", self.status)
    elseif ends then
      local line = self.text:sub(self.at, ends - 1):gsub("\r$", "")
      self.at = ends + 1
      return line
    end
    local more, problem = self:fetch()
    if not more then return nil, problem end
  end
end

-- Takes the line before a chunk; returns the size it says.
function Chunks:size()
  local line, problem = self:line()
  if not line then return nil, problem end
  local digits = line:match("^(%x+)[ \t]*$") or line:match("^(%x+)[ \t]*;")
  if digits and #digits <= 8 then return tonumber(digits, 16) end
  return malformed("a malformed chunk in the answer", self.status)
end

-- Moves the bytes that are there, at most `size`, onto the end of a list; returns how many lack.
function Chunks:move(size, pieces)
  local bytes = self.text:sub(self.at, self.at + size - 1)
  pieces[#pieces + 1] = bytes
  self.at = self.at + #bytes
  return size - #bytes
end

-- Takes a chunk of `size` bytes and its line end.
function Chunks:data(size, pieces)
  local lacking = self:move(size, pieces)
  while lacking > 0 do
    local more, problem = self:fetch()
    if not more then return nil, problem end
    lacking = self:move(lacking, pieces)
  end
  local line, problem = self:line()
  if line == "" then return true end
  if not line then return nil, problem end
  return malformed("a chunk without its end in the answer", self.status)
end

-- Takes what follows the last chunk, up to a blank line.
function Chunks:trailers()
  local bytes = 0
  while bytes <= MAX_HEAD_BYTES do
    local line, problem = self:line()
    if not line then return nil, problem end
    if line == "" then return true end
    bytes = bytes + #line
  end
  return malformed("the answer's trailers are too large", self.status)
end

local function read_chunked(receive, head, rest, max_bytes)
  local chunks = { receive = receive, text = rest, at = 1, status = head.status }
  setmetatable(chunks, Chunks)
  local pieces, length = {}, 0
  while true do
    local size, problem = chunks:size()
    if not size then return nil, problem end
    if size == 0 then break end
    length = length + size
    if length > max_bytes then return too_large(head.status) end
    local taken, lost = chunks:data(size, pieces)
    if not taken then return nil, lost end
  end
  local ended, problem = chunks:trailers()
  if not ended then return nil, problem end
  return table.concat(pieces), chunks.text:sub(chunks.at)
end

-- Returns the reader of a head's body, and whether the body's own end shows where it is.
local function reader_of(head)
  local headers = head.headers
  if WITHOUT_BODY[head.status] then return read_nothing, true end
  if headers["transfer-encoding"] then return read_chunked, true end
  if headers["content-length"] then return read_counted, true end
  return read_to_the_end, false
end

-- Whether the server keeps the connection open after an answer; no other option has "close" in it.
local function stays_open(head)
  local options = head.headers.connection
  return head.minor > 0 and not (options and options:lower():find("close", 1, true))
end

--- Reads an answer.
-- @tparam function receive receive(max) -> 1 to max bytes | nil, why: "closed" at an orderly end,
--   "timeout", or any other word
-- @tparam integer max_body_bytes as the body comes off the wire
-- @treturn[1] table { status, headers = { lower-case name = value }, body }
-- @treturn[1] boolean whether the connection can carry another request: the answer ended where it
--   said, nothing came behind it, and the server keeps the connection
-- @treturn[2] nil
-- @treturn[2] table { kind, code, text, status and request_id (if the final head had come) }
function M.read(receive, max_body_bytes)
  local head, rest = read_head(receive)
  if not head then return nil, rest end
  local read_body, delimited = reader_of(head)
  local body, behind = read_body(receive, head, rest, max_body_bytes)
  if not body then
    behind.request_id = head.headers["x-amzn-requestid"]
    return nil, behind
  end
  return { status = head.status, headers = head.headers, body = body },
    delimited and behind == "" and stays_open(head)
end

--- Reads the head of a proxy's answer to CONNECT, which has no body when it is 2xx.
-- @treturn[1] integer its status
-- @treturn[1] boolean whether nothing came behind the head
-- @treturn[2] nil
-- @treturn[2] table as read's
function M.read_status(receive)
  local head, rest = read_head(receive)
  if not head then return nil, rest end
  return head.status, rest == ""
end

return M
