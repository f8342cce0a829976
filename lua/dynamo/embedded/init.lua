-- SPDX-License-Identifier: MIT
-- The store inside the process as a transport: requests are carried out where they are made, unsigned.
local dispatch = require "dynamo.embedded.dispatch"
local stores = require "dynamo.embedded.store"
local trouble = require "dynamo.embedded.trouble"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local transports = require "dynamo.transport"
local messages = require "dynamo.transport.messages"
local world = require "dynamo.world"

local M = {}

local Transport = {}
Transport.__index = Transport
Transport.is_unsigned = true
Transport.blocking = true

-- ---- carrying ----------------------------------------------------------------------------------

-- Returns nil, message, err of what went wrong with the store itself; anything else is raised on.
local function failed(raised)
  if not trouble.is(raised) then error(raised, 0) end
  return nil, raised.message, raised
end

-- Returns the headers of a response.
local function headers_of(self)
  self.answered = self.answered + 1
  return { ["x-amzn-requestid"] = ("EMBEDDED%044d"):format(self.answered) }
end

--- Carries out an operation: status, body; or nil, message, err.
function Transport:perform(operation, body)
  local ok, status, answer =
    pcall(dispatch.answer, self.store, operation, tostring(body), self:now())
  if not ok then return failed(status) end
  return status, answer
end

--- Carries out the operation whose request has this body, and puts the response into a message.
-- @treturn[1] boolean true
-- @treturn[2] nil, message, err
function Transport:carry(message, _, _, body, operation)
  local status, answer, err = self:perform(operation, body)
  if not status then return nil, answer, err end
  assert(message:answer(status, headers_of(self), answer))
  return true
end

-- Returns the operation that a request's header names, or nil.
local function operation_of(headers)
  for _, header in ipairs(headers) do
    if header[1]:lower() == "x-amz-target" then
      return operations.find(header[2]:match "%.(%w+)$" or "")
    end
  end
end

--- Answers a request in the form of a table: for whoever serves the store to others.
-- @tparam table request headers ({ { name, value }, ... }, x-amz-target among them), body
-- @treturn[1] table { status, headers, body }
-- @treturn[2] nil, message, err
function Transport:send(request)
  local operation = operation_of(request.headers)
  if not operation then
    local body = '{"__type":"com.amazon.coral.service#UnknownOperationException"}'
    return { status = 400, headers = headers_of(self), body = body }
  end
  local status, answer, err = self:perform(operation, request.body or "")
  if not status then return nil, answer, err end
  return { status = status, headers = headers_of(self), body = answer }
end

-- ---- clocks and waiting ------------------------------------------------------------------------

function Transport:now()
  local now = self.clock
  return now and now() or self.base:now()
end

function Transport:monotonic()
  return self.base:monotonic()
end

function Transport:sleep(seconds)
  return self.base:sleep(seconds)
end

--- Closes the store.
function Transport:close()
  if self.closed then return end
  self.closed = true
  self.store:close()
  self.base:close()
end

-- ---- making ------------------------------------------------------------------------------------

--- Makes a transport over a store.
-- @tparam table store of dynamo.embedded.store
-- @tparam table base another transport: its clocks and its sleep are used
-- @tparam ?function clock returns seconds since 1970, in place of the base's
function M.new(store, base, clock)
  return setmetatable({
    store = store,
    base = base,
    clock = clock,
    messages = messages.new(),
    answered = 0,
    closed = false,
  }, Transport)
end

-- What a client signs with where nothing is signed, and where its requests go.
local KEYS = { access_key_id = "embedded", secret_access_key = "embedded" }
local TARGET = {
  url = "http://embedded/",
  scheme = "http",
  host = "embedded",
  port = 80,
  path = "/",
  authority = "embedded",
  host_header = { "host", "embedded" },
  signing_region = "embedded",
  signing_name = "dynamodb",
}

--- Makes a client need neither a region nor credentials: called with a client that starts.
function Transport.attach(_, client)
  local route = { only = TARGET, known = {}, count = 0 }
  client.targets = { dynamodb = route, streams = route, search = route }
  if not client.has_credentials then
    client.provider = require("dynamo.credentials").static(KEYS)
  end
end

--- Opens a store over another transport, whose sleep it waits with where a wait may not block.
-- @tparam table ask of dynamo.embedded.store
-- @tparam table base
-- @treturn[1] table store
-- @treturn[2] nil
-- @treturn[2] table an error of kind "config"
function M.store(ask, base)
  ask.sleep = world.inside_nginx() and function(seconds)
    base:sleep(seconds)
  end or nil
  local store, failure = stores.open(ask)
  if store then return store end
  return nil, errors.new { kind = failure.kind, code = failure.code, message = failure.message }
end

--- Opens the store that an endpoint means for a client, which then needs no region and no credentials.
-- @tparam string endpoint "memory:", "memory:NAME" or "file:PATH"
-- @tparam table client of dynamo.client_state
-- @treturn[1] table transport
-- @treturn[2] nil
-- @treturn[2] table an error of kind "config"
function M.open(endpoint, client)
  local base, err = transports.new(client)
  if not base then return nil, err end
  local store, failure = M.store({ endpoint = endpoint }, base)
  if not store then return nil, failure end
  Transport:attach(client)
  return M.new(store, base)
end

return M
