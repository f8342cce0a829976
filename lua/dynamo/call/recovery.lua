-- SPDX-License-Identifier: MIT
-- What follows a failed attempt: another one, and when, or the end of the call.
local clock = require "dynamo.call.clock"
local life = require "dynamo.call.life"
local replay = require "dynamo.call.replay_class"
local retry = require "dynamo.call.retry"
local credentials = require "dynamo.credentials"
local tables = require "dynamo.tables"

local M = {}

-- ---- failures that we can cure, once a call ------------------------------------------------

-- Codes of a service that no longer takes the credentials.
local EXPIRED = {
  ExpiredToken = true,
  ExpiredTokenException = true,
  UnrecognizedClientException = true,
}

-- Whether signing with another time will help.
local function cures_skew(call, err)
  if call.skewed or not clock.is_skew(err, call.corrected) then return false end
  call.skewed = true
  return true
end

-- Whether the provider has other credentials than those refused.
local function cures_expiry(client, call, err)
  if call.refreshed or not EXPIRED[err.code] then return false end
  call.refreshed = true
  local refused, fresh = call.snapshot, credentials.snapshot(client, call.deadline, call.snapshot)
  return fresh ~= nil
    and (
      fresh.access_key_id ~= refused.access_key_id
      or fresh.session_token ~= refused.session_token
    )
end

-- ---- the decision --------------------------------------------------------------------------

--- How long a token counts. DynamoDB knows one for ten minutes after the request that first had it, and
-- carries out anew what comes later; a minute is left for the way of the next attempt.
M.TOKEN_SECONDS = 540

-- Whether an attempt may have been carried out so long ago that its token no longer counts.
local function is_token_stale(client, call)
  local asked = call.asked
  if asked.operation.token == nil or call.applied == "no" then return false end
  local began = call.deadline - (asked.options and asked.options.timeout or client.timeout)
  return client.transport:monotonic() - began > M.TOKEN_SECONDS
end

local NONE = tables.NONE

-- Whether the request may be sent again after `err`.
local function may_resend(client, call, err)
  if not err.foreign and (cures_skew(call, err) or cures_expiry(client, call, err)) then
    err.retryable = true
    return true
  end
  local options = call.asked.options or NONE
  if not err.retryable or err.conflict and not options.retry_conflicts then return false end
  local unsafe = options.retry_unsafe
  if unsafe == nil then unsafe = client.retry_unsafe end
  if unsafe then return true end
  if is_token_stale(client, call) then return false end
  if replay.is_harmless(err) then return true end
  call.class = call.class or replay.of(call)
  return call.class ~= "UNSAFE"
end

-- Notes what the failed attempt may have done.
local function note(call, err)
  if call.attempts > 0 then call.applied = replay.worse(call.applied, replay.maybe_applied(err)) end
end

--- Decides what follows a failed attempt.
-- @treturn ?number seconds to wait before the next one; nil if there is to be none
function M.next(client, call, err)
  note(call, err)
  if call.attempts == 0 or not may_resend(client, call, err) then return nil end
  local cost, why = retry.cost(client.retry, err, call.attempts)
  if not cost then
    err.retry_quota_exceeded = why == "quota" or nil
    return nil
  end
  local delay = retry.delay(err, call.attempts - 1, retry.jitter(client.random))
  if client.transport:monotonic() + delay >= call.deadline then return nil end
  retry.take(client.retry, cost)
  call.cost = cost
  call.is_resent = err.sent ~= "none"
  return delay
end

--- Returns the error of a call whose client was closed, with what its last attempt may have done.
-- @tparam table call
-- @tparam ?table err of the last attempt; nil if it succeeded
function M.cancelled(call, err)
  if err then
    note(call, err)
  else
    call.applied = "yes"
  end
  return life.cancelled("ClientClosed", err and err.sent)
end

--- Notes that a call ends in the middle of an attempt: what was sent, if anything, may be done.
function M.interrupted(call)
  note(call, { sent = "complete" })
end

return M
