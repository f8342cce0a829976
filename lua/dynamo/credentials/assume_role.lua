-- SPDX-License-Identifier: MIT
-- Credentials of a role that a profile names, asked for with credentials of another source.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
local container = require "dynamo.credentials.container"
local environment = require "dynamo.credentials.environment"
local imds = require "dynamo.credentials.imds"
local snapshot = require "dynamo.credentials.snapshot"
local sts = require "dynamo.credentials.sts"
local texts = require "dynamo.text"

local M = {}

-- What credential_source may be, in lower case.
local SOURCES = {
  environment = environment.read,
  ec2instancemetadata = imds.read,
  ecscontainer = container.read,
}

local NO_PROMPT = 'profile "%s" has mfa_serial, but there is nobody here to ask for the code; '
  .. "take temporary credentials by aws sts assume-role --token-code, and give them in the "
  .. "environment, or use credential_process with a program that asks"

-- Returns what credential_source says, or nil, what is wrong.
local function of_source(world, name, profile)
  local read = SOURCES[name:lower()]
  if not read then
    local text = 'profile "%s": credential_source must be Environment, Ec2InstanceMetadata or '
      .. "EcsContainer"
    return nil, text:format(profile.name)
  end
  local found, message = read(world, nil, profile)
  if found then return found end
  return nil,
    ('profile "%s" has credential_source = %s, but %s'):format(profile.name, name, message)
end

-- Returns the names of the profiles passed through, ending in `name`.
local function path_to(profile, name)
  local path = {}
  for i, visited in ipairs(profile.path or { profile.name }) do
    path[i] = visited
  end
  path[#path + 1] = name
  return path
end

-- Returns nil, or what is wrong with taking credentials from the last of `path`. Only a profile's
-- own keys may be the source of its own role.
local function path_problem(path, properties)
  local name, count = path[#path], 0
  for _, visited in ipairs(path) do
    count = count + (visited == name and 1 or 0)
  end
  local is_own = path[#path - 1] == name and count == 2
  if count == 1 or is_own and properties.aws_access_key_id then return nil end
  return ('source_profile leads round in a circle: "%s"'):format(table.concat(path, '" -> "'))
end

-- Returns the credentials of the profile called `name`, or nil, what is wrong.
local function of_profile(world, name, profile, resolve)
  local source = profile.of(name)
  if not source then
    return nil,
      ('profile "%s": there is no source_profile "%s"%s'):format(
        profile.name,
        name,
        profile.hint("profile", name)
      )
  end
  source.path = path_to(profile, name)
  local problem = path_problem(source.path, source.properties)
  if problem then return nil, problem end
  local found, message = resolve(world, source)
  if found then return found end
  message = message or "it has none"
  return nil, ('the source profile "%s" must have credentials: %s'):format(name, message)
end

-- Returns the checked credentials to ask for the role with, or nil, what is wrong.
local function source_of(world, properties, profile, resolve)
  local source = texts.present(properties.credential_source)
  local name = texts.present(properties.source_profile)
  if (source == nil) == (name == nil) then
    return nil,
      (
        'profile "%s" has role_arn and %s of source_profile and credential_source; it '
        .. "takes exactly one"
      ):format(profile.name, source and "both" or "neither")
  end
  local found, message
  if source then
    found, message = of_source(world, source, profile)
  else
    found, message = of_profile(world, name, profile, resolve)
  end
  if not found then return nil, message end
  local problem = snapshot.problem(found)
  if problem then
    return nil, ("the credentials from %s are not usable: %s"):format(source or name, problem)
  end
  return found
end

-- Returns what no message may repeat of credentials.
local function secrets_of(source)
  return { source.access_key_id, source.secret_access_key, source.session_token }
end

-- Returns what STS gives for a role, or nil, what is wrong.
local function ask(world, properties, source)
  local external_id = texts.present(properties.external_id)
  return sts.credentials(world, {
    action = "AssumeRole",
    role = properties.role_arn,
    session_name = texts.present(properties.role_session_name),
    seconds = properties.duration_seconds,
    more = { external_id and { "ExternalId", external_id } },
    source = source,
    secrets = secrets_of(source),
  })
end

--- Returns credentials; or nil, what is wrong, true.
-- @tparam table world
-- @tparam table properties of a profile with role_arn
-- @tparam table profile `path` lists the names of the profiles that led to it
-- @tparam function resolve resolve(world, profile) -> the credentials of a source profile, or nil,
--   what is wrong
function M.read(world, properties, profile, resolve)
  if texts.present(properties.mfa_serial) then return nil, NO_PROMPT:format(profile.name), true end
  local source, problem = source_of(world, properties, profile, resolve)
  if not source then return nil, problem, true end
  local found
  found, problem = ask(world, properties, source)
  if found then return found end
  local text = 'role %s of profile "%s": %s'
  return nil, text:format(properties.role_arn, profile.name, problem), true
end

return M
