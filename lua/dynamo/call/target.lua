-- SPDX-License-Identifier: MIT
-- Where a call's request goes: the client's options, environment and profile made an endpoint once,
-- then the account's host where the rules give accounts hosts of their own.
local resource = require "dynamo.call.resource"
local endpoint = require "dynamo.endpoint"
local configured = require "dynamo.endpoint.configured"
local errors = require "dynamo.error"
local settings = require "dynamo.settings.lookup"
local tables = require "dynamo.tables"

local M = {}

local MAX_KNOWN = 256 -- accounts and ARNs whose targets are kept, of one route
local SOME_ACCOUNT = "000000000000"
local NO_REGION = "; give dynamo.new { region = ... }, set AWS_REGION, "
  .. "or choose a profile with a region"
local NO_ACCOUNT = "; give dynamo.new { account_id = ... }, or credentials with an account_id, "
  .. 'or choose account_id_endpoint_mode "preferred"'

-- How each setting is found: (client, service) -> its value and where it is from; nil; nil, error.
local finders = {
  region = settings.region,
  use_fips = settings.use_fips,
  use_dualstack = settings.use_dualstack,
}

function finders.endpoint(client, service)
  if client.endpoint then return client.endpoint, settings.OPTION end
  return configured.url(client, service)
end

function finders.account_id_endpoint_mode(client)
  return settings.word(
    client,
    "account_id_endpoint_mode",
    { "AWS_ACCOUNT_ID_ENDPOINT_MODE" },
    "account_id_endpoint_mode",
    endpoint.ACCOUNT_ID_ENDPOINT_MODES
  )
end

local SETTINGS = { "region", "endpoint", "use_fips", "use_dualstack", "account_id_endpoint_mode" }

-- Returns the options of endpoint.resolve and, for messages, where they are from; or nil, error.
local function gather(client, operation)
  local options = {
    service = operation.service,
    search = operation.search,
    allow_http = client.allow_http,
    account_id_endpoint_mode = "preferred",
  }
  local origins = {}
  for _, name in ipairs(SETTINGS) do
    local value, source = finders[name](client, operation.service)
    if value == nil and source then return nil, source end
    if value ~= nil then
      options[name] = value
      origins[#origins + 1] = ("%s is %s from %s"):format(name, settings.shown(value), source)
    end
  end
  return options, origins[1] and "; " .. table.concat(origins, ", ") or ""
end

-- Returns the target for the route's options and one more, or nil, message.
local function resolve(route, name, value)
  local options = tables.copy(route.options)
  if name then options[name] = value end
  local target, message = endpoint.resolve(options)
  if not target then return nil, message end
  target.host_header = { "host", target.authority }
  return target
end

-- Returns what is known of where the calls of a service, or its searches, go; or nil, error.
-- `only`: the target of all of them. Else `plain`, that without an account (nil if there must be
-- one), and `known`, the targets of accounts and ARNs; false for an ARN that tells no account.
local function new_route(client, operation)
  local options, origin = gather(client, operation)
  if not options then return nil, origin end
  local route = { options = options, origin = origin, known = {}, count = 0 }
  local plain, message = resolve(route)
  local accounts = resolve(route, "account_id", SOME_ACCOUNT)
  if plain or accounts then
    route.plain = plain
    route.only = plain and accounts and plain.url == accounts.url and plain or nil
    return route
  elseif not options.region and not options.endpoint then
    return nil, errors.config("MissingRegion", message .. NO_REGION)
  end
  return nil, errors.config("InvalidEndpoint", message .. origin)
end

-- Keeps what was found for an account or an ARN; when there are many, it begins anew.
local function remember(route, key, target)
  if route.count >= MAX_KNOWN then
    route.known, route.count = {}, 0
  end
  route.known[key], route.count = target, route.count + 1
  return target
end

-- Returns the target that an ARN tells, or false.
local function of_arn(route, arn)
  local target = route.known[arn]
  if target ~= nil then return target end
  target = resolve(route, "resource_arn", arn)
  local is_told = target and not (route.plain and target.url == route.plain.url)
  return remember(route, arn, is_told and target or false)
end

-- Returns the target of an account not known yet; or nil, error, as without an account.
local function of_account(route, account_id)
  local target, message = resolve(route, "account_id", account_id)
  if target then return remember(route, account_id, target) end
  if account_id then return nil, errors.config("InvalidEndpoint", message) end
  return nil, errors.config("MissingAccountId", message .. NO_ACCOUNT .. route.origin)
end

--- Returns where a request goes and how it is signed for that; or nil, error.
-- @tparam table client `targets` keeps what was found
-- @tparam table operation a record of dynamo.operations
-- @tparam table params the API's members, encoded before
-- @tparam table credentials a snapshot: account_id or none
-- @treturn table of dynamo.endpoint, and host_header (a header pair); shared by all requests
function M.of(client, operation, params, credentials)
  local key = operation.search and "search" or operation.service
  local route = client.targets[key]
  if not route then
    local err
    route, err = new_route(client, operation)
    if not route then return nil, err end
    client.targets[key] = route
  end
  if route.only then return route.only end
  local name = operation.resource and rawget(params, operation.resource)
  local is_told = operation.resource_path or name and name:sub(1, 4) == "arn:"
  local arn = is_told and resource.arn(operation, params)
  local target = arn and of_arn(route, arn)
  if target then return target end
  local account_id = client.account_id or credentials.account_id
  if account_id then
    target = route.known[account_id]
  else
    target = route.plain
  end
  if target then return target end
  return of_account(route, account_id)
end

return M
