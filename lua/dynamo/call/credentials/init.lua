-- SPDX-License-Identifier: MIT
-- Where credentials come from: what the user gave, else the environment, else a profile.
local environment = require "dynamo.call.credentials.environment"
local errors = require "dynamo.call.error"
local profile = require "dynamo.call.credentials.profile"
local world = require "dynamo.environment"

local M = {}

local REMEDY = "; give dynamo.new { credentials = { access_key_id, secret_access_key } }, "
  .. "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile that has keys"

-- What each value may be made of. A key that is not could inject a header, or is a whole JSON
-- document pasted by mistake. No message ever repeats a value.
local RULES = {
  { "access_key_id", "^[%w_./+=@-]+$", true },
  { "secret_access_key", "^[\33-\126]+$", true },
  { "session_token", "^[\33-\126]+$", false },
}

--- Returns nil, or what is wrong with credentials, without repeating them.
function M.problem(credentials)
  for _, rule in ipairs(RULES) do
    local name, pattern, required = rule[1], rule[2], rule[3]
    local value = credentials[name]
    if value == nil then
      if required then return name .. " is missing" end
    elseif type(value) ~= "string" then
      return ("%s must be a string, not a %s"):format(name, type(value))
    elseif not value:find(pattern) then
      return value == "" and name .. " is empty"
        or name .. " holds a character no credential has (a space, a line end, a quote?)"
    end
  end
end

local function failure(code, message)
  return errors.fail { kind = "credentials", code = code, message = message }
end

-- Makes a provider of a function; what it knows stays out of sight of a table printer.
local function provider(get)
  return { get = function() return get() end }
end

--- Returns a provider of fixed credentials, copied from a table.
function M.static(given)
  local fixed = {
    access_key_id = given.access_key_id,
    secret_access_key = given.secret_access_key,
    session_token = given.session_token,
    account_id = given.account_id,
    expires_at = given.expires_at,
  }
  return provider(function() return fixed end)
end

-- The links of the chain, in order. A profile chosen in code is meant: the environment's keys are
-- not looked at.
local function links(options)
  if options.profile then return { profile.credentials } end
  return { environment.read, profile.credentials }
end

-- Returns the first link's credentials; or nil, message, err listing what was tried.
local function search(options)
  local tried = {}
  for _, link in ipairs(links(options)) do
    local found, message, broken = link(options)
    if found then return found end
    if broken then return failure("BadCredentials", message) end
    tried[#tried + 1] = message
  end
  return failure("NoCredentials", "none found: " .. table.concat(tried, "; ") .. REMEDY)
end

--- Makes the default chain of credentials: AWS_ACCESS_KEY_ID and its companions, else the profile
-- (option, AWS_PROFILE or "default") of the shared files. What it finds is kept; a failure is not.
-- @tparam ?table options profile (name); getenv, read_file (functions, in place of the system's)
-- @treturn table a provider: provider:get() returns { access_key_id, secret_access_key,
--   session_token, account_id }, or nil, message, err (codes NoCredentials, BadCredentials)
-- @usage dynamo.new { credentials = dynamo.credentials { profile = "work" } }
function M.new(options)
  options = options or {}
  local chain = {
    profile = options.profile,
    getenv = options.getenv or world.getenv,
    read_file = options.read_file or world.read_file,
  }
  local found
  return provider(function()
    if found then return found end
    local message, err
    found, message, err = search(chain)
    return found, message, err
  end)
end

-- Asks a provider, which may be the user's own and do anything; returns a table, or nil, error.
local function ask(given, wish)
  local ok, found, message, err = pcall(given.get, given, wish)
  if ok and type(found) == "table" then return found end
  if ok and getmetatable(err) == "dynamo.error" then return nil, err end
  local why = not ok and "the provider raised an error"
    or type(found) == "nil" and type(message) == "string" and errors.excerpt(message)
    or ("the provider returned a %s"):format(type(found))
  return nil, errors.new { kind = "credentials", code = "ProviderFailed", message = why }
end

-- Returns the frozen, checked copy that one signature uses, or nil, error.
local function freeze(found)
  local problem = M.problem(found)
  if problem then
    return nil, errors.new { kind = "credentials", code = "BadCredentials", message = problem }
  end
  local token = found.session_token
  return {
    access_key_id = found.access_key_id,
    secret_access_key = found.secret_access_key,
    session_token = token,
    token_header = token and { "x-amz-security-token", token } or nil,
    secrets = { found.secret_access_key, token },
  }
end

-- Whether a frozen copy still says what the provider says.
local function is_same(frozen, found)
  return frozen.access_key_id == found.access_key_id
    and frozen.secret_access_key == found.secret_access_key
    and frozen.session_token == found.session_token
end

--- Returns the credentials for one attempt, never a mix of two sets; or nil, error.
-- @tparam table client its `provider` is asked; the last snapshot is kept in it
-- @tparam ?number deadline on the transport's monotonic clock
-- @tparam ?boolean refresh the last ones were refused
function M.snapshot(client, deadline, refresh)
  local found, err = ask(client.provider, { deadline = deadline, refresh = refresh })
  if not found then return nil, err end
  local last = client.snapshot
  if last and is_same(last, found) then return last end
  client.snapshot, err = freeze(found)
  return client.snapshot, err
end

return M
