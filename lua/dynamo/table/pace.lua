-- SPDX-License-Identifier: MIT
-- The option rate_limit of what takes many calls: waits before each until what those before it consumed is
-- paid for. A pace is { client, cancel, limit (of dynamo.table.query.rate_limit) }.
local life = require "dynamo.call.life"
local pause = require "dynamo.call.pause"
local protected = require "dynamo.protected"
local rate_limit = require "dynamo.table.query.rate_limit"

local M = {}

--- Makes a pace.
-- @tparam table client
-- @tparam number rate capacity units a second
-- @tparam ?table cancel a canceller
function M.new(client, rate, cancel)
  return { client = client, cancel = cancel, limit = rate_limit.new(rate) }
end

-- Returns the time on the client's monotonic clock; or nil, error.
local function now(client)
  if client.closed then return nil, life.cancelled() end
  local ok, time = protected(client.transport.monotonic, client.transport)
  if ok then return time end
  if getmetatable(time) ~= "dynamo.error" then error(time, 0) end
  return nil, time
end

--- Waits until the next call may be made; the first of a client need not.
-- @tparam table pace
-- @tparam ?number units that it will consume, as far as that is known
-- @treturn[1] number units, for M.pay
-- @treturn[2] nil
-- @treturn[2] table error
function M.wait(pace, units)
  local client = pace.client
  if not client.started then return 0 end
  local time, err = now(client)
  if not time then return nil, err end
  local delay, reserved = rate_limit.reserve(pace.limit, time, units)
  err = delay > 0 and pause.run(client, delay, pace.cancel)
  if err then return nil, err end
  return reserved
end

--- Tells what a call consumed.
-- @tparam table pace
-- @tparam number reserved as M.wait told
-- @tparam ?number units nil where the service does not say
function M.pay(pace, reserved, units)
  local time = now(pace.client)
  if time then rate_limit.pay(pace.limit, reserved, units, time) end
end

return M
