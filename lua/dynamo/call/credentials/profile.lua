-- SPDX-License-Identifier: MIT
-- A profile of the shared config and credentials files, and the keys it holds.
local config_file = require "dynamo.config_file"

local M = {}

-- Ways to credentials that a profile may name and that are not there yet. The first ones win over
-- keys beside them, as in the AWS SDKs; the last only counts where there are no keys.
local INSTEAD_OF_KEYS = { "role_arn", "web_identity_token_file", "sso_session", "sso_account_id" }
local WITHOUT_KEYS =
  { "credential_process", "login_session", "source_profile", "credential_source" }

local function blank_to_nil(text)
  return text and text:find("%S") and text or nil
end

-- Returns the parsed file at `path`; or nil, message, and true if the file is there but damaged.
local function parsed(path, is_config, read_file)
  if not path then return nil, "HOME is not set" end
  local text, message = read_file(path)
  if not text then return nil, tostring(message) end
  local file, problem = config_file.parse(text, is_config)
  if not file then return nil, ("%s: %s"):format(path, problem), true end
  return file
end

-- Returns the properties of `name` in both files, the credentials file's before the config file's;
-- nil if it is in neither.
local function merge(name, config, shared)
  local of_config = config and config.profiles[name]
  local of_shared = shared and shared.profiles[name]
  if not of_config and not of_shared then return nil end
  local properties = {}
  for key, value in pairs(of_config or {}) do properties[key] = value end
  for key, value in pairs(of_shared or {}) do properties[key] = value end
  return properties
end

--- Returns the properties of the chosen profile and its name; or nil, why there is none; or nil,
-- what is wrong, true.
-- @tparam table options { profile, getenv, read_file }; without profile, AWS_PROFILE or "default"
function M.read(options)
  local chosen = options.profile or blank_to_nil(options.getenv("AWS_PROFILE"))
  local name = chosen or "default"
  local config_path, shared_path = config_file.locations(options.getenv)
  local config, no_config, bad_config = parsed(config_path, true, options.read_file)
  local shared, no_shared, bad_shared = parsed(shared_path, false, options.read_file)
  if bad_config or bad_shared then return nil, bad_config and no_config or no_shared, true end
  local properties = merge(name, config, shared)
  if properties then return properties, name end
  local message = ('there is no profile "%s" (%s; %s)'):format(
    name, no_config or "not in " .. config_path, no_shared or "not in " .. shared_path)
  return nil, message, chosen ~= nil
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
  local properties, name, broken = M.read(options)
  if not properties then return nil, name, broken end
  local key = first_of(INSTEAD_OF_KEYS, properties)
  if key then return unsupported(name, key) end
  local found, message, half = keys_of(properties, name)
  if found or half then return found, message, half end
  key = first_of(WITHOUT_KEYS, properties)
  if key then return unsupported(name, key) end
  return nil, message
end

return M
