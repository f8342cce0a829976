-- SPDX-License-Identifier: MIT
-- Credentials from AWS_ACCESS_KEY_ID and its companions.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
local M = {}

-- Returns a variable's value; nil for one that is unset or blank.
local function value_of(getenv, name)
  local value = getenv(name)
  return value and value:find("%S") and value or nil
end

--- Returns credentials; or nil, why there are none; or nil, what is wrong, true: half a pair is a
-- mistake, and looking further would hide it.
function M.read(options)
  local getenv = options.getenv
  local id = value_of(getenv, "AWS_ACCESS_KEY_ID")
  local secret = value_of(getenv, "AWS_SECRET_ACCESS_KEY")
  if not id and not secret then return nil, "AWS_ACCESS_KEY_ID is not set" end
  if not secret then
    return nil, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not", true
  elseif not id then
    return nil, "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not", true
  end
  return {
    access_key_id = id,
    secret_access_key = secret,
    session_token = value_of(getenv, "AWS_SESSION_TOKEN") or value_of(getenv, "AWS_SECURITY_TOKEN"),
    account_id = value_of(getenv, "AWS_ACCOUNT_ID"),
  }
end

return M
