-- SPDX-License-Identifier: MIT
-- The life of a request: encode once, then sign, send, read, decide, within one deadline.
--
-- `client` is the private state dynamo.client keeps: the checked options, how answers are read
-- (readers, by whether values are wire-typed), and what is made at the first need (places by
-- service, transport, snapshot of the credentials).
local credentials = require "dynamo.call.credentials"
local errors = require "dynamo.call.error"
local places = require "dynamo.call.place"
local request = require "dynamo.call.request"
local response = require "dynamo.call.response"
local retry = require "dynamo.call.retry"
local transports = require "dynamo.call.transport"

local M = {}

-- Returns the transport, made at the first need.
local function transport_of(client)
  if not client.transport then
    client.transport = transports.new(client)
    client.owns_transport = true
  end
  return client.transport
end

-- Kinds of failure of a transport that another attempt may cure.
local PASSING = { transport = true, timeout = true, integrity = true }

-- Makes a transport's failure an error object; one that does not say how far it got may have
-- got all the way.
local function transport_error(message, failed)
  failed = failed or {}
  local kind = failed.kind or "transport"
  return errors.new {
    kind = kind,
    code = failed.code or "TransportFailed",
    message = errors.redact(message or failed.message or "the transport failed"),
    sent = failed.sent or "complete",
    status = failed.status,
    retryable = PASSING[kind] and failed.code ~= "ResponseTooLarge" or false,
  }
end

local function timed_out()
  return errors.new {
    kind = "timeout",
    code = "DeadlineExceeded",
    message = "the call's time was over before the request was sent",
    sent = "none",
    retryable = false,
  }
end

-- One attempt: returns result, nil, answer, or nil, error, answer or nil.
local function attempt(client, call)
  local transport = call.transport
  local snapshot, err = credentials.snapshot(client)
  if not snapshot then return nil, err end
  local started = transport:monotonic()
  if started >= call.deadline then return nil, timed_out() end
  local signed, unsigned = request.signed(
    client, call.operation, call.place, call.body, snapshot, transport:now())
  if not signed then return nil, unsigned end
  local until_then = math.min(call.deadline, started + client.attempt_timeout)
  call.attempts = call.attempts + 1
  local answer, message, failed = transport:send(signed, until_then)
  if not answer then return nil, transport_error(message, failed) end
  local reader = client.readers[call.typed]
  reader.secrets = snapshot.secrets
  local result, problem = response.read(call.operation, answer, reader)
  return result, problem, answer
end

-- Returns the seconds to wait before the next attempt, or nil if there is none to be.
local function wait_after(client, call, err)
  local attempts = call.attempts
  if attempts >= client.max_attempts then return nil end
  if not retry.may_resend(call.operation, err) then return nil end
  local delay = retry.delay(err, attempts - 1, retry.jitter(client.random))
  if call.transport:monotonic() + delay >= call.deadline then return nil end
  return delay
end

--- Returns nil, message, err with what only the whole call knows.
-- @tparam table operation
-- @tparam table err an error object
-- @tparam integer attempts how many requests left us
-- @tparam ?table answer the last one
function M.fail(operation, err, attempts, answer)
  err.operation = operation.method
  err.attempts = attempts
  err.request_id = answer and answer.headers["x-amzn-requestid"]
  err.retryable = err.retryable or false
  err.throttled = err.throttled or false
  err.maybe_applied = retry.maybe_applied(operation, err)
  return nil, tostring(err), err
end

local function info_of(result, answer, attempts, replayed)
  return {
    request_id = answer.headers["x-amzn-requestid"],
    attempts = attempts,
    consumed_capacity = result.ConsumedCapacity,
    item_collection_metrics = result.ItemCollectionMetrics,
    replayed = replayed,
  }
end

-- Tries until an attempt succeeds, or none is left to make.
local function try(client, call)
  local replayed = false
  while true do
    local result, err, answer = attempt(client, call)
    if result then return result, nil, info_of(result, answer, call.attempts, replayed) end
    local delay = wait_after(client, call, err)
    if not delay then return M.fail(call.operation, err, call.attempts, answer) end
    replayed = replayed or err.sent ~= "none"
    call.transport:sleep(delay)
  end
end

--- Runs one call of an operation.
-- @tparam table client
-- @tparam table operation a record of dynamo.operations
-- @tparam table params the API's members, left as they are
-- @tparam boolean typed attribute values are wire-typed, both ways
-- @tparam ?number timeout seconds for the whole call, in place of the client's
-- @return the output, nil, info; or nil, message, err
function M.run(client, operation, params, typed, timeout)
  local transport = transport_of(client)
  local deadline = transport:monotonic() + (timeout or client.timeout)
  local body, err = request.body(operation, params, typed, client.random)
  if not body then return M.fail(operation, err, 0) end
  local place, misplaced = places.of(client, operation)
  if not place then return M.fail(operation, misplaced, 0) end
  return try(client, {
    transport = transport,
    deadline = deadline,
    attempts = 0,
    operation = operation,
    place = place,
    body = body,
    typed = typed,
  })
end

-- Copies headers out: their pairs are shared by all requests.
local function copied(headers)
  local copy = {}
  for i, pair in ipairs(headers) do copy[i] = { pair[1], pair[2] } end
  return copy
end

--- Returns the signed request of one call, which is not sent: { method, url, headers, body }; or
-- nil, message, err.
function M.explain(client, operation, params, typed)
  local body, err = request.body(operation, params, typed, client.random)
  if not body then return M.fail(operation, err, 0) end
  local place, misplaced = places.of(client, operation)
  if not place then return M.fail(operation, misplaced, 0) end
  local snapshot, missing = credentials.snapshot(client)
  if not snapshot then return M.fail(operation, missing, 0) end
  local now = transport_of(client):now()
  local signed, unsigned = request.signed(client, operation, place, body, snapshot, now)
  if not signed then return M.fail(operation, unsigned, 0) end
  return { method = signed.method, url = place.url, headers = copied(signed.headers), body = body }
end

return M
