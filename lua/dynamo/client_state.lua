-- SPDX-License-Identifier: MIT
-- What a client knows: its private state, which every call of it is given as `client`.
local request = require "dynamo.call.request"
local responses = require "dynamo.call.response"
local core = require "dynamo.core"
local credentials = require "dynamo.credentials"
local foreign_world = require "dynamo.foreign_world"
local tables = require "dynamo.tables"
local foreign = require "dynamo.transport.foreign"
local warning = require "dynamo.warning"

local M = {}

-- Returns the provider that the options say: the given one, given keys (and then what of them is
-- secret), or the chain.
local function provider_of(client, given)
  if not given then return credentials.chain(client) end
  if type(given.get) == "function" then return given end
  return credentials.static(given), credentials.secrets(given)
end

-- Puts what the user gave in place of the world's own behind checks; returns whether there is any.
local function guard(client)
  local is_foreign, given = foreign_world.check(client), client.transport
  if not given then return is_foreign end
  client.transport = foreign.new(given)
  return is_foreign or client.transport ~= given
end

--- Returns the state of a new client: the only place where one is made. Its fields are the options
-- of dynamo.new, and
--   provider           who is asked for credentials, in place of the option
--   has_credentials    boolean: they are given in code
--   own_secrets        a list of texts: what is secret in given keys; nil for none
--   hooks, extensions  copies; nil for none: what becomes of the given ones is their owner's business
--   max_attempts       1 for retry_mode "off"
--   is_foreign         boolean: a transport or a function of the world is the user's own
--   warnings           of dynamo.warning
--   signer             of the core; it keeps the key derived last
--   readers            how responses are read (dynamo.call.response), by whether values are wire-typed
--   caches             what requests share (dynamo.call.request)
--   targets            where requests go, as far as that is known: written by call.target
--   under_way          integer, how many of its calls are: written by dynamo.call
-- and, nil at first:
--   started            true: what follows is there (written by call.start, as all up to clock)
--   user_agent_header  a header pair
--   ca_file            text: also of environment or profile
--   transport          also its own; owns_transport: true, it is to be closed with the client
--   retry              the policy of dynamo.call.retry
--   limiter            of dynamo.call.adaptive, in that mode
--   clock              of dynamo.call.clock
--   profile_read       what settings.profile read: written by settings.lookup
--   credential_cache   of dynamo.credentials.cache: written by dynamo.credentials
--   credential_transport  that of the sources: written by credentials.source_transport
--   spare_call         a call that is used again: written by dynamo.call
--   closed             true: nothing else is left once no call is under way (call.life)
-- @tparam table options checked ones, owned from now on
function M.new(options)
  local client, given = options, options.credentials
  client.is_foreign = guard(client)
  client.provider, client.own_secrets = provider_of(client, given)
  client.credentials, client.has_credentials = nil, given ~= nil
  client.hooks = client.hooks and tables.copy(client.hooks)
  client.extensions = client.extensions and tables.copy(client.extensions)
  if client.retry_mode == "off" then client.max_attempts = 1 end
  client.warnings = warning.new(client.hooks, client.getenv)
  client.signer = core.signer()
  local exact = client.numbers == "exact"
  client.readers =
    { [false] = responses.reader(false, exact), [true] = responses.reader(true, exact) }
  client.caches, client.targets, client.under_way = request.caches(), {}, 0
  return client
end

return M
