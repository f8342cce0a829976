-- SPDX-License-Identifier: MIT
-- The keys that a profile of the shared config and credentials files holds.
local profiles = require "dynamo.profile"

local M = {}

-- Ways to credentials that a profile may name and that are not there yet. The first ones win over
-- keys beside them, as in the AWS SDKs; the last only counts where there are no keys.
local INSTEAD_OF_KEYS = { "role_arn", "web_identity_token_file", "sso_session", "sso_account_id" }
local WITHOUT_KEYS =
  { "credential_process", "login_session", "source_profile", "credential_source" }

local function blank_to_nil(text)
  return text and text:find("%S") and text or nil
end

-- Returns the first of `keys` that a profile has.
local function first_of(keys, properties)
  for _, key in ipairs(keys) do
    if properties[key] then return key end
  end
end

local function unsupported(name, key)
  local text = 'profile "%s" uses %s, which is not supported yet; give it static keys'
  return nil, text:format(name, key), true
end

-- Returns the static keys of a profile; or nil, message, and true for half a pair.
local function keys_of(properties, name)
  local id = blank_to_nil(properties.aws_access_key_id)
  local secret = blank_to_nil(properties.aws_secret_access_key)
  if id and secret then
    return {
      access_key_id = id,
      secret_access_key = secret,
      session_token = blank_to_nil(properties.aws_session_token),
      account_id = blank_to_nil(properties.aws_account_id),
    }
  end
  local missing = id and "aws_secret_access_key" or "aws_access_key_id"
  return nil, ('profile "%s" has no %s'):format(name, missing), id ~= nil or secret ~= nil
end

--- Returns credentials; or nil, why there are none; or nil, what is wrong, true.
function M.credentials(options)
  local profile, absent, broken = profiles.read(options)
  if not profile then return nil, absent, broken end
  local properties, name = profile.properties, profile.name
  local key = first_of(INSTEAD_OF_KEYS, properties)
  if key then return unsupported(name, key) end
  local found, message, half = keys_of(properties, name)
  if found or half then return found, message, half end
  key = first_of(WITHOUT_KEYS, properties)
  if key then return unsupported(name, key) end
  return nil, message
end

return M
