-- SPDX-License-Identifier: MIT
-- What a client needs before its first call, and dynamo.new must not do: it reads the environment
-- and the profile, and makes the transport.
local adaptive = require "dynamo.call.adaptive"
local clock = require "dynamo.call.clock"
local request = require "dynamo.call.request"
local retry = require "dynamo.call.retry"
local configured = require "dynamo.endpoint.configured"
local url = require "dynamo.endpoint.url"
local settings = require "dynamo.settings.lookup"
local transports = require "dynamo.transport"

local M = {}

-- How each setting is asked for: (client) -> its value; nil; nil, error.
local QUESTIONS = {
  policy = settings.retry,
  ca_file = settings.ca_file,
  app_id = settings.app_id,
  corrects_clock = settings.clock_skew_correction,
}

-- Returns their values by name, or nil, error.
local function ask(client)
  local found = {}
  for name, question in pairs(QUESTIONS) do
    local value, err = question(client)
    if value == nil and err then return nil, err end
    found[name] = value
  end
  return found
end

-- Returns the header that names the program to the service.
local function user_agent(client, app_id)
  local text = client.user_agent or request.USER_AGENT
  if app_id and not client.user_agent then text = ("%s app/%s"):format(text, app_id) end
  return { "user-agent", text }
end

-- Returns the store inside the process that the endpoint means, as a transport; nil; or nil, error.
local function embedded(client)
  local endpoint, err = client.endpoint, nil
  if not endpoint then
    endpoint, err = configured.url(client, "dynamodb")
  end
  if not endpoint or not url.is_embedded(endpoint) then
    return nil, type(err) == "table" and err or nil
  end
  return require("dynamo.embedded").open(endpoint, client)
end

-- Makes the transport, unless the user gave one; returns nil, or an error.
local function open(client)
  if client.transport then
    if client.transport.attach then client.transport:attach(client) end
    return nil
  end
  local transport, err = embedded(client)
  if not transport and not err then
    transport, err = transports.new(client)
  end
  client.transport, client.owns_transport = transport, transport ~= nil
  return err
end

--- Makes a client ready; returns true, or an error of kind "config". What failed is tried again at
-- the next call.
function M.run(client)
  local found, err = ask(client)
  if not found then return err end
  client.ca_file = found.ca_file
  client.user_agent_header = user_agent(client, found.app_id)
  err = open(client)
  if err then return err end
  client.retry = retry.new(found.policy.max_attempts)
  if found.policy.retry_mode == "adaptive" then
    client.limiter = adaptive.new(client.transport:monotonic())
  end
  client.clock = clock.new(found.corrects_clock)
  client.started = true
  return true
end

return M
