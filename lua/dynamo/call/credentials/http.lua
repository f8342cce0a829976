-- SPDX-License-Identifier: MIT
-- One small HTTP exchange of a credentials source: an address as text, a time limit, a few tries.
local url = require "dynamo.call.endpoint.url"

local M = {}

local TIMEOUT = 5 -- seconds, where the source names none
local FIRST_SERVER_FAILURE = 500

-- Returns the request a transport takes, or nil, what is wrong with the address.
local function request_of(given)
  local base, query = given.url:match("^([^?]*)(.*)$")
  local place, problem = url.parse(base)
  if not place then return nil, "the address is not usable: " .. problem end
  local path = base:match("^%w+://[^/]*(.*)$")
  local headers = { { "host", place.authority } }
  for _, header in ipairs(given.headers or {}) do headers[#headers + 1] = header end
  return {
    method = given.method or "GET",
    scheme = place.scheme,
    host = place.host,
    port = place.port,
    path = (path == "" and "/" or path) .. query,
    headers = headers,
    body = given.body or "",
    proxy = given.proxy,
  }
end

-- Returns when one try must be over.
local function deadline_of(world, given)
  local own = world.transport:monotonic() + (given.timeout or TIMEOUT)
  return world.deadline and math.min(own, world.deadline) or own
end

--- Sends a request, again after a lost one or a 5xx.
-- @tparam table world transport; deadline (on its monotonic clock) or nil
-- @tparam table given url; method ("GET"), headers (a list of pairs), body, proxy (false: none),
--   timeout (5, seconds a try), attempts (1), pause (0, seconds between tries)
-- @treturn[1] table { status, headers, body }
-- @treturn[2] nil
-- @treturn[2] string what went wrong; the answer's text is not in it
-- @treturn[2] ?table the transport's error: kind, code
function M.send(world, given)
  local request, problem = request_of(given)
  if not request then return nil, problem end
  local attempts, answer, message, failed = given.attempts or 1, nil, nil, nil
  for attempt = 1, attempts do
    answer, message, failed = world.transport:send(request, deadline_of(world, given))
    if answer and answer.status < FIRST_SERVER_FAILURE then return answer end
    if attempt < attempts and given.pause then world.transport:sleep(given.pause) end
  end
  if answer then return answer end
  return nil, message, failed
end

return M
