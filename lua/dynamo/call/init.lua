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
local core = require "dynamo.core"
local errors = require "dynamo.error"
local loops = require "dynamo.loop"
local canceller = require "dynamo.loop.canceller"
local protected = require "dynamo.protected"
local secrets = require "dynamo.settings.secrets"
local show = require "dynamo.show"
local tasks = require "dynamo.task"
local messages = require "dynamo.transport.messages"

local M = {}

local PRINTABLE = show.PRINTABLE

--- Fails before anything was made: nil, message, err. See dynamo.call.outcome.
M.fail = outcome.fail

-- Waits before another attempt; returns nil, or the code of why there is to be none.
local function rest(client, call, delay, err)
  if client.hooks then hooks.before_retry(client, call, delay, err) end
  return life.ended(client, call.stop) or client.transport:sleep(delay)
end

-- Makes a client ready for its first call; returns nil, or an error.
local function begin(client)
  local err = start.run(client)
  if client.closed then return life.cancelled() end
  if err == true then return nil end
  errors.redact(err, secrets.of(client))
  return err
end

-- Whether this runtime looks for each new string among all others: Lua 5.1 and LuaJIT do. Those after
-- do it for short ones alone, and there a body is as well off as one.
local FINDS_STRINGS = _VERSION == "Lua 5.1"

-- Returns where the body of a call is written.
local function writing(call)
  call.written = call.written or core.written()
  return call.written
end

-- Makes a call ready for its first attempt; returns nil, or an error.
local function prepare(client, call)
  local reason = (client.closed or call.stop or tasks.any) and life.ended(client, call.stop)
  if reason then return life.cancelled(reason) end
  local problem = not client.started and begin(client)
  if problem then return problem end
  local asked = call.asked
  local params, options, began = asked.params, asked.options, client.transport:monotonic()
  local body, said, is_checked = asked.body, params, asked.replay_class ~= nil
  if not body then
    local typed, written = asked.typed or false, FINDS_STRINGS and writing(call) or nil
    body, said = request.body(asked.operation, params, typed, client.random, is_checked, written)
  end
  if not body then return client.closed and life.cancelled() or said end
  if said ~= params then call.said = said end
  call.body, call.deadline = body, began + (options and options.timeout or client.timeout)
  call.invocation = request.invocation(client.caches, client.random)
end

-- Ends a call that succeeded: returns what is told beside its result. The call is kept for the next
-- one, if there is nothing else in it than what that will write anew: most calls leave no record to
-- the collector so.
local function succeed(client, call, result)
  if call.cost or client.retry.tokens < retry.TOKENS then
    retry.give_back(client.retry, call.cost)
  end
  local info = {
    request_id = call.request_id,
    attempts = call.attempts,
    replayed = call.replayed or false,
    consumed_capacity = result.ConsumedCapacity,
  }
  local metrics, failures = result.ItemCollectionMetrics, call.hook_failures
  if metrics then info.item_collection_metrics = metrics end
  if failures then info.hook_failures = failures end
  if call.attempts == 1 and not (call.said or call.stop or failures) then
    call.asked, call.body, call.attempts = nil, nil, 0
    client.spare_call = call
  end
  return setmetatable(info, PRINTABLE)
end

-- Decides what follows an attempt that failed, or whose client was closed: returns nil if there is to
-- be another one, else the error that the call ends with.
local function go_on(client, call, result, err)
  local delay = not result and not client.closed and recovery.next(client, call, err)
  if client.closed then return recovery.cancelled(call, err) end
  if not delay then return err end
  local reason = rest(client, call, delay, err)
  return reason and life.cancelled(reason, err.sent)
end

-- Does what M.run says: tries until an attempt succeeds, or none is left to make.
local function try(client, call)
  local operation, problem = call.asked.operation, prepare(client, call)
  if problem then return outcome.fail(operation, problem) end
  while true do
    local result, err, response = attempt.run(client, call)
    if client.limiter and response then
      local throttled = err ~= nil and err.throttled or false
      adaptive.learn(client.limiter, throttled, client.transport:monotonic())
    end
    if result and not client.closed then return result, nil, succeed(client, call, result) end
    local last = go_on(client, call, result, err)
    if last then return outcome.fail(operation, last, call, response) end
  end
end

-- Returns a call, one run through: the only place where one is made. One that was kept is used again.
--   asked              see M.run
--   attempts           integer: how many were sent (written by attempt)
-- and, nil at first:
--   deadline           seconds on the transport's monotonic clock (prepare)
--   body               JSON: text, or of core.written (prepare)
--   written            of core.written, where its body and those after it are written, if a body is no
--                      string on this runtime (prepare)
--   said               the params as the body says them, if that is something else (prepare)
--   invocation         its number, see request.invocation (prepare)
--   snapshot           the credentials of the attempt, of dynamo.credentials.snapshot (attempt)
--   target             where it goes, of dynamo.call.target (attempt)
--   request_id         text, the service's, of the last response (attempt)
--   stop               what its canceller knows, of dynamo.loop.canceller (M.run)
--   corrected          boolean: the last response that was news corrected the clock (attempt)
--   replayed           true: it was sent again though it may have arrived (attempt)
--   is_resent          true: the next attempt is one of those (recovery)
--   applied            "no", "unknown" or "yes": what its attempts may have done (recovery)
--   class              its replay class, once it is asked for (recovery)
--   cost               integer: the tokens that its last retry took (recovery)
--   skewed, refreshed  true: signed with another time, with other credentials (recovery)
--   hook_failures      integer: hooks that raised (hooks)
local function new_call(client, asked)
  local call = client.spare_call
  if not call then return { asked = asked, attempts = 0 } end
  client.spare_call = nil
  call.asked = asked
  return call
end

-- Returns what a call came to that has ended, `ok` or by what was raised: an error object is the
-- call's error, anything else goes on.
local function ended(client, call, ok, result, message, info)
  client.under_way = client.under_way - 1
  if client.closed then life.release(client) end
  if ok then return result, message, info end
  local err = result
  if getmetatable(err) ~= "dynamo.error" then error(err, 0) end
  if not call.body then return outcome.fail(call.asked.operation, err) end
  recovery.interrupted(call)
  return outcome.fail(call.asked.operation, err, call)
end

-- Runs f(client, call), which the user's own transport and getenv may end: clocks, waiting and
-- getenv return nothing by which they could say that they failed.
local function guarded(f, client, call)
  client.under_way = client.under_way + 1
  if client.is_foreign then return ended(client, call, protected(f, client, call)) end
  return ended(client, call, true, f(client, call))
end

--- Runs one call of an operation.
-- @tparam table client
-- @tparam table asked what is to be done, left as it is:
--   operation     a record of dynamo.operations
--   params        the API's members
--   body          nil, or the JSON (text, or of core.written) that says all of it, where whoever asks
--                 has written it already: the params are looked at for the names of tables alone
--   typed         true: attribute values are wire-typed, both ways
--   options       nil, or: timeout (seconds) and retry_unsafe, in place of the client's;
--                 retry_conflicts: a transaction that another one has cancelled is sent again;
--                 cancel: a canceller
--   replay_class  asked:replay_class(), where whoever made the params knows their class of replay,
--                 and that they go together
-- @return the output, nil, info; or nil, message, err
function M.run(client, asked)
  local call, options = new_call(client, asked), asked.options
  local cancel = options and options.cancel
  if not cancel then return guarded(try, client, call) end
  call.stop = canceller.stop_of(cancel)
  return loops.under(call.stop, guarded, try, client, call)
end

-- Does what M.explain says.
local function shown(client, call)
  local err = prepare(client, call) or attempt.aim(client, call)
  if client.closed then err = life.cancelled() end
  if err then return outcome.fail(call.asked.operation, err) end
  local transport = client.transport
  local now, message = transport:now() + client.clock.offset, messages.take(transport.messages)
  local written, unsigned = request.write(client, call, message, now)
  local headers = written and message:fields {}
  messages.give(transport.messages, message)
  if not written then return outcome.fail(call.asked.operation, unsigned) end
  return explained.new(headers, call.target.url, tostring(call.body))
end

--- Returns the signed request of one call, which is not sent: { method, url, headers, body }; or
-- nil, message, err. As M.run.
function M.explain(client, asked)
  return guarded(shown, client, new_call(client, asked))
end

return M
