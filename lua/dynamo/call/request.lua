-- SPDX-License-Identifier: MIT
-- Builds what is sent: the body once a call, the signed request once an attempt.
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
-- @tparam ?userdata written of core.written: the body is this, or text if it is long
function M.body(operation, params, typed, random, is_checked, written)
  local token = operation.token
  local given = token and rawget(params, token)
  if token and (given == nil or given == core.null) then
    local copy, err = with_token(params, token, random)
    if not copy then return nil, err end
    params = copy
  end
  local body, found = core.encode(operations.model, operation.input, params, typed, written)
  if not body then return nil, problem.to_error(found, operation.method) end
  if found then params = as_sent(operation, body, typed) end
  local err = not is_checked and check.params(operation, params, typed)
    or token and check.transaction_size(params, typed, #body)
  if err then return nil, err end
  return body, params
end

--- Makes what the requests of a client share; all of it is written here.
-- @treturn table
--   second, attempt, snapshot   what `heads` are of: an epoch second, as the service has it, negative
--                      for none; an attempt's number (from 1); the credentials
--   date, attempt_text   the values of x-amz-date and amz-sdk-request at that
--   heads              what requests begin with, of core.signer: target -> operation -> head
--   invocation_start, invocation   the first 24 characters of the UUIDs of its calls, and the number
--                      that the last of them ends in; nil before the first call
function M.caches()
  return { second = -1, attempt = 0, snapshot = nil, heads = {} }
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

--- Returns the number of a new call: with invocation_start, in hexadecimal digits, its UUID, which all
-- its attempts share.
-- @tparam table caches
-- @tparam function random random(n) -> bytes
function M.invocation(caches, random)
  if not caches.invocation then begin_counting(caches, random) end
  caches.invocation = (caches.invocation + 1) % COUNTER_LIMIT
  return caches.invocation
end

-- Returns the amz-sdk-request header of an attempt: which one it is, of how many, and, once the
-- service's clock is known, until when its response is waited for.
local function attempt_text(client, attempt, second)
  local text = ("attempt=%d; max=%d"):format(attempt, client.retry.max_attempts)
  if not client.clock.heard_date then return text end
  return ("ttl=%s; %s"):format(sign.amz_date(second + client.attempt_timeout), text)
end

-- ---- the whole -----------------------------------------------------------------------------

-- Forgets what requests begin with, for one that begins with something else.
local function renew(client, attempt, credentials, second)
  local caches = client.caches
  caches.second, caches.attempt, caches.snapshot = second, attempt, credentials
  caches.date, caches.attempt_text = sign.amz_date(second), attempt_text(client, attempt, second)
  caches.heads = {}
end

--- Forgets what requests begin with, for the service's clock is known now.
function M.forget(caches)
  caches.second = -1
end

local NO_INVOCATION = { "amz-sdk-invocation-id", "00000000-0000-4000-8000-000000000000" }

-- Returns the headers of a request, how many of them, the first, are signed, and the place of the one
-- that is another in each.
local function headers_of(client, operation, target)
  local caches = client.caches
  local headers =
    { CONTENT_TYPE, target.host_header, { "x-amz-date", caches.date }, operation.target }
  headers[5] = caches.snapshot.token_header
  local signed = #headers
  headers[signed + 1] = client.user_agent_header
  headers[signed + 2] = NO_INVOCATION
  headers[signed + 3] = { "amz-sdk-request", caches.attempt_text }
  return headers, signed, signed + 2
end

-- Returns the error of a request that is not made; `code` is nil if it cannot be signed.
local function unsent(message, code)
  if not code then return errors.config("SigningFailed", message) end
  local kind = code == "OutOfMemory" and "transport" or "validation"
  return errors.of_transport(message, { kind = kind, code = code, sent = "none" })
end

-- Makes what the requests of an operation to a target begin with; or nil, error.
local function new_head(client, operation, target)
  local caches = client.caches
  local headers, signed, varying = headers_of(client, operation, target)
  local head, message, code = client.signer:head(
    target.path,
    headers,
    signed,
    varying,
    caches.snapshot.access_key_id,
    caches.snapshot.secret_access_key,
    target.signing_region,
    target.signing_name,
    caches.date
  )
  if not head then return nil, unsent(message, code) end
  local of_target = caches.heads[target] or {}
  caches.heads[target], of_target[operation] = of_target, head
  return head
end

--- Writes the signed request of one attempt into a message of core.message; true, or nil, error.
-- @tparam table client signer, user_agent_header, attempt_timeout, retry, clock, caches
-- @tparam table call asked, body, attempts (made before), invocation; target (path, host_header,
--   signing_region, signing_name), snapshot (access_key_id, secret_access_key, token_header)
-- @tparam userdata message
-- @tparam number now wall-clock seconds, as the service has them
function M.write(client, call, message, now)
  local caches, second, attempt = client.caches, now - now % 1, call.attempts + 1
  local credentials = call.snapshot
  if caches.second ~= second or caches.attempt ~= attempt or caches.snapshot ~= credentials then
    renew(client, attempt, credentials, second)
  end
  local target, operation = call.target, call.asked.operation
  local of_target, err = caches.heads[target], nil
  local head = of_target and of_target[operation]
  if not head then
    head, err = new_head(client, operation, target)
  end
  if not head then return nil, err end
  local written, text, code =
    client.signer:write(head, message, caches.invocation_start, call.invocation, call.body)
  if written then return true end
  return nil, unsent(text, code)
end

--- Returns what no text about a signed request, in a message, may repeat.
-- @treturn {string,...}
function M.secrets(message, credentials)
  local headers = message:fields {}
  local last = headers[#headers] -- none where requests are not signed
  local secrets = { last and last[2]:match "Signature=(%x+)" }
  for _, secret in ipairs(credentials.secrets) do
    secrets[#secrets + 1] = secret
  end
  return secrets
end

return M
