-- SPDX-License-Identifier: MIT
-- What a client tells its owner of the requests it makes: before_send, after_response, before_retry;
-- on_warning, which is of no request, is told by dynamo.warning.
-- A record has names and figures only; never a secret, never an item, never the service's text,
-- which may repeat either. Each hook gets a table of its own: changing it changes nothing.
local M = {}

--- The hooks there are.
M.NAMES = { "before_send", "after_response", "before_retry", "on_warning" }

-- Returns what is known of a call before its next request goes out.
local function record_of(client, call)
  local body, asked = call.body, call.asked
  return {
    operation = asked.operation.method,
    table = rawget(call.said or asked.params, "TableName"),
    attempt = call.attempts,
    max_attempts = client.retry.max_attempts,
    host = call.target and call.target.host,
    request_bytes = body and #body,
  }
end

-- Returns the capacity units of an output, summed over its tables; nil if it does not say.
local function units_of(consumed)
  if not consumed or consumed.CapacityUnits then return consumed and consumed.CapacityUnits end
  local sum
  for _, of_table in ipairs(consumed) do
    sum = (sum or 0) + (of_table.CapacityUnits or 0)
  end
  return sum
end

-- Adds what went wrong.
local function add_error(record, err)
  if not err then return end
  record.kind, record.code = err.kind, err.code
  record.status = record.status or err.status
  record.sent = err.sent
  record.retryable = err.retryable or false
  record.throttled = err.throttled or false
end

--- Counts hooks that raised in a call.
function M.count(call, failures)
  if failures > 0 then call.hook_failures = (call.hook_failures or 0) + failures end
end

-- Calls a hook, which may do anything: one that raises is counted, and the call goes on.
local function tell(call, hook, record)
  if not pcall(hook, record) then M.count(call, 1) end
end

--- Tells of a request that is about to be sent.
function M.before_send(client, call)
  local hook = client.hooks.before_send
  if hook then tell(call, hook, record_of(client, call)) end
end

--- Tells how a request ended.
-- @tparam table client
-- @tparam table call
-- @tparam number seconds from signing to the response
-- @tparam ?userdata response the message that has it; nil if none came
-- @tparam ?table result the output, if it succeeded
-- @tparam ?table err
function M.after_response(client, call, seconds, response, result, err)
  local hook = client.hooks.after_response
  if not hook then return end
  local record = record_of(client, call)
  record.seconds = seconds
  if response then
    record.status, record.response_bytes = response:status(), response:size()
    record.request_id = call.request_id
  end
  record.consumed_capacity = result and units_of(result.ConsumedCapacity)
  add_error(record, err)
  tell(call, hook, record)
end

--- Tells of a wait before the next attempt.
-- @tparam table client
-- @tparam table call
-- @tparam number delay seconds
-- @tparam table err of the attempt that failed
function M.before_retry(client, call, delay, err)
  local hook = client.hooks.before_retry
  if not hook then return end
  local record = record_of(client, call)
  record.delay = delay
  add_error(record, err)
  tell(call, hook, record)
end

return M
