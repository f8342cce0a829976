-- SPDX-License-Identifier: MIT
-- The life of a request: encode once, then sign, send, read, decide, within one deadline. What a
-- client is, see dynamo.client_state.
local adaptive = require "dynamo.call.adaptive"
local attempt = require "dynamo.call.attempt"
local explained = require "dynamo.call.explained"
local hooks = require "dynamo.call.hooks"
local life = require "dynamo.call.life"
local outcome = require "dynamo.call.outcome"
local recovery = require "dynamo.call.recovery"
local request = require "dynamo.call.request"
local retry = require "dynamo.call.retry"
local start = require "dynamo.call.start"
local errors = require "dynamo.error"
local loops = require "dynamo.loop"
local canceller = require "dynamo.loop.canceller"
local protected = require "dynamo.protected"
local secrets = require "dynamo.settings.secrets"
local show = require "dynamo.show"

local M = {}

--- Fails before anything was made: nil, message, err. See dynamo.call.outcome.
M.fail = outcome.fail

-- Returns what is told beside the result of a call.
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
    local result, err, response = attempt.run(client, call)
    if client.limiter and response then
      local throttled = err ~= nil and err.throttled or false
      adaptive.learn(client.limiter, throttled, call.transport:monotonic())
    end
    local delay = not result and not client.closed and recovery.next(client, call, err)
    if client.closed then
      return outcome.fail(call.operation, recovery.cancelled(call, err), call, response)
    elseif result then
      retry.give_back(client.retry, call.cost)
      return result, nil, info_of(call, result)
    elseif not delay then
      return outcome.fail(call.operation, err, call, response)
    end
    local reason = rest(client, call, delay, err)
    if reason then
      return outcome.fail(call.operation, life.cancelled(reason, err.sent), call, response)
    end
  end
end

-- Returns a call, one run through: the only place where one is made.
--   operation          a record of dynamo.operations
--   typed              boolean: attribute values are wire-typed
--   transport          the client's, also once that is closed
--   began, deadline    seconds on the transport's monotonic clock
--   retry_unsafe       boolean in place of the client's, or nil
--   retry_conflicts    true: a transaction that another one has cancelled is sent again
--   stop               what its canceller knows, of dynamo.loop.canceller; nil without one
--   attempts           integer: how many were sent (written by attempt)
--   replayed           boolean: it was sent again though it may have arrived (attempt)
--   is_resent          boolean: the next attempt is one of those (recovery)
-- and, nil at first:
--   body               text, JSON (prepare)
--   params             the API's members as the body says them (prepare)
--   invocation_header  { "amz-sdk-invocation-id", id }, of all its attempts (prepare)
--   snapshot           the credentials of the attempt, of dynamo.credentials.snapshot (attempt)
--   target             where it goes, of dynamo.call.target (attempt)
--   request_id         text, the service's, of the last response (attempt)
--   corrected          boolean: the last response corrected the clock (attempt)
--   applied            "no", "unknown" or "yes": what its attempts may have done (recovery)
--   class              its replay class, once it is asked for (recovery)
--   cost               integer: the tokens that its last retry took (recovery)
--   skewed, refreshed  true: signed with another time, with other credentials (recovery)
--   hook_failures      integer: hooks that raised (hooks)
local function new_call(client, operation, typed, options, stop)
  local transport = client.transport
  local began = transport:monotonic()
  return {
    operation = operation,
    typed = typed,
    transport = transport,
    began = began,
    deadline = began + (options and options.timeout or client.timeout),
    retry_unsafe = options and options.retry_unsafe,
    retry_conflicts = options and options.retry_conflicts,
    stop = stop,
    attempts = 0,
    replayed = false,
    is_resent = false,
  }
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
  local call = new_call(client, operation, typed, options, stop)
  call.body, call.params = request.body(operation, params, typed, client.random)
  if not call.body then return nil, client.closed and life.cancelled() or call.params end
  call.invocation_header = request.invocation_header(client.caches, client.random)
  return call
end

-- Does what M.run says; `at` is given the call once there is one.
local function run(at, client, operation, params, typed, options)
  local call, err = prepare(client, operation, params, typed, options)
  if not call then return outcome.fail(operation, err) end
  if at then at.call = call end
  return try(client, call)
end

-- Returns what a call came to that was run under protection: an error object that was raised is the
-- call's error, anything else goes on.
local function caught(operation, at, ok, err, ...)
  if ok then return err, ... end
  if getmetatable(err) ~= "dynamo.error" then error(err, 0) end
  if at.call then recovery.interrupted(at.call) end
  return outcome.fail(operation, err, at.call)
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
  err = call and attempt.aim(client, call) or err
  if client.closed then err = life.cancelled() end
  if err then return outcome.fail(operation, err) end
  local now = call.transport:now() + client.clock.offset
  local signed, unsigned = request.signed(client, call, call.target, call.snapshot, now)
  if not signed then return outcome.fail(operation, unsigned) end
  return explained.new(signed, call.target.url, call.body)
end

--- Returns the signed request of one call, which is not sent: { method, url, headers, body }; or
-- nil, message, err.
function M.explain(client, operation, params, typed)
  life.enter(client)
  return life.leave(client, guarded(shown, client, operation, params, typed))
end

return M
