-- SPDX-License-Identifier: MIT
-- AWS STS, as far as it gives credentials of a role: the query protocol of 2011-06-15.
-- @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
local hosts = require "dynamo.credentials.host"
local http = require "dynamo.credentials.http"
local timestamp = require "dynamo.credentials.timestamp"
local xml = require "dynamo.credentials.xml"
local endpoint = require "dynamo.endpoint"
local configured = require "dynamo.endpoint.configured"
local url = require "dynamo.endpoint.url"
local errors = require "dynamo.error"
local redact = require "dynamo.redact"
local sign = require "dynamo.sign"
local texts = require "dynamo.text"

local M = {}

local VERSION = "2011-06-15"
local ATTEMPTS, PAUSE = 3, 0.5 -- seconds

-- Codes after which another try may do: too many requests, and an identity provider out of reach.
local PASSING = {
  Throttling = true,
  ThrottlingException = true,
  RequestThrottled = true,
  RequestLimitExceeded = true,
  IDPCommunicationError = true,
}

-- Returns the address of STS in a region, or nil, error.
-- @see https://docs.aws.amazon.com/general/latest/gr/sts.html
local function address_of(world, region)
  local given, problem = configured.url(world, "sts")
  if given or problem then return given, problem end
  local host
  host, problem = hosts.of(world, "sts", region)
  return host and "https://" .. host, problem
end

-- Returns where STS is and the region to sign for, or nil, what is wrong.
local function place_of(world)
  local region = world.region
  if not region then
    return nil, "STS has no region: set AWS_REGION, or give the profile or the client a region"
  end
  if region == "local" then region = "us-east-1" end -- DynamoDB Local's, which STS does not know
  if not endpoint.is_region(region) then return nil, "the region is not the name of one" end
  local address, err = address_of(world, region)
  if not address then return nil, errors.text_of(err) end
  local place, problem = url.parse(address)
  problem = problem or url.clear_text_problem(place, world.allow_http, "credentials")
  if problem then return nil, "the endpoint of STS is not usable: " .. problem end
  return place, region
end

-- Returns the body of a request.
local function form_of(world, given)
  local name = given.session_name or ("dynamo-%d"):format(math.floor(world.transport:now()))
  local parts = {
    "Action=" .. given.action,
    "Version=" .. VERSION,
    "RoleArn=" .. texts.percent_encoded(given.role),
    "RoleSessionName=" .. texts.percent_encoded(name),
  }
  if given.seconds and given.seconds:find("^%d+$") then
    parts[#parts + 1] = "DurationSeconds=" .. given.seconds
  end
  for _, pair in ipairs(given.more) do
    parts[#parts + 1] = pair[1] .. "=" .. texts.percent_encoded(pair[2])
  end
  return table.concat(parts, "&")
end

-- Returns the request's headers, signed with credentials if there are any. The host is left to the
-- exchange, which says the same.
local function headers_of(world, place, region, body, credentials)
  local headers = { { "content-type", "application/x-www-form-urlencoded" } }
  if not credentials then return headers end
  local signed = sign.sign({
    method = "POST",
    path = place.path,
    headers = { { "host", place.authority }, headers[1] },
    body = body,
  }, { credentials = credentials, region = region, service = "sts", time = world.transport:now() })
  local kept = {}
  for _, header in ipairs(signed.headers) do
    if header[1] ~= "host" then kept[#kept + 1] = header end
  end
  return kept
end

-- Returns the element at the end of a path of names; nil for none, and for a blank text.
local function at(element, ...)
  for _, name in ipairs { ... } do
    element = type(element) == "table" and element[name] or nil
  end
  return texts.present(element)
end

-- Returns the code and the message of a response that is no success.
local function failure_of(response)
  local document = xml.parse(response.body)
  local failure = at(document, "ErrorResponse", "Error")
  local code, message = at(failure, "Code"), at(failure, "Message")
  return type(code) == "string" and code:match("^[%w.]+$") or ("HTTP %d"):format(response.status),
    type(message) == "string" and message or ""
end

local function is_passing(response)
  if response.status >= 500 then return true end
  return response.status ~= 200 and PASSING[failure_of(response)] == true
end

-- Returns nil, what STS said; it may repeat what it was sent.
local function refused(given, response)
  local code, message = failure_of(response)
  local text = "STS refused %s: %s: %s"
  return nil, text:format(given.action, code, redact.line(message, given.secrets))
end

-- Returns the credentials in the element called <action>Result, or nil, what is wrong.
local function credentials_of(action, response)
  local document, damage = xml.parse(response.body)
  local result = at(document, action .. "Response", action .. "Result")
  local found = at(result, "Credentials")
  local ends = at(found, "Expiration")
  ends = type(ends) == "string" and timestamp.parse(ends) or nil
  local id, secret, token =
    at(found, "AccessKeyId"), at(found, "SecretAccessKey"), at(found, "SessionToken")
  if not (id and secret and token and ends) then
    return nil,
      ("STS answered %s without credentials: %s"):format(action, damage or "an element is missing")
  end
  local arn = at(result, "AssumedRoleUser", "Arn")
  return {
    access_key_id = id,
    secret_access_key = secret,
    session_token = token,
    expires_at = ends,
    account_id = type(arn) == "string" and arn:match("^arn:[%w-]+:sts::(%d+):") or nil,
  }
end

--- Asks for the credentials of a role.
-- @tparam table world transport, region, allow_http, getenv, deadline
-- @tparam table given action ("AssumeRole" or "AssumeRoleWithWebIdentity"); role (its ARN);
--   session_name (default: one made of the time); seconds (text, left out unless it is a whole
--   number); more (a list of pairs: further parameters); source (credentials to sign with; without
--   them the request is not signed); secrets (a list of strings no message may repeat)
-- @treturn[1] table credentials
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function M.credentials(world, given)
  local place, region = place_of(world)
  if not place then return nil, region end
  local body = form_of(world, given)
  local response, message = http.send(world, {
    url = place.url,
    method = "POST",
    headers = headers_of(world, place, region, body, given.source),
    body = body,
    attempts = ATTEMPTS,
    pause = PAUSE,
    is_passing = is_passing,
  })
  if not response then
    message = redact.text(message, given.secrets)
    return nil, ("no answer from STS at %s: %s"):format(place.url, message)
  end
  if response.status ~= 200 then return refused(given, response) end
  return credentials_of(given.action, response)
end

return M
