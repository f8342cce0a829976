-- SPDX-License-Identifier: MIT
-- Builds what is sent: the body once a call, the signed headers once an attempt.
local check = require "dynamo.call.check"
local core = require "dynamo.core"
local errors = require "dynamo.error"
local version = require "dynamo.library_version"
local operations = require "dynamo.operations"
local problem = require "dynamo.problem"
local uuid = require "dynamo.random_uuid"
local sign = require "dynamo.sign"
local tables = require "dynamo.tables"

local M = {}

local CONTENT_TYPE = { "content-type", "application/x-amz-json-1.0" }
local jit = rawget(_G, "jit")
local RUNTIME = (jit and jit.version or _VERSION):gsub(" ", "/"):lower()

--- The product token sent when the user gives none.
M.USER_AGENT = ("dynamo-lua/%s %s"):format(version, RUNTIME)

-- Returns a copy of `params` with a fresh idempotency token, or nil, error.
local function with_token(params, member, random)
  local token, message = uuid.v4(random)
  if not token then return nil, errors.config("NoRandomness", message) end
  local copy = tables.copy(params)
  copy[member] = token
  return copy
end

-- Returns the parameters that a body says: without the members that were null, and so are absent.
local function as_sent(operation, body, typed)
  return core.decode(operations.model, operation.input, body, typed, true)
end

--- Returns the JSON body for `params`, which are left as they are, and the parameters that it says,
-- where a member that was null is absent; or nil, error.
-- @tparam table operation a record of dynamo.operations
-- @tparam table params the API's members
-- @tparam boolean typed attribute values are wire-typed
-- @tparam function random random(n) -> bytes, for the idempotency token
-- @tparam ?boolean is_checked no expression in them can be at odds with what else they say
function M.body(operation, params, typed, random, is_checked)
  local token = operation.token
  local given = token and rawget(params, token)
  if token and (given == nil or given == core.null) then
    local copy, err = with_token(params, token, random)
    if not copy then return nil, err end
    params = copy
  end
  local body, found = core.encode(operations.model, operation.input, params, typed)
  if not body then return nil, problem.to_error(found, operation.method) end
  if found then params = as_sent(operation, body, typed) end
  local err = not is_checked and check.params(operation, params, typed)
    or token and check.transaction_size(params, typed, #body)
  if err then return nil, err end
  return body, params
end

--- Makes what the requests of a client share; all of it is written here.
-- @treturn table
--   date_second, date_header        { "x-amz-date", text } of an epoch second, as the service has
--                                   it: one pair serves all requests of a second
--   attempt, ttl_second, attempt_header   { "amz-sdk-request", text } of an attempt's number (from 1)
--                                   and an epoch second (0: no time is told)
--   invocation_start, invocation    the first 24 characters of the UUIDs of its calls, and the number
--                                   that the last of them ends in; nil before the first call
function M.caches()
  return { date_second = -1, attempt = 0, ttl_second = -1 }
end

-- Makes the x-amz-date header of a second.
local function renew_date(caches, second)
  caches.date_second, caches.date_header = second, { "x-amz-date", sign.amz_date(second) }
end

-- ---- what AWS traces retries by --------------------------------------------------------------

local COUNTER_LIMIT = 281474976710656 -- 2^48: the last twelve digits of a UUID

-- Starts a client's numbers at a random one. They only tell calls apart in AWS's records: a fork
-- that goes on with the same ones does no harm.
local function begin_counting(caches, random)
  local start = uuid.v4(random) or "00000000-0000-4000-8000-000000000000"
  caches.invocation_start = start:sub(1, 24)
  caches.invocation = tonumber(start:sub(25), 16)
end

--- Returns the amz-sdk-invocation-id header of a new call; all its attempts share it.
-- @tparam table caches
-- @tparam function random random(n) -> bytes
function M.invocation_header(caches, random)
  if not caches.invocation then begin_counting(caches, random) end
  caches.invocation = (caches.invocation + 1) % COUNTER_LIMIT
  return { "amz-sdk-invocation-id", ("%s%012x"):format(caches.invocation_start, caches.invocation) }
end

-- Makes the amz-sdk-request header of an attempt: which one it is, of how many, and, once the
-- service's clock is known, until when its response is waited for.
local function renew_attempt(client, attempt, second)
  local caches, text =
    client.caches, ("attempt=%d; max=%d"):format(attempt, client.retry.max_attempts)
  if second > 0 then
    text = ("ttl=%s; %s"):format(sign.amz_date(second + client.attempt_timeout), text)
  end
  caches.attempt, caches.ttl_second = attempt, second
  caches.attempt_header = { "amz-sdk-request", text }
end

-- ---- the whole -----------------------------------------------------------------------------

--- Returns the signed request for one attempt, as a transport takes it; or nil, error.
-- @tparam table client signer, user_agent_header, attempt_timeout, retry, clock, caches
-- @tparam table call asked, body, attempts (made before), invocation_header
-- @tparam table target scheme, host, port, path, host_header, signing_region, signing_name
-- @tparam table credentials a snapshot: access_key_id, secret_access_key, token_header
-- @tparam number now wall-clock seconds, as the service has them
function M.signed(client, call, target, credentials, now)
  local caches, second, attempt = client.caches, math.floor(now), call.attempts + 1
  if caches.date_second ~= second then renew_date(caches, second) end
  local told = client.clock.heard_date and second or 0
  if caches.attempt ~= attempt or caches.ttl_second ~= told then
    renew_attempt(client, attempt, told)
  end
  local date, token = caches.date_header, credentials.token_header
  -- The last four are unsigned: their places are kept so that the table need not grow.
  local headers = {
    CONTENT_TYPE,
    target.host_header,
    date,
    call.asked.operation.target,
    token,
    nil,
    nil,
    nil,
    nil,
  }
  local authorization, message = client.signer:authorization(
    "POST",
    target.path,
    headers,
    call.body,
    credentials.access_key_id,
    credentials.secret_access_key,
    target.signing_region,
    target.signing_name,
    date[2]
  )
  if not authorization then return nil, errors.config("SigningFailed", message) end
  local signed = token and 5 or 4
  headers[signed + 1] = client.user_agent_header
  headers[signed + 2] = call.invocation_header
  headers[signed + 3] = caches.attempt_header
  headers[signed + 4] = { "authorization", authorization }
  return {
    method = "POST",
    scheme = target.scheme,
    host = target.host,
    port = target.port,
    path = target.path,
    headers = headers,
    body = call.body,
  }
end

--- Returns what no text about a signed request may repeat.
-- @treturn {string,...}
function M.secrets(signed, credentials)
  local secrets = { signed.headers[#signed.headers][2]:match("Signature=(%x+)") }
  for _, secret in ipairs(credentials.secrets) do
    secrets[#secrets + 1] = secret
  end
  return secrets
end

return M
