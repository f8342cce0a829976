-- SPDX-License-Identifier: MIT
-- Where credentials come from: what the user gave, else the first source of the default chain.
local cache = require "dynamo.credentials.cache"
local errors = require "dynamo.error"
local foreign_world = require "dynamo.foreign_world"
local foreign = require "dynamo.transport.foreign"
local given = require "dynamo.given"
local options_check = require "dynamo.options_check"
local snapshot = require "dynamo.credentials.snapshot"
local transports = require "dynamo.credentials.source_transport"
local warning = require "dynamo.warning"
local world = require "dynamo.world"

local M = {}

--- Returns nil, or what is wrong with credentials, without repeating them.
M.problem = snapshot.problem

-- The providers made here: each hands its cache, which all its clients share, to whoever shows the
-- key. What a provider knows is out of sight of a table printer.
local ours, KEY = setmetatable({}, { __mode = "k" }), {}

-- What a provider may be asked.
local ASK = { deadline = options_check.of_type "number", refresh = function() end }
local ASK_WORDS = {
  no_table = "what is asked must be a table { deadline, refresh }, not a %s",
  unknown = "unknown field",
}

-- Returns a checked copy of an ask; or nil, what is wrong with it, or with what is behind it.
local function checked_ask(ask, ...)
  local surplus = given.surplus_problem(...)
  if surplus then return nil, surplus end
  return options_check.checked(ask, ASK, ASK_WORDS)
end

-- Makes a provider over a cache.
local function provider_of(kept, holder)
  local provider = {
    get = function(self, ask, ...)
      if ask == KEY then return kept end
      if type(self) ~= "table" or self.get == nil then
        error("use provider:get(...), with a colon", 2)
      end
      local checked, problem = checked_ask(ask, ...)
      if not checked then error("provider:get: " .. problem, 2) end
      local set, err = kept:get(holder, checked.deadline, checked.refresh)
      if set then return snapshot.copy(set) end
      return errors.give(err)
    end,
  }
  ours[provider] = true
  return provider
end

--- Returns what of a table of credentials no message may repeat.
function M.secrets(keys)
  local copy = snapshot.copy(keys)
  return { copy.secret_access_key, copy.session_token }
end

--- Returns a provider of fixed credentials, copied from a table.
function M.static(keys)
  local fixed = snapshot.copy(keys)
  return provider_of(
    cache.new(function()
      return fixed
    end, true),
    {}
  )
end

-- What a chain makes of its holder's options, anew for each fetch; who asks is warned. The transport
-- is made only if a source needs it.
local function world_of(holder, asker, memory, ask)
  local fields = {
    profile = holder.profile,
    getenv = holder.getenv,
    read_file = holder.read_file,
    write_file = holder.write_file,
    run_process = holder.run_process,
    random = holder.random,
    region = holder.region,
    endpoint = holder.endpoint,
    allow_http = holder.allow_http,
    use_fips = holder.use_fips,
    use_dualstack = holder.use_dualstack,
    ignore_configured_endpoint_urls = holder.ignore_configured_endpoint_urls,
    deadline = ask.deadline,
    refresh = ask.refresh,
    warnings = asker.warnings,
    memory = memory,
  }
  return setmetatable(fields, {
    __index = function(self, name)
      if name ~= "transport" then return nil end
      self.transport = transports.of(holder)
      return self.transport
    end,
  })
end

--- Returns the default chain of a client's state, or of options that nobody else holds. Its sources
-- are loaded at the first fetch: with them, `require "dynamo"` would take a third longer.
function M.chain(holder)
  local memory = {}
  local function fetch(asker, ask)
    return require("dynamo.credentials.default_chain").fetch(world_of(holder, asker, memory, ask))
  end
  if holder.shared_dict then fetch = require("dynamo.credentials.shared").over(fetch, holder) end
  return provider_of(cache.new(fetch, true), holder)
end

--- Returns nil, or what is wrong with the name of a dictionary that nginx's workers share.
function M.shared_dict_problem(name)
  return require("dynamo.credentials.shared").problem(name)
end

local text, switch = options_check.of_type "string", options_check.boolean

local CHECKS = {
  profile = text,
  region = text,
  ca_file = text,
  allow_http = switch,
  use_fips = switch,
  use_dualstack = switch,
  ignore_configured_endpoint_urls = switch,
  getenv = options_check.callable,
  read_file = options_check.callable,
  write_file = options_check.callable,
  run_process = options_check.callable,
  random = options_check.callable,
}

function CHECKS.proxy(value)
  return value ~= false and text(value) or nil
end

function CHECKS.shared_dict(value)
  return text(value) or M.shared_dict_problem(value)
end

local a_table = options_check.of_type "table"

function CHECKS.transport(value)
  return type(value) ~= "userdata" and a_table(value) or foreign.problem(value)
end

--- Makes the default chain of credentials, the one a client without `credentials` uses. In order:
-- AWS_ACCESS_KEY_ID and its companions; the role of the profile; AWS_WEB_IDENTITY_TOKEN_FILE; the
-- profile's token file, SSO, keys, login session or process; the container's agent (ECS, EKS); the
-- instance metadata service. The first that is configured counts, even if it fails. What it gives
-- is kept until shortly before its end, and then fetched from the same source.
-- @tparam ?table options all optional: profile (a name: those of the environment are then left
--   out); shared_dict (inside nginx, the name of a lua_shared_dict: one fetch for all workers);
--   region, use_fips, use_dualstack, ignore_configured_endpoint_urls (for STS, SSO and login);
--   ca_file, proxy, allow_http; transport, getenv, read_file, write_file, run_process, random: in
--   place of the world's own
-- @treturn table a provider: provider:get() returns { access_key_id, secret_access_key,
--   session_token, account_id, expires_at (epoch seconds) }, or nil, message, err of kind
--   "credentials": codes NoCredentials, BadCredentials, ExpiredCredentials, CredentialsTimeout,
--   ProviderFailed
-- @usage dynamo.new { credentials = dynamo.credentials { profile = "work" } }
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
function M.new(options, ...)
  given.no_more("dynamo.credentials", ...)
  local holder, problem = options_check.checked(
    options,
    CHECKS,
    { no_table = "table expected, got %s", defaults = world }
  )
  if not holder then error("dynamo.credentials: " .. problem, 2) end
  if holder.transport then holder.transport = foreign.new(holder.transport) end
  foreign_world.check(holder)
  holder.warnings = warning.new(nil, holder.getenv)
  return M.chain(holder)
end

--- Returns the cache of a client's provider, which is kept in `credential_cache`: the provider's own,
-- or one for this client. Its `get` gives the credentials for one attempt, never a mix of two sets.
-- @tparam table client its `provider` is asked
function M.cache(client)
  local provider = client.provider
  local kept = ours[provider] and provider:get(KEY)
    or cache.new(function(_, ask)
      return provider:get(ask)
    end, false)
  client.credential_cache = kept
  return kept
end

--- Returns the credentials for one attempt; or nil, error.
-- @tparam table client its `provider` is asked
-- @tparam ?number deadline on the client's clock
-- @param refresh the snapshot that was refused, or true: get new ones
function M.snapshot(client, deadline, refresh)
  return (client.credential_cache or M.cache(client)):get(client, deadline, refresh)
end

return M
