-- SPDX-License-Identifier: MIT
-- The token that `aws sso login` left for this machine, renewed before its end where it can be.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/understand-sso.html
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local service = require "dynamo.credentials.service"
local timestamp = require "dynamo.credentials.timestamp"
local token_file = require "dynamo.credentials.token_file"

local M = {}

local FOLDER = "~/.aws/sso/cache"
local WINDOW = 900 -- seconds before the end of a token, in which the SDKs renew it
local RENEWING = { "refreshToken", "clientId", "clientSecret", "registrationExpiresAt" }

-- Returns the seconds until a time a token names; nil where it is none.
local function left_until(world, text)
  local time = type(text) == "string" and timestamp.parse(text)
  return time and time - world.transport:now() or nil
end

-- Returns nil, or why a token cannot be renewed.
local function renewal_problem(world, token)
  local missing = token_file.missing(token, RENEWING)
  if #missing > 0 then return "it has no " .. table.concat(missing, ", ") end
  local left = left_until(world, token.registrationExpiresAt)
  if not left then return "its registrationExpiresAt is not a time" end
  if left <= 0 then return "the registration of the client has expired" end
end

-- Asks for another token; returns the service's response, or nil, what went wrong.
local function create_token(world, settings, token)
  local address, problem = service.address(world, "sso_oidc", settings.region)
  if not address then return nil, problem end
  return service.send(world, {
    url = address .. "/token",
    method = "POST",
    headers = { { "content-type", "application/json" } },
    body = json.write {
      grantType = "refresh_token",
      clientId = token.clientId,
      clientSecret = token.clientSecret,
      refreshToken = token.refreshToken,
    },
    secrets = { token.accessToken, token.refreshToken, token.clientSecret },
  })
end

-- Returns the renewed token, which is then in the file too; or nil, what went wrong.
local function renew(world, settings, path, token)
  local problem = renewal_problem(world, token)
  if problem then return nil, problem end
  local response
  response, problem = create_token(world, settings, token)
  if not response then return nil, problem end
  local seconds = response.expiresIn
  if type(seconds) ~= "number" or #token_file.missing(response, { "accessToken" }) > 0 then
    return nil, "the answer holds no token"
  end
  return token_file.replace(world, path, token, {
    accessToken = response.accessToken,
    expiresAt = token_file.time_after(world, seconds),
    refreshToken = token_file.text(response, "refreshToken"),
  })
end

--- Returns the access token, or nil, what is wrong: what another login cures.
-- @tparam table world getenv, read_file, write_file, transport, deadline
-- @tparam table settings session (the name of an sso-session; nil for a profile of the legacy form,
--   whose tokens are never renewed), start_url, region
function M.get(world, settings)
  local path, problem =
    token_file.path(world, FOLDER, core.sha1(settings.session or settings.start_url))
  if not path then return nil, problem end
  local token
  token, problem = token_file.read(world, path, { "accessToken", "expiresAt" })
  if not token then return nil, problem end
  local left = left_until(world, token.expiresAt)
  if not left then return nil, path .. ": its expiresAt is not a time" end
  if left > (settings.session and WINDOW or 0) then return token.accessToken end
  if not settings.session then return nil, "the token has expired" end
  local renewed, why = renew(world, settings, path, token)
  if renewed then return renewed.accessToken end
  if left > 0 then return token.accessToken end
  return nil, ("the token has expired and was not renewed: %s"):format(why)
end

return M
