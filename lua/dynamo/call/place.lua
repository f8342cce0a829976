-- SPDX-License-Identifier: MIT
-- Where a call's request goes: the client's options, environment and profile made an endpoint.
local endpoint = require "dynamo.call.endpoint"
local errors = require "dynamo.call.error"
local settings = require "dynamo.call.settings"

local M = {}

local NO_REGION = "; give dynamo.new { region = ... }, set AWS_REGION, "
  .. "or choose a profile with a region"

local function config_error(code, message)
  return errors.new { kind = "config", code = code, message = message }
end

-- Returns the region the options, the environment or the profile say, or nil; or nil, message.
local function region_of(client)
  local region = client.region or settings.text(client, { "AWS_REGION", "AWS_DEFAULT_REGION" })
  if region then return region end
  local profile, message, broken = settings.profile(client)
  if profile then return profile.properties.region end
  return nil, broken and message or nil
end

-- Returns the checked place of a service, or nil, error.
local function locate(client, service)
  local url = client.endpoint or endpoint.configured(service, client.getenv)
  local region, broken = region_of(client)
  if broken and not url then return nil, config_error("BadProfile", broken) end
  local place, message = endpoint.resolve {
    service = service,
    endpoint = url,
    region = region,
    allow_http = client.allow_http,
  }
  if place then return place end
  if not url and not region then return nil, config_error("MissingRegion", message .. NO_REGION) end
  return nil, config_error("InvalidEndpoint", message)
end

--- Returns where a request goes and how it is signed for that, found once a client; or nil, error.
-- @tparam table client
-- @tparam table operation a record of dynamo.operations
-- @treturn table of dynamo.call.endpoint, and host_header (a header pair)
function M.of(client, operation)
  local service = operation.service
  local place = client.places[service]
  if place then return place end
  local found, err = locate(client, service)
  if not found then return nil, err end
  found.host_header = { "host", found.authority }
  client.places[service] = found
  return found
end

return M
