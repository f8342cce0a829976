-- SPDX-License-Identifier: MIT
-- Credentials of a console session that `aws login` left on this machine, renewed before their end.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
local core = require "dynamo.core"
local dpop = require "dynamo.credentials.dpop"
local json = require "dynamo.credentials.json"
local service = require "dynamo.credentials.service"
local timestamp = require "dynamo.credentials.timestamp"
local token_file = require "dynamo.credentials.token_file"
local endpoint = require "dynamo.endpoint"
local settings = require "dynamo.settings.lookup"
local texts = require "dynamo.text"

local M = {}

local FOLDER = "~/.aws/login/cache"
local WINDOW = 300 -- seconds before the end of credentials that live for 900, as in the SDKs
local NEEDED = { "refreshToken", "clientId", "dpopKey" }
local KEYS = { "accessKeyId", "secretAccessKey", "sessionToken" }

-- What the codes of the service mean, and whether another login cures it.
local REFUSALS = {
  TOKEN_EXPIRED = { "the session has expired", true },
  USER_CREDENTIALS_CHANGED = { "the user's credentials have changed since the login", true },
  INSUFFICIENT_PERMISSIONS = {
    "the user must be allowed signin:CreateOAuth2Token, as by the "
      .. "policy SignInLocalDevelopmentAccess",
    false,
  },
}

-- Returns the token in the file, or nil, what is wrong with it.
local function load(world, path)
  local token, problem = token_file.read(world, path, NEEDED)
  if not token then return nil, problem end
  local access = token.accessToken
  if type(access) ~= "table" then return nil, path .. ": it has no accessToken" end
  local missing = token_file.missing(access, KEYS)
  if #missing > 0 then
    return nil, ("%s: its accessToken has no %s"):format(path, table.concat(missing, ", "))
  end
  if type(access.expiresAt) == "string" and timestamp.parse(access.expiresAt) then return token end
  return nil, path .. ": its expiresAt is not a time"
end

local function credentials_of(token)
  local access = token.accessToken
  return {
    access_key_id = access.accessKeyId,
    secret_access_key = access.secretAccessKey,
    session_token = access.sessionToken,
    expires_at = timestamp.parse(access.expiresAt),
    account_id = token_file.text(access, "accountId"),
  }
end

-- Returns the address to renew a token at, or nil, what is wrong.
local function address_of(world, token)
  local region = token_file.text(token, "signInRegion") or world.region
  if not region then
    return nil, "it has no region: set AWS_REGION, or give the profile or the client a region"
  end
  if not endpoint.is_region(region) then return nil, "the region is not the name of one" end
  local address, problem = service.address(world, "signin", region)
  return address and address .. "/v1/token", problem
end

-- Asks for other credentials; returns the service's response; or nil, what went wrong, and what is
-- known of it.
local function create_token(world, token)
  local address, problem = address_of(world, token)
  if not address then return nil, problem end
  local proof
  proof, problem = dpop.proof(world, token.dpopKey, "POST", address)
  if not proof then return nil, "its dpopKey is not usable: " .. problem end
  return service.send(world, {
    url = address,
    method = "POST",
    headers = { { "content-type", "application/json" }, { "dpop", proof } },
    body = json.write {
      clientId = token.clientId,
      grantType = "refresh_token",
      refreshToken = token.refreshToken,
    },
    secrets = { token.refreshToken, token.accessToken.secretAccessKey },
  })
end

-- Returns nil, or what is wrong with a response.
local function response_problem(response)
  local access = response.accessToken
  local is_whole = type(access) == "table"
    and #token_file.missing(access, KEYS) == 0
    and type(response.expiresIn) == "number"
    and #token_file.missing(response, { "refreshToken" }) == 0
  if not is_whole then return "the answer of AWS Sign-In holds no credentials" end
end

-- Returns the renewed token, which is then in the file too; or nil, what went wrong, and whether
-- another login cures it.
local function renew(world, path, token)
  local response, problem, failed = create_token(world, token)
  local refusal = failed and REFUSALS[failed.error]
  if refusal then return nil, refusal[1], refusal[2] end
  problem = problem or response_problem(response)
  if problem then return nil, "the credentials could not be renewed: " .. problem end
  local access = {
    accessKeyId = response.accessToken.accessKeyId,
    secretAccessKey = response.accessToken.secretAccessKey,
    sessionToken = response.accessToken.sessionToken,
    accountId = token.accessToken.accountId,
    expiresAt = token_file.time_after(world, response.expiresIn),
  }
  return token_file.replace(
    world,
    path,
    token,
    { accessToken = access, refreshToken = response.refreshToken }
  )
end

-- Returns credentials; or nil, what is wrong, and whether another login cures it. Those that could
-- not be renewed are good until their end, unless they are known to be refused.
local function find(world, session)
  local folder = settings.text(world, { "AWS_LOGIN_CACHE_DIRECTORY" }) or FOLDER
  local digest = core.signer():payload_hash(session) -- SHA-256
  local path, problem = token_file.path(world, folder, digest)
  if not path then return nil, problem end
  local token
  token, problem = load(world, path)
  if not token then return nil, problem, true end
  local left = timestamp.parse(token.accessToken.expiresAt) - world.transport:now()
  if left > WINDOW and not world.refresh then return credentials_of(token) end
  local renewed, why, needs_login = renew(world, path, token)
  if renewed then return credentials_of(renewed) end
  if left > 0 and not world.refresh then return credentials_of(token) end
  return nil, why, needs_login
end

--- Returns credentials; or nil, why it is not configured; or nil, what is wrong, true.
-- @tparam table world getenv, read_file, write_file, random, transport, region; allow_http,
--   deadline; refresh (the credentials in the file are known to be refused)
-- @tparam table properties of the profile being resolved
-- @tparam table profile of dynamo.settings.profile
function M.read(world, properties, profile)
  local session = texts.present(properties.login_session)
  if not session then return nil, ('profile "%s" has no login_session'):format(profile.name) end
  local found, problem, needs_login = find(world, session)
  if found then return found end
  local remedy = needs_login and "; run: aws login --profile " .. profile.name or ""
  return nil, ('login for profile "%s": %s%s'):format(profile.name, problem, remedy), true
end

return M
