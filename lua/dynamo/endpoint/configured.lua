-- SPDX-License-Identifier: MIT
-- The endpoint that the environment or the profile names for a service.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
local errors = require "dynamo.error"
local config_file = require "dynamo.settings.config_file"
local settings = require "dynamo.settings.lookup"

local M = {}

local VARIABLES = {
  dynamodb = { "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL" },
  streams = { "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", "AWS_ENDPOINT_URL" },
  sts = { "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL" },
  sso = { "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL" },
  sso_oidc = { "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL" },
  signin = { "AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL" },
}
-- The option of dynamo.new, and the property of a profile.
local IGNORE = "ignore_configured_endpoint_urls"
-- What a service is called in a services section, where that differs.
local SECTION_NAMES = { streams = "dynamodb_streams" }

-- Returns the URL in the services section that the profile names; nil; or nil, error.
local function of_services(client, service)
  local name, source = settings.text(client, {}, "services")
  if not name then return nil, source end
  local section = settings.profile(client).services[name]
  if not section then
    local message = ("%s is %s, but there is no section [services %s]%s"):format(
      source,
      settings.shown(name),
      name,
      settings.profile(client).hint("services", name)
    )
    return nil, errors.config("BadSetting", message)
  end
  local own = SECTION_NAMES[service] or service
  local url = config_file.nested(section[own]).endpoint_url
  if url then return url, ("endpoint_url of %s in [services %s]"):format(own, name) end
end

--- Returns the URL and where it is from; nil; or nil, error.
-- @tparam table client
-- @tparam string service "dynamodb", "streams", "sts", "sso", "sso_oidc" or "signin"
function M.url(client, service)
  local ignored, problem =
    settings.flag(client, IGNORE, { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" }, IGNORE)
  if ignored then return nil end
  if ignored == nil and problem then return nil, problem end
  local url, source = settings.text(client, VARIABLES[service])
  if url then return url, source end
  url, source = of_services(client, service)
  if url or source then return url, source end -- a URL, or an error
  return settings.text(client, {}, "endpoint_url")
end

return M
