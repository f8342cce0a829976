-- SPDX-License-Identifier: MIT
--- The one error shape, and how an awsJson1.0 error answer becomes one.
-- `kind` is one of validation, service, transport, timeout, tls, integrity, credentials, config,
-- cancelled; `code` is stable (AWS's own for kind "service"); `message` is for people.
-- @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
local core = require "dynamo.core"
local operations = require "dynamo.operations"
local redact = require "dynamo.redact"

local M = {}

local MAX_CODE_BYTES = 128 -- the longest of AWS has half of that
local SHOWN_BYTES = 120 -- of a body that is not what it should be
local meta = { __name = "dynamo.error", __metatable = "dynamo.error" }

-- The members an error answer may carry whatever its shape.
local ENVELOPE = core.model {
  Envelope = {
    type = "structure",
    members = { __type = "Text", code = "Text", message = "Text", Message = "Text" },
  },
  Text = { type = "string" },
}

-- Codes by which a service asks for fewer requests; the request was refused, not done.
-- The union of what the AWS SDKs count as throttling.
local THROTTLING = {
  Throttling = true,
  ThrottlingException = true,
  ThrottledException = true,
  RequestThrottled = true,
  RequestThrottledException = true,
  RequestLimitExceeded = true,
  TooManyRequestsException = true,
  ProvisionedThroughputExceededException = true,
  TransactionInProgressException = true,
  BandwidthLimitExceeded = true,
  LimitExceededException = true,
  SlowDown = true,
  PriorRequestNotComplete = true,
  EC2ThrottledException = true,
}

-- Other codes that a later try may cure; the model marks the conflict retryable.
local TRANSIENT = {
  RequestTimeout = true,
  RequestTimeoutException = true,
  ReplicatedWriteConflictException = true,
}
-- A write that met a transaction of somebody else: refused, as by a throttle, and soon over.
local CONFLICTS = { TransactionConflictException = true }

-- The codes of a cancelled transaction's reasons, as a write alone fails.
local CODE_OF_REASON = {
  ConditionalCheckFailed = "ConditionalCheckFailedException",
  ItemCollectionSizeLimitExceeded = "ItemCollectionSizeLimitExceededException",
  ProvisionedThroughputExceeded = "ProvisionedThroughputExceededException",
  ThrottlingError = "ThrottlingException",
  TransactionConflict = "TransactionConflictException",
  ValidationError = "ValidationException",
}
local TRANSIENT_STATUS = { [500] = true, [502] = true, [503] = true, [504] = true }

function meta.__tostring(err)
  return err.message
end

-- Returns the message of an error. That of a validation names the place itself; others begin with
-- their code.
local function worded(kind, code, text)
  if kind == "validation" then return text end
  return code .. ": " .. text
end

--- Makes `fields` (owned from now on) an error object; its `message` is given without the code.
function M.new(fields)
  fields.message = worded(fields.kind, fields.code, fields.message)
  return setmetatable(fields, meta)
end

-- Whether all reasons of a cancelled transaction pass with time, and whether a conflict is one.
local function passing(reasons)
  local passes, conflicts = false, false
  for _, reason in ipairs(reasons or {}) do
    local code = CODE_OF_REASON[reason.code] or reason.code
    if code ~= nil and code ~= "None" then
      if not THROTTLING[code] and not CONFLICTS[code] then return false, false end
      passes, conflicts = true, conflicts or CONFLICTS[code] or false
    end
  end
  return passes, conflicts
end

-- Says what follows from the code of a service's error: throttled, retryable, and conflict, of a
-- transaction that another one has cancelled.
local function classify(err)
  local code, passes, conflicts = err.code, false, false
  if code == "TransactionCanceledException" then
    passes, conflicts = passing(err.reasons)
  end
  err.throttled = THROTTLING[code] or CONFLICTS[code] or passes or err.status == 429
  err.retryable = err.throttled or TRANSIENT[code] or TRANSIENT_STATUS[err.status] or false
  err.conflict = conflicts or nil
end

--- Gives an error another code and text.
function M.rename(err, code, text)
  err.code, err.message = code, worded(err.kind, code, text)
end

--- Makes the error of a transaction of one action that of the write it stands for, with what follows
-- from its new code.
function M.unwrap(err)
  local reason = err.reasons and err.reasons[1]
  if err.code ~= "TransactionCanceledException" or not reason then return end
  M.rename(
    err,
    CODE_OF_REASON[reason.code] or reason.code or err.code,
    reason.message or M.text_of(err)
  )
  classify(err)
  err.item = reason.item
end

--- Returns the text of an error, which is its message without the code.
function M.text_of(err)
  return err.kind == "validation" and err.message or err.message:sub(#err.code + #": " + 1)
end

--- Returns another error that says the same.
function M.copy(err)
  local copy = {}
  for name, value in pairs(err) do
    copy[name] = value
  end
  return setmetatable(copy, meta)
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

-- Returns "Code" of "ns.json10#Code:http://...", or nil for what is no code.
local function bare_code(text)
  local code = text and text:match("^[^:]*"):match("[^#]*$")
  return code and #code <= MAX_CODE_BYTES and code:match("^[%w_.-]+$")
end

-- Returns the envelope of an error body: {} for a body that is no JSON object of strings.
local function envelope_of(body)
  if body == "" then return {} end
  return core.decode(ENVELOPE, "Envelope", body, false, false) or { unreadable = true }
end

-- Returns the message to show for an answer of `status`; `envelope` is what its body gave.
local function message_of(status, envelope, body)
  local message = envelope.message
  if message == nil or message == "" then message = envelope.Message end
  if message and message ~= "" then return message end
  if envelope.unreadable then return ("HTTP %d: %s"):format(status, M.excerpt(body)) end
  return ("HTTP %d without a message"):format(status)
end

local function reason_of(reason)
  return { code = reason.Code, message = reason.Message, item = reason.Item }
end

-- Adds what the exception's own shape holds: item, reasons, throttling_reasons.
local function add_details(err, body, reader)
  if not operations.shapes[err.code] then return end
  local details = core.decode(operations.model, err.code, body, reader.typed, reader.exact)
  if not details then return end
  err.item = details.Item
  err.throttling_reasons = details.ThrottlingReasons or details.throttlingReasons
  if details.CancellationReasons then
    err.reasons = {}
    for i, reason in ipairs(details.CancellationReasons) do
      err.reasons[i] = reason_of(reason)
    end
  end
end

-- Returns the seconds of an x-amz-retry-after header (milliseconds), or nil for none or junk.
local function retry_after(headers)
  local milliseconds = (headers["x-amz-retry-after"] or ""):match("^%d+$")
  return milliseconds and tonumber(milliseconds) / 1000
end

-- Returns the service's code for an answer, by body, then header; else one made of the status.
local function code_of(status, headers, envelope)
  return bare_code(envelope.__type)
    or bare_code(headers["x-amzn-errortype"])
    or bare_code(envelope.code)
    or ("HTTP%d"):format(status)
end

--- Reads an answer that is no success.
-- @tparam integer status
-- @tparam table headers lower-case keys
-- @tparam string body already checked and inflated
-- @tparam ?table reader { typed, exact }: how items are decoded
-- @treturn table an error of kind "service"
function M.parse(status, headers, body, reader)
  reader = reader or {}
  local envelope = envelope_of(body)
  local code = code_of(status, headers, envelope)
  local err = M.new {
    kind = "service",
    code = code,
    message = message_of(status, envelope, body),
    status = status,
    retry_after = retry_after(headers),
  }
  if not envelope.unreadable and body ~= "" then add_details(err, body, reader) end
  classify(err)
  return err
end

return M
