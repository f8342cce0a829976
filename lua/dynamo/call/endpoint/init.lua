-- SPDX-License-Identifier: MIT
-- Where requests go and how they are signed for it. Pure: what it needs it is given.
local partitions = require "dynamo.call.endpoint.partitions"
local url = require "dynamo.call.endpoint.url"

local M = {}

local SIGNING_NAME = "dynamodb" -- of both services
local HOST_PREFIXES = { dynamodb = "dynamodb", streams = "streams.dynamodb" }
local VARIABLES = {
  dynamodb = "AWS_ENDPOINT_URL_DYNAMODB",
  streams = "AWS_ENDPOINT_URL_DYNAMODB_STREAMS",
}
-- The region DynamoDB Local is signed for when none is chosen, as AWS's rules have it.
local LOCAL_REGION = "us-east-1"
local LOCAL_URL = "http://localhost:8000"

-- A region becomes part of a host name and of the signature's scope.
function M.is_region(region)
  return type(region) == "string" and #region <= 63
    and region:find("^%w[%w-]*$") ~= nil and region:sub(-1) ~= "-"
end

--- Returns the endpoint the environment gives for `service` ("dynamodb" or "streams"), or nil.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
function M.configured(service, getenv)
  if (getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") or ""):lower() == "true" then return nil end
  for _, name in ipairs { VARIABLES[service], "AWS_ENDPOINT_URL" } do
    local value = getenv(name)
    if value and value:find("%S") then return value end
  end
  return nil
end

-- Returns the endpoint text and the region to sign for, or nil, message.
local function choose(options)
  local region = options.region
  if region ~= nil and not M.is_region(region) then
    return nil, "the region is not the name of one: letters, digits and hyphens, such as eu-west-1"
  end
  if options.endpoint then return options.endpoint, region or LOCAL_REGION end
  if not region then return nil, "Invalid Configuration: Missing Region" end
  local service = options.service or "dynamodb"
  local prefix = HOST_PREFIXES[service]
  if not prefix then return nil, 'the service must be "dynamodb" or "streams"' end
  if region == "local" and service == "dynamodb" then return LOCAL_URL, LOCAL_REGION end
  return ("https://%s.%s.%s"):format(prefix, region, partitions.dns_suffix(region)), region
end

--- Finds where requests go.
-- @tparam table options region; endpoint (a URL, taken as it is); service ("dynamodb", the default,
--   or "streams"); allow_http (boolean: clear text to another machine)
-- @treturn[1] table { url, scheme, host, port, path, authority, signing_region, signing_name }
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @see https://docs.aws.amazon.com/general/latest/gr/ddb.html
function M.resolve(options)
  local text, region = choose(options)
  if not text then return nil, region end
  local place, problem = url.parse(text)
  problem = problem or url.clear_text_problem(place, options.allow_http)
  if problem then return nil, "the endpoint is not usable: " .. problem end
  place.signing_region = region
  place.signing_name = SIGNING_NAME
  return place
end

return M
