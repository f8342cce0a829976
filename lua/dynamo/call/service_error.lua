-- SPDX-License-Identifier: MIT
--- How an awsJson1.0 error response becomes an error: what it says, and what follows from its code.
-- @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
local core = require "dynamo.core"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"

local M = {}

local MAX_CODE_BYTES = 128 -- the longest of AWS has half of that

-- The members an error response may carry whatever its shape.
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

--- Makes the error of a transaction of one action that of the write it stands for, with what follows
-- from its new code.
function M.unwrap(err)
  local reason = err.reasons and err.reasons[1]
  if err.code ~= "TransactionCanceledException" or not reason then return end
  errors.rename(
    err,
    CODE_OF_REASON[reason.code] or reason.code or err.code,
    reason.message or errors.text_of(err)
  )
  classify(err)
  err.item = reason.item
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

-- Returns the message to show for a response of `status`; `envelope` is what its body gave.
local function message_of(status, envelope, body)
  local message = envelope.message
  if message == nil or message == "" then message = envelope.Message end
  if message and message ~= "" then return message end
  if envelope.unreadable then return ("HTTP %d: %s"):format(status, errors.excerpt(body)) end
  return ("HTTP %d without a message"):format(status)
end

local function reason_of(reason)
  return { code = reason.Code, message = reason.Message, item = reason.Item }
end

-- Adds what the exception's own shape holds: item, reasons, throttling_reasons.
local function add_details(err, body, reader)
  if not operations.shapes[err.code] then return end
  local typed, exact = reader and reader.typed, reader and reader.exact
  local details = core.decode(operations.model, err.code, body, typed, exact)
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

-- Returns the code in a response where AWS's services have theirs, or nil.
local function own_code(headers, envelope)
  return bare_code(envelope.__type) or bare_code(headers["x-amzn-errortype"])
end

--- Reads a response that is no success.
-- @tparam integer status
-- @tparam table headers lower-case keys
-- @tparam string body already checked and inflated
-- @tparam ?table reader of dynamo.call.response; without one, plain values and numbers
-- @treturn table an error of kind "service"
-- @treturn boolean whether its code is where AWS's services have theirs
function M.parse(status, headers, body, reader)
  local envelope = envelope_of(body)
  local code = own_code(headers, envelope)
  local err = errors.new {
    kind = "service",
    code = code or bare_code(envelope.code) or ("HTTP%d"):format(status),
    message = message_of(status, envelope, body),
    status = status,
    retry_after = retry_after(headers),
  }
  if not envelope.unreadable and body ~= "" then add_details(err, body, reader) end
  classify(err)
  return err, code ~= nil
end

return M
