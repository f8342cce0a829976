-- SPDX-License-Identifier: MIT
-- Credentials from AWS_ACCESS_KEY_ID and its companions.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
local timestamp = require "dynamo.credentials.timestamp"
local settings = require "dynamo.settings.lookup"

local M = {}

-- Returns the time the credentials end, or nil; or nil, what is wrong.
local function end_of(world)
  local text = settings.text(world, { "AWS_CREDENTIAL_EXPIRATION" })
  if not text then return nil end
  local seconds = timestamp.parse(text)
  if seconds then return seconds end
  return nil, "AWS_CREDENTIAL_EXPIRATION is not a time such as 2030-01-31T12:00:00Z"
end

--- Returns credentials; or nil, why there are none; or nil, what is wrong, true: half a pair is a
-- mistake, and looking further would hide it.
function M.read(world)
  local id = settings.text(world, { "AWS_ACCESS_KEY_ID" })
  local secret = settings.text(world, { "AWS_SECRET_ACCESS_KEY" })
  if not id and not secret then return nil, "AWS_ACCESS_KEY_ID is not set" end
  if not secret then
    return nil, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not", true
  elseif not id then
    return nil, "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not", true
  end
  local ends, problem = end_of(world)
  if problem then return nil, problem, true end
  return {
    access_key_id = id,
    secret_access_key = secret,
    session_token = settings.text(world, { "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN" }),
    account_id = settings.text(world, { "AWS_ACCOUNT_ID" }),
    expires_at = ends,
  }
end

return M
