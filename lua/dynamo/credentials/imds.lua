-- SPDX-License-Identifier: MIT
-- Credentials of an EC2 instance's role, from the instance metadata service, version 2 alone: a
-- session token first, which no forged request of another program can bring along.
-- @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
local http = require "dynamo.credentials.http"
local source_json = require "dynamo.credentials.source_json"
local settings = require "dynamo.settings.lookup"
local tables = require "dynamo.tables"

local M = {}

local ENDPOINTS = { ipv4 = "http://169.254.169.254", ipv6 = "http://[fd00:ec2::254]" }
local TOKEN_PATH = "/latest/api/token"
local ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
local TOKEN_SECONDS = 21600 -- the most the service grants
local TOKEN_MARGIN = 60 -- seconds before its end in which a token is not used any more
local LONGEST_TOKEN = 1024
local TIMEOUT = 1 -- seconds

-- Credentials the service hands out past their end are used for so long before it is asked again:
-- AWS honours them while it cannot renew them.
local STRETCH, STRETCH_JITTER = 300, 300 -- seconds

local ATTEMPTS = 3 -- where the service fails; where nobody answers there is one, for nobody waits

local HOP_LIMIT = "; in a container, the answer may not reach it: raise the instance's hop limit "
  .. "(aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2) or give the "
  .. "container a role of its own. Version 1 of the service, which needs no token, is never used"

-- Returns the address of the service, or nil, what is wrong.
local function endpoint_of(world, profile)
  local mode = settings.text(
    world,
    { "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE" },
    "ec2_metadata_service_endpoint_mode",
    profile
  ) or "IPv4"
  local endpoint = settings.text(
    world,
    { "AWS_EC2_METADATA_SERVICE_ENDPOINT" },
    "ec2_metadata_service_endpoint",
    profile
  ) or ENDPOINTS[mode:lower()]
  if endpoint then return (endpoint:gsub("/+$", "")) end
  return nil, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE must be IPv4 or IPv6"
end

-- Returns a number above 0; nil; or nil, what is wrong.
local function number_of(world, variable, profile, property)
  local text = settings.text(world, { variable }, property, profile)
  if not text then return nil end
  local number = text:match("^%s*%d+%.?%d*%s*$") and tonumber(text)
  if number and number > 0 then return number end
  return nil, ("%s (or %s in the profile) must be a number above 0"):format(variable, property)
end

-- Returns { endpoint, timeout, attempts (nil if none are configured) }, or nil, what is wrong.
local function service_of(world, profile)
  local endpoint, no_endpoint = endpoint_of(world, profile)
  local timeout, no_timeout =
    number_of(world, "AWS_METADATA_SERVICE_TIMEOUT", profile, "metadata_service_timeout")
  local attempts, no_attempts =
    number_of(world, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", profile, "metadata_service_num_attempts")
  local problem = no_endpoint or no_timeout or no_attempts
  if problem then return nil, problem end
  return {
    endpoint = endpoint,
    timeout = timeout or TIMEOUT,
    attempts = attempts and math.ceil(attempts),
  }
end

local function send(world, service, method, path, header)
  return http.send(world, {
    url = service.endpoint .. path,
    method = method,
    headers = { header },
    proxy = false,
    timeout = service.timeout,
    attempts = service.attempts or ATTEMPTS,
    attempts_if_lost = service.attempts or 1,
  })
end

-- Returns a new session token and its seconds; or nil, message, and true if somebody answers there.
local function new_token(world, service)
  local response, message, failed = send(
    world,
    service,
    "PUT",
    TOKEN_PATH,
    { "x-aws-ec2-metadata-token-ttl-seconds", tostring(TOKEN_SECONDS) }
  )
  if not response then
    local is_there = failed == nil or failed.sent ~= "none"
    local hint = is_there and failed and failed.kind == "timeout" and HOP_LIMIT or ""
    return nil, ("no answer from %s: %s%s"):format(service.endpoint, message, hint), is_there
  elseif response.status ~= 200 then
    local text = "%s gave no session token, but HTTP %d"
    return nil, text:format(service.endpoint, response.status), true
  elseif #response.body > LONGEST_TOKEN or not response.body:find("^[\33-\126]+$") then
    return nil, service.endpoint .. " gave something that is no session token", true
  end
  return response.body,
    tonumber(response.headers["x-aws-ec2-metadata-token-ttl-seconds"]) or TOKEN_SECONDS
end

-- Returns the session token, which is kept until it ends; or nil, message, true or false.
local function token_of(world, service)
  local memory, now = world.memory, world.transport:monotonic()
  local kept = memory.imds_token
  if kept and kept.endpoint == service.endpoint and now < kept.ends then return kept.text end
  local text, seconds, is_there = new_token(world, service)
  if not text then return nil, seconds, is_there end
  memory.imds_token =
    { text = text, ends = now + seconds - TOKEN_MARGIN, endpoint = service.endpoint }
  return text
end

-- Returns the response of a path; or nil, message, true or false. A token that is refused is replaced
-- once: the instance may have been restored from an image.
local function get(world, service, path, is_second)
  local token, problem, is_there = token_of(world, service)
  if not token then return nil, problem, is_there end
  local response, message = send(world, service, "GET", path, { "x-aws-ec2-metadata-token", token })
  if response and response.status == 401 and not is_second then
    world.memory.imds_token = nil
    return get(world, service, path, true)
  end
  if response then return response end
  return nil, ("no answer from %s: %s"):format(service.endpoint, message), true
end

-- Returns the name of the instance's role as a part of a path; or nil, message, true or false.
local function role_of(world, service)
  local response, message, is_there = get(world, service, ROLE_PATH)
  if not response then return nil, message, is_there end
  if response.status == 404 then
    return nil, "the instance has no role (attach an instance profile)", false
  elseif response.status ~= 200 then
    return nil,
      ("%s names no role, but answers HTTP %d"):format(service.endpoint, response.status),
      true
  end
  local role = response.body:match("^%s*([%w+=,.@_-]+)%s*$")
  if role then return role end
  return nil, service.endpoint .. " gave something that is no role's name", true
end

-- Returns the credentials of the instance's role; or nil, message, true or false.
local function fetch(world, service)
  local role, message, is_there = role_of(world, service)
  if not role then return nil, message, is_there end
  local response
  response, message, is_there = get(world, service, ROLE_PATH .. role)
  if not response then return nil, message, is_there end
  local text = "the credentials of role %s at %s are not to be had: %s"
  if response.status ~= 200 then
    local status = ("HTTP %d"):format(response.status)
    return nil, text:format(role, service.endpoint, status), true
  end
  local found, problem = source_json.read(response.body, "Token")
  if found then return found end
  return nil, text:format(role, service.endpoint, problem), true
end

-- Moves the end of credentials that are past it, or without one, into the near future.
local function stretch(world, found)
  local now = world.transport:now()
  if found.expires_at and found.expires_at > now then return found end
  local byte = world.random(1)
  local part = byte and byte:byte() / 255 or 0
  found.expires_at = math.floor(now + STRETCH + part * STRETCH_JITTER)
  return found
end

-- Returns a copy of what was fetched last, to live on while the service fails; nil if that was
-- refused, or there is none.
local function last_of(world)
  local last = world.memory.imds_last
  if not last or world.refresh then return nil end
  return stretch(world, tables.copy(last))
end

--- Returns credentials; or nil, why there are none here; or nil, what is wrong, true.
-- @tparam table world
-- @param _ nothing
-- @tparam ?table profile whose ec2_metadata_* properties count
function M.read(world, _, profile)
  local disabled = settings.text(world, { "AWS_EC2_METADATA_DISABLED" }) or ""
  if disabled:lower() == "true" then
    return nil, "the instance metadata service is switched off (AWS_EC2_METADATA_DISABLED)"
  end
  local service, problem = service_of(world, profile)
  if not service then return nil, problem, true end
  local found, message, broken = fetch(world, service)
  if found then
    world.memory.imds_last = found
    return stretch(world, found)
  end
  local last = last_of(world)
  if last then return last end
  return nil, "the instance metadata service: " .. message, broken
end

return M
