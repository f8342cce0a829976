-- SPDX-License-Identifier: MIT
--- The one error shape.
-- `kind` is one of validation, service, transport, timeout, tls, integrity, credentials, config,
-- cancelled, function; `code` is stable (AWS's own for kind "service"); `message` is for people.
local redact = require "dynamo.redact"
local tables = require "dynamo.tables"

local M = {}

local SHOWN_BYTES = 120 -- of a body that is not what it should be
local meta = { __name = "dynamo.error", __metatable = "dynamo.error" }

function meta.__tostring(err)
  return err.message
end

-- Kinds whose messages do not begin with their code: that of a validation names the place, and what
-- a function of the program's own failed with is left as it was.
local BARE = { validation = true, ["function"] = true }

-- Returns the message of an error.
local function worded(kind, code, text)
  if BARE[kind] then return text end
  return code .. ": " .. text
end

--- Makes `fields` (owned from now on) an error object: the only place, with `copy`, where one is made.
--   kind, code, message  texts; the message is given without the code
--   path                 text: the place in what was given, or in a response
--   status               integer, of HTTP
--   sent                 "none", "partial" or "complete": how far the request got (of_transport)
--   retryable, throttled booleans; retry_after: seconds that the service asks for, or nil
--   item, reasons, throttling_reasons, conflict
--                        what the service's own error says (call.service_error)
--   action               integer: which action of a transaction it is about (table.transact)
--   foreign              true: whose response it is is not known (call.response)
--   retry_quota_exceeded true: the bucket of retries was empty (call.recovery)
--   cursor               text from which a result that failed goes on; results, count: what came before,
--                        of :all() and :count() (table.pages)
--   unprocessed, unknown, items, done, folded
--                        what a batch left, what of it may be done, what it read, how many it wrote
--                        (table.batch.leftovers, table.batch.reads)
--   operation, attempts, request_id, maybe_applied, response_lost, replayed, hook_failures
--                        what the whole call knows (call.outcome), which finishes the error
function M.new(fields)
  fields.message = worded(fields.kind, fields.code, fields.message)
  return setmetatable(fields, meta)
end

--- Gives an error another code and text.
function M.rename(err, code, text)
  err.code, err.message = code, worded(err.kind, code, text)
end

--- Returns the text of an error, which is its message without the code.
function M.text_of(err)
  return BARE[err.kind] and err.message or err.message:sub(#err.code + #": " + 1)
end

--- Returns another error that says the same.
function M.copy(err)
  return setmetatable(tables.copy(err), meta)
end

--- Returns the error of many things of which some failed, with a message of its own: of the kind and
-- code of one of them.
-- @tparam table of
-- @tparam string message
-- @tparam table fields more of it; owned from now on
function M.summary(of, message, fields)
  fields.kind, fields.code, fields.message = of.kind, of.code, message
  return setmetatable(fields, meta)
end

--- Returns nil, message, err: what a failed call hands to its caller.
function M.give(err)
  return nil, err.message, err
end

--- As give, of a new error.
function M.fail(fields)
  return M.give(M.new(fields))
end

--- Returns an error of kind "validation": nothing was sent.
function M.validation(code, path, message)
  return M.new { kind = "validation", code = code, path = path, message = message }
end

--- Returns an error of kind "config": what options, environment or profile say cannot be done.
function M.config(code, message)
  return M.new { kind = "config", code = code, message = message }
end

--- Returns an error of kind "credentials": there are none, or none that can be used.
function M.credentials(code, message)
  return M.new { kind = "credentials", code = code, message = message }
end

-- Kinds of failure of a transport that another attempt may cure.
local PASSING = { transport = true, timeout = true, integrity = true }

-- Codes of such failures that another attempt meets again.
local LASTING = { BadTransport = true, ResponseTooLarge = true }

--- Makes a transport's failure an error object; one that does not say how far it got may have got
-- all the way.
-- @tparam ?string message
-- @tparam ?table failed kind, code, sent, status, request_id
function M.of_transport(message, failed)
  failed = failed or {}
  local kind = failed.kind or "transport"
  return M.new {
    kind = kind,
    code = failed.code or "TransportFailed",
    message = message or failed.message or "the transport failed",
    sent = failed.sent or "complete",
    status = failed.status,
    request_id = failed.request_id,
    retryable = PASSING[kind] and not LASTING[failed.code] or false,
  }
end

--- Returns the first bytes of `body` fit for a message: one line of printable ASCII.
function M.excerpt(body)
  local text = body:sub(1, SHOWN_BYTES):gsub("[^\32-\126]+", " ")
  return #body > SHOWN_BYTES and text .. "..." or text
end

-- Returns a list of records without secrets in their texts.
local function cleaned(records, secrets)
  for _, record in ipairs(records or {}) do
    for name, value in pairs(record) do
      if type(value) == "string" then record[name] = redact.text(value, secrets) end
    end
  end
end

--- Takes the secrets out of all texts of an error, code and path included.
-- @tparam table err
-- @tparam {string,...} secrets what no text may repeat
function M.redact(err, secrets)
  M.rename(err, redact.text(err.code, secrets), redact.text(M.text_of(err), secrets))
  err.path = err.path and redact.text(err.path, secrets)
  cleaned(err.reasons, secrets)
  cleaned(err.throttling_reasons, secrets)
end

return M
