-- SPDX-License-Identifier: MIT
-- Reads one response: status class first, then the checksum of the bytes as sent, then inflate, then
-- a strict parse. What is damaged is an error of kind "integrity", never data.
local service_error = require "dynamo.call.service_error"
local core = require "dynamo.core"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"

local M = {}

-- DynamoDB responses stay near 16 MB; what inflates to more is no response of its.
local MAX_BODY_BYTES = 64 * 1024 * 1024
local MAX_CRC32 = 4294967295

-- `lasting` codes come again however often one asks.
local LASTING = { too_large = true, content_encoding = true, depth = true, type = true }

local function integrity(code, message, status)
  return errors.new {
    kind = "integrity",
    code = code,
    message = message,
    status = status,
    retryable = not LASTING[code],
  }
end

-- Returns nil if `body` has the checksum its header says; else code, message. The header is
-- DynamoDB's CRC-32 of the body as transmitted.
local function checksum_problem(header, body)
  local expected = header:match("^%d+$") and #header <= 10 and tonumber(header)
  if not expected or expected > MAX_CRC32 then
    return "crc32_header", "x-amz-crc32 is not a 32-bit number: " .. errors.excerpt(header)
  elseif core.crc32(body) ~= expected then
    return "crc32", "the body does not have the checksum its x-amz-crc32 header says"
  end
end

-- Returns the inflated body, or nil, code, message.
local function inflated(body)
  local plain, code = core.inflate(body, MAX_BODY_BYTES)
  if plain then return plain end
  return nil, code, ("the gzip body is %s"):format(code:gsub("_", " "))
end

-- Returns the body as the service meant it, or nil, code, message.
local function payload(response)
  local headers, body = response.headers, response.body
  local checksum = headers["x-amz-crc32"]
  if checksum then
    local code, message = checksum_problem(checksum, body)
    if code then return nil, code, message end
  end
  local encoding = headers["content-encoding"]
  if not encoding or encoding == "identity" then return body end
  if encoding:lower() == "gzip" then return inflated(body) end
  return nil, "content_encoding", "unknown content-encoding: " .. errors.excerpt(encoding)
end

-- The header that has the id of a request, and the forms of AWS's own.
local REQUEST_ID = "x-amzn-requestid"
local IDS = { "^[%u%d]+$", "^%x+%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x+$" }

--- Returns the id of a request, nil for none; and whether it is in one of AWS's own forms, which no
-- secret has: any other has to be redacted.
-- @tparam ?string text
function M.request_id(text)
  if not text or text == "" then return nil, true end
  return text, #text <= 52 and (text:find(IDS[1]) or text:find(IDS[2])) ~= nil
end

-- Whether a success that carries nothing and has no request id may be one of DynamoDB's: it is {} (or
-- no body, where there is no output), and not of another media type than JSON. Emulators need no
-- more than that.
local function may_be_empty(operation, response, body)
  local media_type = response.headers["content-type"]
  if media_type and not media_type:find("json", 1, true) then return false end
  return body:find "^%s*{%s*}%s*$" ~= nil or body == "" and not operation.output
end

-- Returns the error of a success of somebody else: a proxy, a portal, a test server.
local function foreign(status)
  return integrity(
    "not_dynamodb",
    "the answer has no x-amzn-requestid and no member of the "
      .. "operation's output: whatever answered is not DynamoDB",
    status
  )
end

-- Returns the decoded output, or nil, error. The body may be an item, so none of it is shown.
local function output(operation, body, reader, response)
  local status, is_own = response.status, M.request_id(response.headers[REQUEST_ID]) ~= nil
  if not operation.output then
    if is_own or may_be_empty(operation, response, body) then return {} end
    return nil, foreign(status)
  end
  if body == "" then return nil, integrity("empty", "the answer has no body", status) end
  local value, found =
    core.decode(operations.model, operation.output, body, reader.typed, reader.exact)
  if value ~= nil then
    if is_own or next(value) ~= nil or may_be_empty(operation, response, body) then return value end
    return nil, foreign(status)
  end
  local where = found.path ~= "" and found.path .. ": " or ""
  local text = ("%s%s, at byte %d of %d"):format(
    where,
    found.detail or found.code,
    found.offset + 1,
    #body
  )
  local err = integrity(found.code, text, status)
  err.path = found.path ~= "" and found.path or nil
  return nil, err
end

local function redirect(status)
  return errors.new {
    kind = "service",
    code = "Redirect",
    message = ("HTTP %d; redirects are not followed: give the right region or endpoint"):format(
      status
    ),
    status = status,
    retryable = false,
  }
end

-- Returns the error of a response of 400 and more, and whether its code shows that the service gave
-- it. A server failure needs no intact body.
local function parsed(response, reader)
  local status = response.status
  local body, code, message = payload(response)
  if not body and status < 500 then return integrity(code, message, status), false end
  return service_error.parse(status, response.headers, body or "", reader)
end

-- Returns the error of a response that is no success; `foreign` is one without the service's request
-- id and without its code: whatever gave it may have passed the request on.
local function failure(response, reader)
  local status = response.status
  if status >= 300 and status < 400 then return redirect(status) end
  local err, has_code = parsed(response, reader)
  err.foreign = not has_code and not M.request_id(response.headers[REQUEST_ID]) or nil
  return err
end

--- Makes a reader: how items come back.
-- @tparam boolean typed attribute values are wire-typed ({ S = "a" })
-- @tparam boolean exact every number is a dynamo.number
function M.reader(typed, exact)
  return { typed = typed, exact = exact }
end

--- Reads a transport's response.
-- @tparam table operation
-- @tparam table response { status, headers, body }
-- @tparam table reader
-- @return the operation's output (a table), or nil, error
function M.read(operation, response, reader)
  local status = response.status
  if status < 200 or status > 299 then return nil, failure(response, reader) end
  local body, code, message = payload(response)
  if not body then return nil, integrity(code, message, status) end
  return output(operation, body, reader, response)
end

return M
