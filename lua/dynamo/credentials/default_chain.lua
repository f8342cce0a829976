-- SPDX-License-Identifier: MIT
-- The default chain: the sources of credentials in order, the first of which that is configured
-- counts, even if it fails: another one might be somebody else.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
local container = require "dynamo.credentials.container"
local emulator = require "dynamo.credentials.emulator"
local environment = require "dynamo.credentials.environment"
local imds = require "dynamo.credentials.imds"
local profile = require "dynamo.credentials.profile_source"
local web_identity = require "dynamo.credentials.web_identity"
local errors = require "dynamo.error"
local secrets = require "dynamo.settings.secrets"
local settings = require "dynamo.settings.lookup"

local M = {}

local REMEDY = "; give dynamo.new { credentials = { access_key_id, secret_access_key } }, "
  .. "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile that has credentials"

-- The sources. A profile chosen in code is meant: those of the environment are then left out.
local LINKS = {
  { read = environment.read, is_environment = true },
  { read = profile.role, is_profile = true },
  { read = web_identity.read, is_environment = true },
  { read = profile.read, is_profile = true },
  { read = emulator.read },
  { read = container.read },
  { read = imds.read },
}

-- Returns the profile, read once in a search; or nil, message, broken. It may say the region.
local function profile_of(world)
  local chosen, absent, broken = settings.profile(world)
  world.region = (settings.region(world))
  return chosen, absent, broken
end

-- Hands on what a profile gave; what is wrong with one that the environment chose names its variable.
local function naming(chosen_by, found, message, is_broken)
  if found or not is_broken or not chosen_by then return found, message, is_broken end
  return nil, ("%s (%s chooses the profile)"):format(message, chosen_by), true
end

-- Asks one source: returns credentials; or nil, why it is not configured; or nil, what is wrong,
-- true.
local function ask(link, world)
  if link.read == environment.read then return link.read(world) end
  local chosen, absent, broken = profile_of(world)
  if not link.is_profile then return link.read(world, nil, chosen) end
  if not chosen then return nil, absent, broken end
  return naming(chosen.chosen_by, link.read(world, chosen.properties, chosen))
end

-- Returns nil, message, err, without the secrets that somebody may have put in the wrong place.
local function failure(world, code, message)
  local err = errors.credentials(code, message)
  errors.redact(err, secrets.of(world))
  return errors.give(err)
end

-- Returns nil, message, err for a source that is configured and fails, after others that are not.
local function broken(world, message, tried)
  if #tried > 0 then message = ("%s (before it: %s)"):format(message, table.concat(tried, "; ")) end
  return failure(world, "BadCredentials", message)
end

-- Notes why a source gave nothing; two that need the profile have one reason.
local function note(tried, message)
  if not message or tried[message] then return end
  tried[#tried + 1], tried[message] = message, true
end

-- Returns the first link's credentials and the link; or nil, message, err listing what was tried.
local function search(world)
  local tried = {}
  for _, link in ipairs(LINKS) do
    if not (link.is_environment and world.profile) then
      local found, message, is_broken = ask(link, world)
      if found then return found, link end
      if is_broken then return broken(world, message, tried) end
      note(tried, message)
    end
  end
  return failure(world, "NoCredentials", "none found: " .. table.concat(tried, "; ") .. REMEDY)
end

--- Fetches credentials: from the source that gave them before, else from the first that does.
-- @tparam table world profile, getenv, read_file, write_file, run_process, random, transport,
--   region, allow_http, use_fips, use_dualstack, deadline, refresh, warnings; `memory` is a table
--   kept from one fetch to the next
-- @treturn[1] table credentials
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err codes NoCredentials, BadCredentials
function M.fetch(world)
  local memory = world.memory
  if memory.link then
    local found, message = ask(memory.link, world)
    if found then return found end
    return failure(world, "BadCredentials", message or "the profile has no role any more")
  end
  local found, link, err = search(world)
  if not found then return nil, link, err end
  memory.link = link
  return found
end

return M
