-- SPDX-License-Identifier: MIT
-- The secrets that a client's environment and files hold: what is said of its settings must not
-- repeat one that somebody has put in the wrong place.
local settings = require "dynamo.settings.lookup"

local M = {}

local VARIABLES = {
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
}

--- Returns them: those of the environment, of all profiles, and more if there are.
-- @tparam table holder getenv, read_file; own_secrets: those given in code, or nil
-- @tparam ?{string,...} more
-- @treturn {string,...}
function M.of(holder, more)
  local found = {}
  for _, name in ipairs(VARIABLES) do
    found[#found + 1] = holder.getenv(name)
  end
  settings.profile(holder) -- has the files read, if they may be
  local of_files = holder.profile_read and holder.profile_read[4]
  for _, list in ipairs { of_files or {}, holder.own_secrets or {}, more or {} } do
    for _, secret in ipairs(list) do
      found[#found + 1] = secret
    end
  end
  return found
end

return M
