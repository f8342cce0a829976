-- SPDX-License-Identifier: MIT
-- A transport of the user's, behind checks: what it returns is what dynamo.call takes for granted, or
-- an error that says whose fault it is. No metamethod of a table it returns runs.
--
-- What it did with a request whose outcome it does not tell right is not known: such an error has
-- sent = "complete", code "BadTransport", and nothing is sent again for it.
local errors = require "dynamo.error"
local protected = require "dynamo.protected"
local messages = require "dynamo.transport.messages"

local M = {}

local Foreign = {}
Foreign.__index = Foreign

-- Returns a value for a message, whatever its metatable would have said.
local function shown(value)
  local kind = type(value)
  if kind == "string" then return ('"%s"'):format(errors.excerpt(value)) end
  if kind == "number" or kind == "boolean" or value == nil then return tostring(value) end
  return "a " .. kind
end

-- Returns what was raised, as far as it is text.
local function raised(value)
  return type(value) == "string" and errors.excerpt(value) or "it raised " .. shown(value)
end

-- Returns what a transport's failure is told by: the fault of one that does not do what one must.
local function fault(text)
  return {
    kind = "transport",
    code = "BadTransport",
    message = "the transport's " .. text,
    sent = "complete",
    retryable = false,
  }
end

local function junk(text)
  local failed = fault(text)
  return nil, failed.message, failed
end

-- --- what send returns ---------------------------------------------------------------------------

-- Returns nil, or what is wrong with headers.
local function headers_problem(given)
  if type(given) ~= "table" then return "response: headers is " .. shown(given) end
  for name, value in next, given do
    if type(name) ~= "string" or type(value) ~= "string" then
      return ("response: the header %s is %s; names and values are strings"):format(
        shown(name),
        shown(value)
      )
    end
  end
end

-- Whether a value is the status of a response.
local function is_status(value)
  return type(value) == "number" and value >= 100 and value <= 999 and value % 1 == 0
end

-- Returns the status, the headers and the body of the response that a transport gave; or nil, what is
-- wrong with it.
local function parts_of(given)
  if type(given) ~= "table" then return nil, "response is " .. shown(given) .. ", no table" end
  local status, headers, body =
    rawget(given, "status"), rawget(given, "headers"), rawget(given, "body")
  if not is_status(status) then return nil, "response: status is " .. shown(status) end
  local problem = headers_problem(headers)
  if problem then return nil, problem end
  if type(body) ~= "string" then return nil, "response: body is " .. shown(body) end
  return status, headers, body
end

local KINDS = {
  transport = true,
  timeout = true,
  tls = true,
  integrity = true,
  config = true,
  credentials = true,
  validation = true,
}
local EXTENTS = { none = true, partial = true, complete = true }

-- Each says whether a field of a transport's error may be so; all may be missing.
local FIELDS = {
  kind = function(value)
    return KINDS[value]
  end,
  sent = function(value)
    return EXTENTS[value]
  end,
  code = function(value)
    return type(value) == "string"
  end,
  message = function(value)
    return type(value) == "string"
  end,
  status = is_status,
  request_id = function(value)
    return type(value) == "string"
  end,
}

-- Returns the failure that a transport told of: nil, message, err.
local function failure_of(message, failed)
  if message ~= nil and type(message) ~= "string" then
    return junk("message is " .. shown(message))
  end
  if failed == nil then return nil, message end
  if type(failed) ~= "table" then return junk("error is " .. shown(failed) .. ", no table") end
  local err = {}
  for name, is_fine in pairs(FIELDS) do
    local value = rawget(failed, name)
    if value ~= nil and not is_fine(value) then
      return junk(("error: %s is %s; its message is %s"):format(name, shown(value), shown(message)))
    end
    err[name] = value
  end
  return nil, message, err
end

-- Returns the status, the headers and the body of the response to a request; or nil, message, err.
local function ask_for_response(self, request, deadline)
  local given = self.given
  local ok, response, message, failed = protected(given.send, given, request, deadline)
  if not ok then return junk("send raised an error: " .. raised(response)) end
  if response == nil or response == false then return failure_of(message, failed) end
  local status, headers, body = parts_of(response)
  if not status then return junk(headers) end
  return status, headers, body
end

-- Returns a copy of headers with their names in lower case.
local function lowered(headers)
  local copy = {}
  for name, value in next, headers do
    copy[name:lower()] = value
  end
  return copy
end

--- Sends a request: as the transport does, or nil, message, err.
function Foreign:send(request, deadline)
  local status, headers, body = ask_for_response(self, request, deadline)
  if not status then return nil, headers, body end
  return { status = status, headers = lowered(headers), body = body }
end

local TOO_LARGE = {
  kind = "integrity",
  code = "ResponseTooLarge",
  message = "the answer's body is too large",
  sent = "complete",
}

--- Has the request in a message carried, and puts the response into the message.
-- @tparam userdata message of core.message, its request written
-- @tparam table target scheme, host, port, path
-- @tparam number deadline on this transport's `monotonic` clock
-- @param body the request's: text, or of core.written
-- @treturn[1] boolean true
-- @treturn[2] nil, message, err
function Foreign:carry(message, target, deadline, body)
  local status, headers, answer = ask_for_response(self, {
    method = "POST",
    scheme = target.scheme,
    host = target.host,
    port = target.port,
    path = target.path,
    headers = message:fields(self.pairs),
    body = tostring(body),
  }, deadline)
  if not status then return nil, headers, answer end
  if message:answer(status, headers, answer) then return true end
  return nil, TOO_LARGE.message, TOO_LARGE
end

-- --- clocks and waiting --------------------------------------------------------------------------

-- What goes wrong here is raised, as an error object that dynamo.call takes for the call's.

-- Returns what a method of the transport does, or raises.
local function ask(self, method, ...)
  local given = self.given
  local ok, value = protected(given[method], given, ...)
  if ok then return value end
  error(errors.new(fault(("%s raised an error: %s"):format(method, raised(value)))), 0)
end

-- Returns the method that reads a clock, or raises.
local function clock(method)
  return function(self)
    local value = ask(self, method)
    if type(value) == "number" and value - value == 0 then return value end -- finite
    error(errors.new(fault(("%s gives %s, no number of seconds"):format(method, shown(value)))), 0)
  end
end

Foreign.now, Foreign.monotonic = clock "now", clock "monotonic"

function Foreign:sleep(seconds)
  ask(self, "sleep", seconds)
end

-- --- the object ----------------------------------------------------------------------------------

local function field(given, name)
  return given[name]
end

local METHODS = { "send", "sleep", "now", "monotonic" }

--- Returns nil, or what is wrong with a transport.
function M.problem(given)
  if type(given) ~= "table" and type(given) ~= "userdata" then
    return ("must be a transport, not a %s"):format(type(given))
  end
  for _, name in ipairs(METHODS) do
    local ok, method = pcall(field, given, name)
    if not ok then return ("raises an error when asked for %s: %s"):format(name, raised(method)) end
    if type(method) ~= "function" then return ("has no method %s"):format(name) end
  end
end

-- Transports that come with the library, though their users hand them on.
local trusted = setmetatable({}, { __mode = "k" })

--- Has a transport used as it is: one that carries messages by itself.
function M.trust(transport)
  trusted[transport] = true
end

--- Returns the transport behind checks, or one that is trusted.
-- @tparam table given one that M.problem finds nothing wrong with
function M.new(given)
  if trusted[given] then return given end
  local ok, blocking = pcall(field, given, "blocking")
  return setmetatable({
    given = given,
    blocking = ok and blocking or nil,
    messages = messages.new(),
    pairs = {}, -- the header that was written last of each name: requests share what stays
  }, Foreign)
end

return M
