-- SPDX-License-Identifier: MIT
-- The small JSON services behind SSO and login: where one is, and an exchange with it.
local core = require "dynamo.core"
local hosts = require "dynamo.credentials.host"
local http = require "dynamo.credentials.http"
local configured = require "dynamo.endpoint.configured"
local url = require "dynamo.endpoint.url"
local errors = require "dynamo.error"
local redact = require "dynamo.redact"

local M = {}

local PREFIXES = { sso = "portal.sso", sso_oidc = "oidc" }
local ATTEMPTS, PAUSE = 3, 0.5 -- seconds
local OK, TOO_MANY, FIRST_SERVER_FAILURE = 200, 429, 500

local function is_passing(response)
  return response.status == TOO_MANY or response.status >= FIRST_SERVER_FAILURE
end

-- Returns where a service is in a region, by AWS's rules; or nil, error.
local function host_of(world, service, region)
  if service == "signin" then return hosts.sign_in(world, region) end
  return hosts.of(world, PREFIXES[service], region)
end

--- Returns the URL of a service without a "/" at its end, or nil, what is wrong.
-- @tparam table world getenv, read_file, profile, allow_http, use_fips, use_dualstack
-- @tparam string service "sso", "sso_oidc" or "signin"
-- @tparam string region
function M.address(world, service, region)
  local given, source = configured.url(world, service)
  if not given and source then return nil, errors.text_of(source) end
  local host, err
  if not given then
    host, err = host_of(world, service, region)
  end
  if err then return nil, errors.text_of(err) end
  local place, problem = url.parse(given or "https://" .. host)
  problem = problem or url.clear_text_problem(place, world.allow_http, "credentials")
  if problem then
    return nil, ("the endpoint (%s) is not usable: %s"):format(source or host, problem)
  end
  return (place.url:gsub("/$", ""))
end

-- Returns a response's document, {} where it has none.
local function document_of(response)
  local document = core.document(response.body)
  return type(document) == "table" and document or {}
end

-- Returns the first text of a document under one of the names, fit to be shown.
local function text_of(document, names, secrets)
  for _, name in ipairs(names) do
    local text = document[name]
    if type(text) == "string" and text ~= "" then return redact.line(text, secrets) end
  end
end

local function failure_text(response, document, secrets)
  local said = text_of(document, { "message", "Message", "error_description", "error" }, secrets)
  return ("HTTP %d%s"):format(response.status, said and ": " .. said or "")
end

--- Sends a request, again after a lost one, too many or a server's failure.
-- @tparam table world transport; deadline or nil
-- @tparam table given url, method, headers, body; secrets (a list of what no message may repeat)
-- @treturn[1] table the response's document
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] ?table status, and error: the code that the service gave for it, or nil
function M.send(world, given)
  local response, message = http.send(world, {
    url = given.url,
    method = given.method,
    headers = given.headers,
    body = given.body,
    attempts = ATTEMPTS,
    pause = PAUSE,
    is_passing = is_passing,
  })
  if not response then
    local place = given.url:match("^%w+://[^/]*")
    return nil, ("no answer from %s: %s"):format(place, redact.text(message, given.secrets))
  end
  local document = document_of(response)
  if response.status == OK then return document end
  return nil,
    failure_text(response, document, given.secrets),
    { status = response.status, error = text_of(document, { "error" }, given.secrets) }
end

return M
