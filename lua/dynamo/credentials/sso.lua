-- SPDX-License-Identifier: MIT
-- Credentials of a role in IAM Identity Center, for the token that `aws sso login` left.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
local service = require "dynamo.credentials.service"
local sso_token = require "dynamo.credentials.sso_token"
local token_file = require "dynamo.credentials.token_file"
local endpoint = require "dynamo.endpoint"
local errors = require "dynamo.error"
local lookup = require "dynamo.settings.lookup"
local texts = require "dynamo.text"

local M = {}

local REQUIRED = { "sso_account_id", "sso_role_name", "sso_start_url", "sso_region" }
local KEYS = { "accessKeyId", "secretAccessKey", "sessionToken" }
local UNAUTHORIZED = 401

-- Returns the properties of the [sso-session] section a profile names, {} for none; or nil, what is
-- wrong.
local function section_of(profile, name)
  if not name then return {} end
  local section = profile.sso_sessions[name]
  if section then return section end
  return nil,
    ("the config file has no section [sso-session %s]%s"):format(
      name,
      profile.hint("sso-session", name)
    )
end

-- Returns a property of the profile or of the section; or nil, what is wrong if they disagree.
local function joined(properties, section, name, session)
  local own, shared = texts.present(properties[name]), texts.present(section[name])
  if not own or not shared or own == shared then return own or shared end
  local text = "%s is %s in the profile, and %s in [sso-session %s]"
  return nil, text:format(name, lookup.shown(own), lookup.shown(shared), session)
end

-- Returns nil, or what is wrong with the settings.
local function settings_problem(values)
  local missing = {}
  for _, name in ipairs(REQUIRED) do
    if not values[name] then missing[#missing + 1] = name end
  end
  if #missing > 0 then return "missing: " .. table.concat(missing, ", ") end
  if endpoint.is_region(values.sso_region) then return nil end
  return "sso_region is not the name of a region: letters, digits and hyphens, such as eu-west-1"
end

-- Returns what the profile and the section it names say: session, start_url, region, account_id,
-- role_name; or nil, what is wrong.
local function settings_of(properties, profile)
  local session, values = texts.present(properties.sso_session), {}
  local section, problem = section_of(profile, session)
  if not section then return nil, problem end
  for _, name in ipairs(REQUIRED) do
    values[name], problem = joined(properties, section, name, session)
    if problem then return nil, problem end
  end
  problem = settings_problem(values)
  if problem then return nil, problem end
  return {
    session = session,
    start_url = values.sso_start_url,
    region = values.sso_region,
    account_id = values.sso_account_id,
    role_name = values.sso_role_name,
  }
end

-- Returns the response of GetRoleCredentials; or nil, what went wrong, and what is known of it.
local function ask(world, settings, token)
  local address, problem = service.address(world, "sso", settings.region)
  if not address then return nil, problem end
  return service.send(world, {
    url = ("%s/federation/credentials?account_id=%s&role_name=%s"):format(
      address,
      texts.percent_encoded(settings.account_id),
      texts.percent_encoded(settings.role_name)
    ),
    headers = { { "x-amz-sso_bearer_token", token } },
    secrets = { token },
  })
end

-- Returns the credentials in a response, or nil, what is wrong with it.
local function credentials_of(response, settings)
  local found = response.roleCredentials
  if type(found) ~= "table" then return nil, "the answer holds no credentials" end
  local missing = token_file.missing(found, KEYS)
  if type(found.expiration) ~= "number" then missing[#missing + 1] = "expiration" end
  if #missing > 0 then return nil, "the answer has no " .. table.concat(missing, ", ") end
  return {
    access_key_id = found.accessKeyId,
    secret_access_key = found.secretAccessKey,
    session_token = found.sessionToken,
    expires_at = found.expiration / 1000, -- it is in milliseconds
    account_id = settings.account_id,
  }
end

-- Returns credentials; or nil, what is wrong, and whether another login cures it.
local function fetch(world, settings)
  local token, problem = sso_token.get(world, settings)
  if not token then return nil, problem, true end
  local response, message, failed = ask(world, settings, token)
  if response then return credentials_of(response, settings) end
  if failed and failed.status == UNAUTHORIZED then
    return nil, "the token is refused: " .. message, true
  end
  return nil,
    ("role %s in account %s: %s"):format(
      errors.excerpt(settings.role_name),
      errors.excerpt(settings.account_id),
      message
    )
end

--- Returns credentials; or nil, why it is not configured; or nil, what is wrong, true.
-- @tparam table world getenv, read_file, write_file, transport; allow_http, deadline
-- @tparam table properties of the profile being resolved
-- @tparam table profile of dynamo.settings.profile
function M.read(world, properties, profile)
  if
    not texts.present(properties.sso_account_id) and not texts.present(properties.sso_role_name)
  then
    return nil, ('profile "%s" has no sso_account_id'):format(profile.name)
  end
  local settings, problem = settings_of(properties, profile)
  local found, needs_login
  if settings then
    found, problem, needs_login = fetch(world, settings)
  end
  if found then return found end
  local remedy = needs_login and "; run: aws sso login --profile " .. profile.name or ""
  return nil, ('SSO for profile "%s": %s%s'):format(profile.name, problem, remedy), true
end

return M
