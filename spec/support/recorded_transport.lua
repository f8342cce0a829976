-- SPDX-License-Identifier: MIT
-- A transport that plays recorded HTTP traffic, and compares each request with the recorded one. The
-- recordings are lists of events: a request, its data, a response, its data.
local assert = require "luassert"

local fake_transport = require "support.fake_transport"

local M = {}

-- Headers that say which client recorded the traffic, or that the real transport adds.
local NOT_COMPARED =
  { ["user-agent"] = true, ["x-amz-user-agent"] = true, ["content-length"] = true }

-- Returns the exchanges in a list of events, in order: uri, method, headers, body, response.
local function exchanges_of(events)
  local exchanges = {}
  for _, event in ipairs(events) do
    local action, exchange = event.action, exchanges[#exchanges]
    if action.Request then
      local request = action.Request.request
      exchanges[#exchanges + 1] = {
        uri = request.uri,
        method = request.method,
        headers = request.headers,
        body = "",
        response = { body = "" },
      }
    elseif action.Response then
      exchange.response.status = action.Response.response.Ok.status
      exchange.recorded_headers = action.Response.response.Ok.headers
    elseif action.Data and action.Data.direction == "Request" then
      exchange.body = exchange.body .. action.Data.data.Utf8
    elseif action.Data then
      exchange.response.body = exchange.response.body .. action.Data.data.Utf8
    end
  end
  return exchanges
end

-- Returns headers with lower-case names, each with its first value.
local function lowered(headers)
  local copy = {}
  for name, values in pairs(headers or {}) do
    copy[name:lower()] = values[1]
  end
  return copy
end

-- Returns scheme://host/path and the parameters of an address; their order means nothing.
local function split(uri)
  local base, query = uri:match("^([^?]*)%??(.*)$")
  local parameters = {}
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do
    parameters[name] = value
  end
  return base, parameters
end

-- Raises unless a request is the recorded one.
local function compare(exchange, request, fix)
  local headers = {}
  for _, pair in ipairs(request.headers) do
    headers[pair[1]:lower()] = pair[2]
  end
  local base, parameters = split(exchange.uri)
  local path, own = split(request.path)
  assert.are.equal(exchange.method, request.method)
  assert.are.equal(base, ("%s://%s%s"):format(request.scheme, headers.host, path))
  assert.are.same(parameters, own)
  assert.are.equal(fix(exchange.body), request.body or "")
  for name, value in pairs(lowered(exchange.headers)) do
    if not NOT_COMPARED[name] then assert.are.equal(value, headers[name], name) end
  end
end

--- Returns a transport for the events of a recording.
-- @tparam table events
-- @tparam number now the wall clock
-- @tparam ?function fix makes a recorded body what it should have been
-- @treturn table a fake transport; `left` says how many exchanges have not been asked for
function M.new(events, now, fix)
  local exchanges, at = exchanges_of(events), 0
  local fake = fake_transport.new {
    function(request)
      at = at + 1
      local exchange = exchanges[at]
      assert(exchange, "a request that was not recorded: " .. request.host .. request.path)
      compare(exchange, request, fix or function(body)
        return body
      end)
      exchange.response.headers = lowered(exchange.recorded_headers)
      return exchange.response
    end,
  }
  fake.wall = now - fake.clock
  function fake.left()
    return #exchanges - at
  end
  return fake
end

return M
