-- SPDX-License-Identifier: MIT
--- The transport of plain Lua programs: HTTP/1.1 over libcurl, one request at a time.
-- It blocks the whole process while it waits, so it refuses to work in an nginx worker.
-- A request goes on the wire at most once: libcurl's own resend is refused, as `ConnectionLost`.
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

local curl = require "dynamo.curl"
local ca_file = require "dynamo.settings.ca_file"
local world = require "dynamo.world"

local M = {}

local Transport = {}
Transport.__index = Transport
Transport.blocking = true -- waiting for another coroutine would be waiting for ever

-- Raises, two levels up, unless `path` is a readable file of PEM certificates.
local function check_ca_file(path)
  local problem = ca_file.problem(path, world.read_file)
  if problem then error(("ca_file: %s %s"):format(path, problem), 3) end
end

--- Returns nil, or why libcurl does not do: it is older than it may be.
M.problem = curl.version_problem

--- Make a transport. It opens no connection yet.
-- @tparam[opt] table options
--   { connect_timeout = number (seconds, default 3.1; covers DNS, TCP and TLS),
--     ca_file = string (the only authorities trusted; default: the system's),
--     proxy = string (a URL; "" for none; default: HTTPS_PROXY, NO_PROXY and their kin),
--     max_body_bytes = integer (default 64 MiB) }
-- @treturn table the transport; raises on an unusable option and in an nginx worker
function M.new(options)
  refuse_nginx_worker(2)
  options = options or {}
  local problem = M.problem()
  if problem then error(problem, 2) end
  if options.ca_file then check_ca_file(options.ca_file) end
  local handle = curl.new {
    connect_timeout_ms = (options.connect_timeout or 3.1) * 1000,
    ca_file = options.ca_file,
    proxy = options.proxy,
    max_body_bytes = options.max_body_bytes,
  }
  return setmetatable({ handle = handle, options = options, is_sending = false }, Transport)
end

-- The request's URL, built anew only when it differs from the last one's.
local function url_of(self, request)
  local scheme, host, port, path = request.scheme, request.host, request.port, request.path
  if scheme ~= self.scheme or host ~= self.host or port ~= self.port or path ~= self.path then
    self.scheme, self.host, self.port, self.path = scheme, host, port, path
    self.url = ("%s://%s:%d%s"):format(scheme, host, port, path)
  end
  return self.url
end

local function failure(kind, code, message, sent, status, headers)
  return nil,
    message,
    {
      kind = kind,
      code = code,
      message = message,
      sent = sent,
      status = status,
      request_id = headers and headers["x-amzn-requestid"],
    }
end

-- Shapes what the handle returned, and closes it if the transport was closed meanwhile.
local function finish(
  self,
  handle,
  status,
  headers,
  body,
  message,
  sent,
  failed_status,
  failed_headers
)
  self.is_sending = false
  if not self.handle then handle:close() end
  if status then return { status = status, headers = headers, body = body } end
  return failure(headers, body, message, sent, failed_status, failed_headers)
end

-- Sends over a connection of its own. A finaliser can do so in the middle of another request, when
-- the handle is not to be touched.
local function send_apart(self, request, deadline)
  local other = M.new(self.options)
  local answer, message, failed = other:send(request, deadline)
  other:close()
  return answer, message, failed
end

--- Send a request and wait for its answer. Redirects are answers like any other.
-- @tparam table request { method, scheme, host, port, path, headers = { {name, value}, ... },
--   body = string (default empty), proxy = false (through none, whatever is configured) }
-- @tparam number deadline on this transport's `monotonic` clock
-- @treturn[1] table { status, headers = { lower-case name = value }, body = the bytes as sent }
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table { kind, code, message, sent = "none"|"partial"|"complete",
--   status = integer, request_id = string (if an answer had begun, and said so) }.
--   Codes by kind. timeout: DeadlineExceeded ConnectTimeout AttemptTimeout. tls: TlsFailed.
--   transport: HostNotFound ConnectionRefused ConnectFailed ProxyFailed ConnectionLost EmptyAnswer
--   BadAnswer HeadersTooLarge OutOfMemory TransportFailed. integrity: PartialAnswer BadAnswer
--   ResponseTooLarge. validation (nothing was sent): BadHeader BadUrl.
function Transport:send(request, deadline)
  local handle = self.handle
  if not handle then error("the transport is closed", 2) end
  local left = deadline - curl.monotonic()
  if left <= 0 then
    return failure(
      "timeout",
      "DeadlineExceeded",
      "the deadline passed before the request was sent",
      "none"
    )
  end
  if self.is_sending then return send_apart(self, request, deadline) end
  self.is_sending = true
  return finish(
    self,
    handle,
    handle:send(
      request.method,
      url_of(self, request),
      request.headers,
      request.body or "",
      left * 1000,
      request.proxy == false
    )
  )
end

--- Wait, whatever signals arrive.
-- @tparam number seconds 0 or more
function Transport.sleep(_, seconds)
  curl.sleep(seconds)
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

--- Close the connections; in the middle of a request, at its end. Closing twice is harmless; sending
-- afterwards raises.
function Transport:close()
  if self.handle and not self.is_sending then self.handle:close() end
  self.handle = nil
end

return M
