-- SPDX-License-Identifier: MIT
-- The ways to credentials that a profile of the shared config and credentials files may name.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
local assume_role = require "dynamo.credentials.assume_role"
local process = require "dynamo.credentials.process"
local web_identity = require "dynamo.credentials.web_identity"
local texts = require "dynamo.text"

local M = {}

-- Properties that do nothing on their own, and what they lack.
local LACKS = {
  { "source_profile", "role_arn" },
  { "credential_source", "role_arn" },
  { "sso_session", "sso_account_id and sso_role_name" },
  { "sso_start_url", "sso_account_id and sso_role_name" },
}

-- Returns the static keys of a profile; or nil, message, and true for half a pair.
local function keys_of(_, properties, profile)
  local id = texts.present(properties.aws_access_key_id)
  local secret = texts.present(properties.aws_secret_access_key)
  if id and secret then
    return {
      access_key_id = id,
      secret_access_key = secret,
      session_token = texts.present(properties.aws_session_token),
      account_id = texts.present(properties.aws_account_id),
    }
  end
  local missing = id and "aws_secret_access_key" or "aws_access_key_id"
  return nil, ('profile "%s" has no %s'):format(profile.name, missing), (id or secret) ~= nil
end

-- The ways, in order, but for a role that needs other credentials first: the property that chooses
-- one, and what then reads the credentials. What few profiles name is loaded for those alone.
local WAYS = {
  { "web_identity_token_file", web_identity.read },
  {
    "sso_account_id",
    function(...)
      return require("dynamo.credentials.sso").read(...)
    end,
  },
  {
    "sso_role_name",
    function(...)
      return require("dynamo.credentials.sso").read(...)
    end,
  },
  { "aws_access_key_id", keys_of },
  { "aws_secret_access_key", keys_of },
  {
    "login_session",
    function(...)
      return require("dynamo.credentials.login").read(...)
    end,
  },
  { "credential_process", process.read },
}

-- Returns why a profile that names no way leads nowhere.
local function nothing(properties, profile)
  local text = ('profile "%s" has no aws_access_key_id'):format(profile.name)
  for _, pair in ipairs(LACKS) do
    if properties[pair[1]] then
      return ("%s; it has %s, but not %s"):format(text, pair[1], pair[2])
    end
  end
  return text
end

local function has_keys(properties)
  return texts.present(properties.aws_access_key_id)
    or texts.present(properties.aws_secret_access_key)
end

local function has_role(properties)
  return texts.present(properties.role_arn)
    and not texts.present(properties.web_identity_token_file)
end

-- Returns the credentials of a profile that is the source of another's role; its keys count before
-- a role of its own.
local function resolve(world, profile)
  local properties = profile.properties
  if has_keys(properties) then return keys_of(world, properties, profile) end
  if has_role(properties) then return assume_role.read(world, properties, profile, resolve) end
  return M.read(world, properties, profile)
end

--- Returns the credentials of the role a profile names; or nil where it names none; or nil, what is
-- wrong, true.
function M.role(world, properties, profile)
  if not has_role(properties) then return nil end
  return assume_role.read(world, properties, profile, resolve)
end

--- Returns credentials by the first other way a profile names; or nil, why there is none; or nil,
-- what is wrong, true.
function M.read(world, properties, profile)
  for _, way in ipairs(WAYS) do
    if texts.present(properties[way[1]]) then return way[2](world, properties, profile) end
  end
  return nil, nothing(properties, profile)
end

return M
