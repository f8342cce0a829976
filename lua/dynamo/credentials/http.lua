-- SPDX-License-Identifier: MIT
-- One small HTTP exchange of a credentials source: an address as text, a time limit, a few tries.
local url = require "dynamo.endpoint.url"
local errors = require "dynamo.error"
local loops = require "dynamo.loop"

local M = {}

local TIMEOUT = 5 -- seconds, where the source names none
local FIRST_SERVER_FAILURE = 500
local MAX_BODY_BYTES = 64 * 1024 -- no source has more to say

-- Returns the request a transport takes, or nil, what is wrong with the address.
local function request_of(given)
  local origin, path = given.url:match("^(%w+://[^/?]*)(.*)$")
  local place, problem = url.parse(origin or given.url)
  if not problem and path:find("[%c%s#]") then problem = "its path holds a character it may not" end
  if problem then return nil, "the address is not usable: " .. problem end
  if path:sub(1, 1) ~= "/" then path = "/" .. path end
  local headers = { { "host", place.authority } }
  for _, header in ipairs(given.headers or {}) do
    headers[#headers + 1] = header
  end
  return {
    method = given.method or "GET",
    scheme = place.scheme,
    host = place.host,
    port = place.port,
    path = path,
    headers = headers,
    body = given.body or "",
    proxy = given.proxy,
  }
end

-- Raises the error of a call that was ended while it waited: no other source is asked then.
local function give_up(code, message)
  error(errors.new { kind = "cancelled", code = code, message = message }, 0)
end

-- Makes one try, which is over in time. Returns a response, or nil, message, the transport's error.
local function try(world, request, timeout)
  local transport = world.transport
  local deadline = transport:monotonic() + (timeout or TIMEOUT)
  if world.deadline then deadline = math.min(deadline, world.deadline) end
  local response, message, failed = transport:send(request, deadline)
  if failed and failed.kind == "cancelled" then give_up(failed.code, message) end
  if response and #response.body > MAX_BODY_BYTES then
    return nil, "the answer is larger than 64 KiB", { kind = "integrity", sent = "complete" }
  end
  return response, message, failed or {}
end

-- Waits before another try; returns whether there is time for one.
local function pause(world, seconds)
  local transport = world.transport
  if world.deadline and transport:monotonic() + seconds >= world.deadline then return false end
  local reason = seconds > 0 and transport:sleep(seconds)
  if reason then give_up(reason, loops.MESSAGES[reason]) end
  return true
end

local function is_server_failure(response)
  return response.status >= FIRST_SERVER_FAILURE
end

--- Sends a request, again after a lost one or a passing failure.
-- @tparam table world transport; deadline (on its monotonic clock) or nil
-- @tparam table given url; method ("GET"), headers (a list of pairs), body, proxy (false: none),
--   timeout (5, seconds a try), attempts (1), attempts_if_lost (as attempts; of those without
--   a response), pause (0, seconds between tries), is_passing (says of
--   a response whether another try may cure it; default: 5xx)
-- @treturn[1] table { status, headers, body }, the last one
-- @treturn[2] nil
-- @treturn[2] string what went wrong; the response's text is not in it
-- @treturn[2] ?table the transport's error: kind, code, sent
function M.send(world, given)
  local request, problem = request_of(given)
  if not request then return nil, problem end
  local is_passing = given.is_passing or is_server_failure
  local attempts = given.attempts or 1
  for attempt = 1, attempts do
    local response, message, failed = try(world, request, given.timeout)
    local is_last = response and not is_passing(response)
      or attempt == attempts
      or not response and attempt >= (given.attempts_if_lost or attempts)
    if is_last or not pause(world, given.pause or 0) then return response, message, failed end
  end
end

return M
