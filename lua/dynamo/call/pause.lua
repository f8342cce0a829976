-- SPDX-License-Identifier: MIT
-- Waiting between the calls of what makes many: as a call waits between its attempts, while others go
-- on where something resumes us.
local life = require "dynamo.call.life"
local loops = require "dynamo.loop"
local canceller = require "dynamo.loop.canceller"
local protected = require "dynamo.protected"

local M = {}

-- Waits; returns nil, or the code of why that was given up. A canceller is told of a SIGINT.
local function sleep(client, stop, seconds)
  local reason = life.ended(client, stop) or client.transport:sleep(seconds)
  reason = reason or life.ended(client, stop)
  if stop and reason == "Interrupted" then canceller.interrupt(stop) end
  return reason
end

-- Returns nil, or the error that sleeping came to; what a transport of the user's raises goes on unless
-- it is one.
local function outcome(ok, reason)
  if ok then return reason and life.cancelled(reason) end
  if getmetatable(reason) == "dynamo.error" then return reason end
  error(reason, 0)
end

--- Waits.
-- @tparam table client which has made a call before
-- @tparam number seconds 0 or more
-- @tparam ?table cancel a canceller that ends the wait
-- @treturn ?table nil; or the error of why the wait was given up: kind "cancelled", codes Cancelled,
--   Interrupted, ClientClosed
function M.run(client, seconds, cancel)
  local stop = cancel and canceller.stop_of(cancel)
  local call = client.is_foreign and protected or function(f, ...)
    return true, f(...)
  end
  if not stop then return outcome(call(sleep, client, nil, seconds)) end
  return outcome(call(loops.under, stop, sleep, client, stop, seconds))
end

return M
