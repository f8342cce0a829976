-- SPDX-License-Identifier: MIT
-- Credentials of a role for the token of an identity provider (Amazon EKS, GitHub Actions).
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
local sts = require "dynamo.credentials.sts"
local settings = require "dynamo.settings.lookup"
local texts = require "dynamo.text"

local M = {}

local LONGEST_TOKEN = 20000 -- bytes, STS's own limit

-- Returns what the environment says: file, role, session_name, where it is written, what is
-- missing without a role.
local function of_environment(world)
  return {
    file = settings.text(world, { "AWS_WEB_IDENTITY_TOKEN_FILE" }),
    role = settings.text(world, { "AWS_ROLE_ARN" }),
    session_name = settings.text(world, { "AWS_ROLE_SESSION_NAME" }),
    place = "the environment",
    file_name = "AWS_WEB_IDENTITY_TOKEN_FILE",
    role_name = "AWS_ROLE_ARN",
  }
end

-- Returns what a profile says, likewise.
local function of_profile(properties, profile)
  return {
    file = texts.present(properties.web_identity_token_file),
    role = texts.present(properties.role_arn),
    session_name = texts.present(properties.role_session_name),
    seconds = properties.duration_seconds,
    place = ('profile "%s"'):format(profile.name),
    file_name = "web_identity_token_file",
    role_name = "role_arn",
  }
end

-- Returns the token, or nil, what is wrong. It is read anew each time: it is replaced while the
-- program runs.
local function token_of(world, path)
  local text, message = world.read_file(path)
  if not text then return nil, tostring(message) end
  local token = texts.trim(text)
  if token == "" or #token > LONGEST_TOKEN or token:find("[^\33-\126]") then
    return nil, path .. ": it holds no token"
  end
  return token
end

--- Returns credentials; or nil, why it is not configured; or nil, what is wrong, true.
-- @tparam table world
-- @tparam ?table properties of the profile being resolved; nil: the environment counts
-- @tparam ?table profile
function M.read(world, properties, profile)
  local given = properties and of_profile(properties, profile) or of_environment(world)
  if not given.file then return nil, given.file_name .. " is not set" end
  if not given.role then
    local text = "%s has %s, but no %s"
    return nil, text:format(given.place, given.file_name, given.role_name), true
  end
  local token, problem = token_of(world, given.file)
  if not token then return nil, given.file_name .. ": " .. problem, true end
  local found
  found, problem = sts.credentials(world, {
    action = "AssumeRoleWithWebIdentity",
    role = given.role,
    session_name = given.session_name,
    seconds = given.seconds,
    more = { { "WebIdentityToken", token } },
    secrets = { token },
  })
  if found then return found end
  return nil, ("role %s, for %s: %s"):format(given.role, given.place, problem), true
end

return M
