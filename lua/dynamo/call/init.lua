-- SPDX-License-Identifier: MIT
-- The life of a request: encode once, then sign, send, read, decide, within one deadline.
--
-- `client` is the private state dynamo.client keeps: the checked options, how responses are read
-- (readers, by whether values are wire-typed), and what is made at the first need (places,
-- transport, snapshot of the credentials, policy of retries).
--
-- A `call` is one run through: { operation, params, typed, body, transport, began, deadline,
-- attempts, invocation, place, snapshot, stop (what its canceller knows), applied (what its failed
-- attempts may have done), class, cost (of the last retry), is_resent (it is sent once more now),
-- replayed, retry_unsafe, ... }.
local adaptive = require "dynamo.call.adaptive"
local clock = require "dynamo.call.clock"
local explained = require "dynamo.call.explained"
local hooks = require "dynamo.call.hooks"
local life = require "dynamo.call.life"
local recovery = require "dynamo.call.recovery"
local request = require "dynamo.call.request"
local responses = require "dynamo.call.response"
local retry = require "dynamo.call.retry"
local start = require "dynamo.call.start"
local places = require "dynamo.call.target"
local credentials = require "dynamo.credentials"
local errors = require "dynamo.error"
local loops = require "dynamo.loop"
local canceller = require "dynamo.loop.canceller"
local protected = require "dynamo.protected"
local redact = require "dynamo.redact"
local secrets = require "dynamo.settings.secrets"
local show = require "dynamo.show"

local M = {}

-- ---- one attempt ---------------------------------------------------------------------------

local function timed_out(message)
  return errors.new {
    kind = "timeout",
    code = "DeadlineExceeded",
    message = message,
    sent = "none",
    retryable = false,
  }
end

-- Waits until the adaptive limiter lets a request go; returns nil, or an error if the call's time
-- would be over before, or it is ended meanwhile.
local function await_turn(client, call)
  local now = call.transport:monotonic()
  local wait = adaptive.take(client.limiter, now)
  if wait == 0 then return nil end
  if now + wait >= call.deadline then
    adaptive.give_back(client.limiter)
    return timed_out "the call's time is over before the service may be asked again (adaptive)"
  end
  local reason = call.transport:sleep(wait)
  return reason and life.cancelled(reason, "none")
end

-- Learns the service's time from a response; returns whether it corrected ours.
local function hear(client, call, response, sent_at)
  local date = response.headers.date
  if date == client.heard_date and response.status < 400 then return false end
  client.heard_date = date
  if not client.corrects_clock then return false end
  local received_at = call.transport:now()
  local offset = clock.correction(response.headers, sent_at, received_at, client.clock_offset)
  client.clock_offset = offset or client.clock_offset
  return offset ~= nil
end

-- Takes the secrets out of what will be told of an attempt: its request's id, its error.
local function clean(call, signed, response, err)
  local id = response and responses.request_id(response) or err and err.request_id
  local is_fine = not id or redact.is_request_id(id)
  call.request_id = id
  if is_fine and not err then return end
  local hidden = request.secrets(signed, call.snapshot)
  if not is_fine then call.request_id = redact.line(id, hidden) end
  if not err then return end
  err.request_id = call.request_id
  errors.redact(err, hidden)
end

-- Sends a signed request and reads its response: as `attempt`.
local function exchange(client, call, signed, started, sent_at)
  local transport = call.transport
  local until_then = math.min(call.deadline, started + client.attempt_timeout)
  call.attempts = call.attempts + 1
  if client.hooks then hooks.before_send(client, call) end
  local reason = client.hooks and life.ended(client, call.stop)
  if reason then
    call.attempts = call.attempts - 1
    return nil, life.cancelled(reason, "none")
  end
  call.replayed = call.replayed or call.is_resent
  local response, message, failed = transport:send(signed, until_then)
  local result, err
  if response then
    call.corrected = hear(client, call, response, sent_at)
    result, err = responses.read(call.operation, response, client.readers[call.typed])
  else
    err = errors.of_transport(message, failed)
  end
  clean(call, signed, response, err)
  if client.hooks then
    hooks.after_response(client, call, transport:monotonic() - started, response, result, err)
  end
  return result, err, response
end

-- Finds what an attempt is signed with and where it goes; returns nil, or an error.
local function aim(client, call)
  local err
  call.snapshot, err = credentials.snapshot(client, call.deadline)
  if call.snapshot then
    call.place, err = places.of(client, call.operation, call.params, call.snapshot)
    if err then errors.redact(err, secrets.of(client, call.snapshot.secrets)) end
  end
  hooks.count(call, client.warnings:take_failures())
  return err
end

-- One attempt: returns result, nil, response, or nil, error, response or nil.
local function attempt(client, call)
  local problem = aim(client, call) or client.limiter and await_turn(client, call)
  local reason = life.ended(client, call.stop)
  if reason then return nil, life.cancelled(reason, "none") end
  if problem then return nil, problem end
  local started, sent_at = call.transport:monotonic(), call.transport:now()
  if started >= call.deadline then
    return nil, timed_out "the call's time was over before the request was sent"
  end
  local signed, err =
    request.signed(client, call, call.place, call.snapshot, sent_at + client.clock_offset)
  if not signed then return nil, err end
  return exchange(client, call, signed, started, sent_at)
end

-- ---- how it ends ---------------------------------------------------------------------------

--- Returns nil, message, err with what only the whole call knows.
-- @tparam table operation
-- @tparam table err an error object
-- @tparam ?table call nil if nothing was made yet
-- @tparam ?table response the last one
function M.fail(operation, err, call, response)
  err.operation = operation.method
  err.attempts = call and call.attempts or 0
  err.request_id = err.request_id or response and call.request_id
  err.retryable = err.retryable or false
  err.throttled = err.throttled or false
  if call then
    if call.stop and err.code == "Interrupted" then canceller.interrupt(call.stop) end
    recovery.conclude(call, err)
  elseif not operation.read then
    err.maybe_applied = "no"
  end
  return errors.give(err)
end

local function info_of(call, result)
  return show.printable {
    request_id = call.request_id,
    attempts = call.attempts,
    consumed_capacity = result.ConsumedCapacity,
    item_collection_metrics = result.ItemCollectionMetrics,
    replayed = call.replayed,
    hook_failures = call.hook_failures,
  }
end

-- Waits before another attempt; returns nil, or the code of why there is to be none.
local function rest(client, call, delay, err)
  if client.hooks then hooks.before_retry(client, call, delay, err) end
  return life.ended(client, call.stop) or call.transport:sleep(delay)
end

-- Tries until an attempt succeeds, or none is left to make.
local function try(client, call)
  while true do
    local result, err, response = attempt(client, call)
    if client.limiter and response then
      local throttled = err ~= nil and err.throttled or false
      adaptive.learn(client.limiter, throttled, call.transport:monotonic())
    end
    local delay = not result and not client.closed and recovery.next(client, call, err)
    if client.closed then
      return M.fail(call.operation, recovery.cancelled(call, err), call, response)
    elseif result then
      retry.give_back(client.retry, call.cost)
      return result, nil, info_of(call, result)
    elseif not delay then
      return M.fail(call.operation, err, call, response)
    end
    local reason = rest(client, call, delay, err)
    if reason then
      return M.fail(call.operation, life.cancelled(reason, err.sent), call, response)
    end
  end
end

-- Returns a call ready for its first attempt; or nil, error.
local function prepare(client, operation, params, typed, options)
  local cancel = options and options.cancel
  local stop = cancel and canceller.stop_of(cancel)
  local reason = life.ended(client, stop)
  if reason then return nil, life.cancelled(reason) end
  local err = client.started or start.run(client)
  if client.closed then return nil, life.cancelled() end
  if err ~= true then
    errors.redact(err, secrets.of(client))
    return nil, err
  end
  local transport = client.transport
  local began = transport:monotonic()
  local body, said = request.body(operation, params, typed, client.random)
  if not body then return nil, client.closed and life.cancelled() or said end
  return {
    operation = operation,
    params = said,
    typed = typed,
    body = body,
    transport = transport,
    began = began,
    deadline = began + (options and options.timeout or client.timeout),
    attempts = 0,
    invocation = request.invocation_header(client),
    replayed = false,
    is_resent = false,
    retry_unsafe = options and options.retry_unsafe,
    retry_conflicts = options and options.retry_conflicts,
    stop = stop,
  }
end

-- Does what M.run says; `at` is given the call once there is one.
local function run(at, client, operation, params, typed, options)
  local call, err = prepare(client, operation, params, typed, options)
  if not call then return M.fail(operation, err) end
  if at then at.call = call end
  return try(client, call)
end

-- Returns what a call came to that was run under protection: an error object that was raised is the
-- call's error, anything else goes on.
local function caught(operation, at, ok, err, ...)
  if ok then return err, ... end
  if getmetatable(err) ~= "dynamo.error" then error(err, 0) end
  if at.call then recovery.interrupted(at.call) end
  return M.fail(operation, err, at.call)
end

-- Runs f(at, client, operation, ...), which the user's own transport and getenv may end: clocks,
-- waiting and getenv return nothing by which they could say that they failed.
local function guarded(f, client, operation, ...)
  if not client.is_foreign then return f(nil, client, operation, ...) end
  local at = {}
  return caught(operation, at, protected(f, at, client, operation, ...))
end

--- Runs one call of an operation.
-- @tparam table client
-- @tparam table operation a record of dynamo.operations
-- @tparam table params the API's members, left as they are
-- @tparam boolean typed attribute values are wire-typed, both ways
-- @tparam ?table options timeout (seconds) and retry_unsafe, in place of the client's; retry_conflicts:
--   a transaction that another one has cancelled is sent again; cancel: a canceller
-- @return the output, nil, info; or nil, message, err
function M.run(client, operation, params, typed, options)
  life.enter(client)
  local cancel = options and options.cancel
  if not cancel then
    return life.leave(client, guarded(run, client, operation, params, typed, options))
  end
  local stop = canceller.stop_of(cancel)
  return life.leave(
    client,
    loops.under(stop, guarded, run, client, operation, params, typed, options)
  )
end

-- Does what M.explain says.
local function shown(_, client, operation, params, typed)
  local call, err = prepare(client, operation, params, typed)
  err = call and aim(client, call) or err
  if client.closed then err = life.cancelled() end
  if err then return M.fail(operation, err) end
  local now = call.transport:now() + client.clock_offset
  local signed, unsigned = request.signed(client, call, call.place, call.snapshot, now)
  if not signed then return M.fail(operation, unsigned) end
  return explained.new(signed, call.place.url, call.body)
end

--- Returns the signed request of one call, which is not sent: { method, url, headers, body }; or
-- nil, message, err.
function M.explain(client, operation, params, typed)
  life.enter(client)
  return life.leave(client, guarded(shown, client, operation, params, typed))
end

return M
