-- SPDX-License-Identifier: MIT
-- What a client's options leave open, from the environment, then from the profile. Nothing is read
-- before the first call.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
local profiles = require "dynamo.profile"

local M = {}

local function blank_to_nil(text)
  return text and text:find("%S") and text or nil
end

--- Returns the client's profile, read once; or nil, why there is none, and true for a damaged or
-- missing one that was asked for.
function M.profile(client)
  local known = client.profile_read
  if not known then
    known = { profiles.read(client) }
    client.profile_read = known
  end
  return known[1], known[2], known[3]
end

--- Returns the text of a setting: the first of the named environment variables that is not blank,
-- else the profile's property; or nil.
-- @tparam table client
-- @tparam {string,...} variables
-- @tparam ?string property
function M.text(client, variables, property)
  for _, name in ipairs(variables) do
    local value = blank_to_nil(client.getenv(name))
    if value then return value, name end
  end
  local profile = property and M.profile(client)
  return profile and blank_to_nil(profile.properties[property]) or nil, property
end

return M
