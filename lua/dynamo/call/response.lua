-- SPDX-License-Identifier: MIT
-- Reads one response: status class first, then the checksum of the bytes as sent, then inflate, then
-- a strict parse. What is damaged is an error of kind "integrity", never data.
local service_error = require "dynamo.call.service_error"
local core = require "dynamo.core"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"

local M = {}

local MODEL, output = operations.model, core.output

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

-- Each says what a word of core.output means for a response; of any other, the gzip body is that.
local SENTENCES = {
  crc32 = function()
    return "the body does not have the checksum its x-amz-crc32 header says"
  end,
  crc32_header = function(message)
    local header = errors.excerpt(message:header "x-amz-crc32")
    return "x-amz-crc32 is not a 32-bit number: " .. header
  end,
  content_encoding = function(message)
    return "unknown content-encoding: " .. errors.excerpt(message:header "content-encoding")
  end,
  empty = function()
    return "the answer has no body"
  end,
}

-- Returns the error of a body that is not as it should be, by a word of core.output.
local function damaged(word, message, status)
  local sentence = SENTENCES[word]
  local text = sentence and sentence(message) or "the gzip body is " .. word:gsub("_", " ")
  return integrity(word, text, status)
end

--- Returns the id of a request, nil for none; and whether it is in one of AWS's own forms, which no
-- secret has: any other has to be redacted.
-- @tparam ?string text
function M.request_id(text)
  if not text or text == "" then return nil, true end
  return text, core.is_request_id(text)
end

-- Whether a success that carries nothing and has no request id may be one of DynamoDB's: it is {} (or
-- no body, where there is no output), and not of another media type than JSON. Emulators need no
-- more than that.
local function may_be_empty(operation, message)
  local media_type, body = message:header "content-type", core.payload(message)
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

-- Returns the error of a body that says something else than the operation's output. It may be an item,
-- so none of it is shown.
local function undecodable(found, size, status)
  local where = found.path ~= "" and found.path .. ": " or ""
  local said = found.detail or found.code
  local text = ("%s%s, at byte %d of %d"):format(where, said, found.offset + 1, size)
  local err = integrity(found.code, text, status)
  err.path = found.path ~= "" and found.path or nil
  return err
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
local function parsed(message, status, reader)
  local body, word = core.payload(message)
  if not body and status < 500 then return damaged(word, message, status), false end
  return service_error.parse(status, message:headers(), body or "", reader)
end

-- Returns the error of a response that is no success; `foreign` is one without the service's request
-- id and without its code: whatever gave it may have passed the request on.
local function failure(message, status, reader, id)
  if status >= 300 and status < 400 then return redirect(status) end
  local err, has_code = parsed(message, status, reader)
  err.foreign = not has_code and not id or nil
  return err
end

--- Makes a reader: how items come back.
-- @tparam boolean typed attribute values are wire-typed ({ S = "a" })
-- @tparam boolean exact every number is a dynamo.number
function M.reader(typed, exact)
  return { typed = typed, exact = exact }
end

-- Returns the error of a response of which core.output has given no value, or none of DynamoDB's.
local function problem(message, reader, id, value, found, size)
  local status = message:status()
  if status < 200 or status > 299 then return failure(message, status, reader, id) end
  if value ~= nil then return foreign(status) end
  if type(found) == "string" then return damaged(found, message, status) end
  return undecodable(found, size, status)
end

--- Reads a response.
-- @tparam table operation
-- @tparam userdata message of core.message
-- @tparam table reader
-- @tparam ?string heard_date the Date of the response before
-- @return the operation's output (a table), nil; or nil, error; and then, of any response: the id of
--   the request or nil, whether that is in one of AWS's own forms (or there is none), and its Date, if
--   that is another
function M.read(operation, message, reader, heard_date)
  local typed, exact = reader.typed, reader.exact
  local id, is_fine, date, value, found, size =
    output(message, MODEL, operation.output, typed, exact, heard_date)
  if value ~= nil and (id or next(value) ~= nil or may_be_empty(operation, message)) then
    return value, nil, id, is_fine, date
  end
  return nil, problem(message, reader, id, value, found, size), id, is_fine, date
end

return M
