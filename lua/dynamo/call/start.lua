-- SPDX-License-Identifier: MIT
-- What a client needs before its first call, and dynamo.new must not do: it reads the environment
-- and the profile, and makes the transport.
local adaptive = require "dynamo.call.adaptive"
local retry = require "dynamo.call.retry"
local settings = require "dynamo.call.settings"
local transports = require "dynamo.call.transport"

local M = {}

-- Makes the transport, unless the user gave one.
local function open(client)
  if client.transport then return end
  client.transport = transports.new(client)
  client.owns_transport = true
end

--- Makes a client ready; returns true, or an error of kind "config". What failed is tried again at
-- the next call.
function M.run(client)
  local policy, err = settings.retry(client)
  if not policy then return err end
  open(client)
  client.retry = retry.new { max_attempts = policy.max_attempts }
  if policy.retry_mode == "adaptive" then
    client.limiter = adaptive.new(client.transport:monotonic())
  end
  client.clock_offset = 0
  client.started = true
  return true
end

return M
