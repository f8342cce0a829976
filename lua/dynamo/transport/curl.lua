-- SPDX-License-Identifier: MIT
--- The transport of plain Lua programs: HTTP/1.1 over connections that libcurl makes.
-- It blocks the whole process while it waits, so it refuses to work in an nginx worker.
-- A request goes on the wire at most once: one that may have been read is never sent again.
-- @module dynamo.transport.curl

-- Raises unless blocking is fine here: outside nginx, or before its workers are forked.
local function refuse_nginx_worker(level)
  local ngx = rawget(_G, "ngx")
  local phase = ngx and ngx.get_phase and ngx.get_phase()
  if phase and phase ~= "init" then
    error(
      ("the libcurl transport blocks nginx (phase %q); use the cosocket transport"):format(phase),
      level + 1
    )
  end
end

refuse_nginx_worker(2)

local core = require "dynamo.core"
local curl = require "dynamo.curl"
local loops = require "dynamo.loop"
local ca_file = require "dynamo.settings.ca_file"
local result = require "dynamo.transport.result"
local routes = require "dynamo.transport.route"
local world = require "dynamo.world"

local M = {}

local Transport = {}
Transport.__index = Transport
Transport.blocking = true -- outside of a loop, waiting for a coroutine would be waiting for ever

-- Raises, two levels up, unless `path` is a readable file of PEM certificates.
local function check_ca_file(path)
  local problem = ca_file.problem(path, world.read_file)
  if problem then error(("ca_file: %s %s"):format(path, problem), 3) end
end

--- Returns nil, or why libcurl does not do: it is older than it may be.
M.problem = curl.version_problem

--- Make a transport. It opens no connection yet.
-- @tparam[opt] table options
--   { connect_timeout = number (seconds, default 3.1; covers DNS, TCP, proxy and TLS),
--     ca_file = string (the only authorities trusted; default: the system's),
--     proxy = string (a URL; "" for none; default: HTTPS_PROXY, NO_PROXY and their kin),
--     max_connections = integer (default 50), in use and kept together,
--     max_body_bytes = integer (default 64 MiB) }
-- @treturn table the transport; raises on an unusable option and in an nginx worker
function M.new(options)
  refuse_nginx_worker(2)
  options = options or {}
  local problem = M.problem()
  if problem then error(problem, 2) end
  if options.ca_file then check_ca_file(options.ca_file) end
  local pool = curl.new {
    connect_timeout_ms = (options.connect_timeout or 3.1) * 1000,
    ca_file = options.ca_file,
    max_connections = options.max_connections,
  }
  return setmetatable({ pool = pool, options = options, routes = {}, under_way = 0 }, Transport)
end

-- Returns the route of a request, remembered for its host; or nil, failure.
local function route_of(self, request)
  local route = self.routes[request.host]
  if route and routes.fits(route, request) then return route end
  local found, failed = routes.find(request, self.options.proxy, world.getenv)
  self.routes[request.host] = found
  return found, failed
end

-- Gives back what a transport has, once no request needs it: a finaliser may close it in the middle
-- of one.
local function release(self)
  if not self.closed or self.under_way > 0 then return end
  if self.pool then self.pool:close() end
  if self.spare then self.spare:close() end
  self.pool, self.spare = nil, nil
end

-- Carries a request by a message; the response, or nil, message, err.
local function carry(self, request, message, deadline)
  local route, failed = route_of(self, request)
  if not route then return result.failure(failed.kind, failed.code, failed.text, "none") end
  local written, refused = routes.write(route, request, message)
  if not written then return result.failure(refused.kind, refused.code, refused.text, "none") end
  local sent, kind, code, text = self.pool:carry(message, route.url, route.proxy, deadline)
  if kind then return result.failed_on(route, { kind = kind, code = code, text = text }, sent) end
  local response, lost = result.response(message)
  if response then return response end
  return result.failed_on(route, lost, sent)
end

--- Send a request and wait for its response. Redirects are responses like any other.
-- @tparam table request { method, scheme, host, port, path, headers = { {name, value}, ... },
--   body = string (default empty), proxy = false (through none, whatever is configured) }
-- @tparam number deadline on this transport's `monotonic` clock
-- @treturn[1] table { status, headers = { lower-case name = value }, body = the bytes as sent }
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table { kind, code, message, sent = "none"|"partial"|"complete",
--   status = integer, request_id = string (if a response had begun, and said so) }.
--   Codes by kind. timeout: DeadlineExceeded ConnectTimeout AttemptTimeout. tls: TlsFailed.
--   transport: HostNotFound ConnectionRefused ConnectFailed ProxyFailed ConnectionLost EmptyAnswer
--   BadAnswer HeadersTooLarge OutOfMemory TransportFailed. integrity: PartialAnswer BadAnswer
--   ResponseTooLarge. validation (nothing was sent): BadHeader BadUrl.
function Transport:send(request, deadline)
  if self.closed then error("the transport is closed", 2) end
  if deadline <= curl.monotonic() then
    return result.failure(
      "timeout",
      "DeadlineExceeded",
      "the deadline passed before the request was sent",
      "none"
    )
  end
  local message = self.spare or core.message(self.options.max_body_bytes)
  self.spare = nil -- a finaliser may send in the middle of this
  self.under_way = self.under_way + 1
  local response, text, err = carry(self, request, message, deadline)
  self.under_way = self.under_way - 1
  message:reset()
  self.spare = message
  release(self)
  return response, text, err
end

--- Wait: in a coroutine of a loop while others go on, anywhere else whatever signals arrive.
-- @tparam number seconds 0 or more
-- @treturn ?string why the wait was given up: see dynamo.loop
function Transport.sleep(_, seconds)
  return loops.wait(nil, nil, seconds)
end

--- The wall clock.
-- @treturn number seconds since 1970, with their fraction
function Transport.now()
  return curl.now()
end

--- The clock of deadlines.
-- @treturn number seconds since some moment; never goes back
function Transport.monotonic()
  return curl.monotonic()
end

--- Close the connections, at the latest once the requests under way have ended. Closing twice is
-- harmless; sending afterwards raises.
function Transport:close()
  self.closed = true
  release(self)
end

return M
