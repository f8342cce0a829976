-- SPDX-License-Identifier: MIT
-- How a call ends that fails: the one place where its error is finished.
local replay = require "dynamo.call.replay_class"
local errors = require "dynamo.error"
local canceller = require "dynamo.loop.canceller"

local M = {}

local EARLIER = "; an earlier attempt of this call got no clear answer and may have done the write"
local TRUE_CLOCK = "; the clocks agree, so look at the secret access key, the region and what "
  .. "changes requests on their way"

-- Codes by which the service refuses a write that is done already, as it does one that cannot be done.
local REFUSED = { ConditionalCheckFailedException = true, DuplicateItemException = true }

-- Adds to the message what the service cannot know.
local function add_hint(call, err)
  if REFUSED[err.code] and call.applied ~= "no" then
    err.message = err.message .. EARLIER
  elseif err.code == "InvalidSignatureException" and not call.skewed then
    err.message = err.message .. TRUE_CLOCK
  end
end

-- Adds what all attempts of a call together may have done.
local function conclude(call, err)
  if not replay.is_read(call.asked.operation, call.body) then
    err.maybe_applied = call.applied or "no"
    err.response_lost = replay.maybe_applied(err) == "yes" or nil
  end
  err.replayed = call.replayed or nil
  err.hook_failures = call.hook_failures
  add_hint(call, err)
end

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
    conclude(call, err)
  elseif not operation.read then
    err.maybe_applied = "no"
  end
  return errors.give(err)
end

return M
