-- SPDX-License-Identifier: MIT
--- The transport inside nginx: HTTP/1.1 over cosockets, which let the worker serve others while one
-- request waits. It holds no socket, so one transport serves all requests of a worker.
-- A request goes on the wire at most once: one that may have been read is never sent again.
-- @module dynamo.transport.cosocket
local loops = require "dynamo.loop"
local tasks = require "dynamo.task"
local connections = require "dynamo.transport.connection"
local messages = require "dynamo.transport.messages"
local result = require "dynamo.transport.result"
local routes = require "dynamo.transport.route"
local world = require "dynamo.world"

local M = {}

local clock = connections.clock
local tcp = ngx.socket.tcp

local DEFAULTS = {
  connect_timeout = 3.1,
  pool_size = 512, -- kept connections, for each host and worker
  idle_timeout = 30, -- the service drops idle connections at 60 seconds or more
  max_lifetime = 300, -- so that connections follow changes of DNS
}

-- A larger request is written in pieces, since each write has a time limit of its own.
local PIECE_BYTES = 16 * 1024
local SHORTEST_SLEEP = 0.001 -- seconds; nginx warns about a sleep of none

local Transport = {}
Transport.__index = Transport

--- Make a transport. It opens no connection.
-- @tparam[opt] table options
--   { connect_timeout = number (seconds, default 3.1; covers DNS, TCP, proxy and TLS),
--     proxy = string (a URL; "" for none; default: HTTPS_PROXY, NO_PROXY and their kin),
--     max_body_bytes = integer (default 64 MiB), pool_size = integer (512),
--     idle_timeout = number (30), max_lifetime = number (300): seconds a connection is kept,
--     ca_file = string (for init_by_lua alone: see dynamo.transport.curl) }
-- @treturn table the transport
function M.new(options)
  local self = { routes = {}, options = options or {} }
  for name, value in pairs(DEFAULTS) do
    self[name] = self.options[name] or value
  end
  self.pool_size = self.options.pool_size or self.options.max_connections or DEFAULTS.pool_size
  self.messages = messages.new(self.options.max_body_bytes)
  return setmetatable(self, Transport)
end

local failure, failed_on = result.failure, result.failed_on

-- --- where there are no cosockets ----------------------------------------------------------------

-- Carries a message in init_by_lua, where nginx serves nobody yet and blocking is fine. The connection
-- is closed at once: no socket may live on in the workers.
local function carry_blocking(self, message, target, deadline)
  local curl = require "dynamo.transport.curl"
  local problem = curl.problem()
  if problem then return failure("config", "OldLibcurl", problem, "none") end
  local transport = curl.new(self.options)
  local left = deadline - self.monotonic()
  local done, said, failed = transport:carry(message, target, transport:monotonic() + left)
  transport:close()
  return done, said, failed
end

local function carry_without_sockets(self, message, target, deadline)
  local phase = ngx.get_phase()
  if phase == "init" then return carry_blocking(self, message, target, deadline) end
  return failure(
    "config",
    "PhaseWithoutSockets",
    (
      "nginx cannot wait for a server in its phase "
      .. "%q; do the work in a timer: ngx.timer.at(0, function() ... end)"
    ):format(phase),
    "none"
  )
end

-- --- one exchange --------------------------------------------------------------------------------

-- Returns the route of a request, remembered for its host; or nil, failure.
local function route_of(self, request)
  local route = self.routes[request.host]
  if route and routes.fits(route, request) then return route end
  local found, failed = routes.find(request, self.options.proxy, world.getenv)
  if found and (found.proxy_scheme or "http") ~= "http" then
    local text = "inside nginx a proxy is spoken to by http:// only"
    return nil, { kind = "config", code = "BadProxy", text = text }
  end
  self.routes[request.host] = found
  return found, failed
end

-- Returns connect's options for a route. A pool keeps the size that its first user gave, so that is
-- in its name too. The name changes after max_lifetime: connections under the old one are not used
-- again and close when they were idle for long enough. Not all workers do so in the same second.
local function pool_options(self, route)
  self.offset = self.offset or ngx.worker.pid() % self.max_lifetime
  local period = math.floor((clock() + self.offset) / self.max_lifetime)
  local options = route.pool_options
  if not options or options.period ~= period then
    local name = ("%s:%d:%d"):format(route.pool, self.pool_size, period)
    options = { pool = name, pool_size = self.pool_size, period = period }
    route.pool_options = options
  end
  return options
end

-- Writes the request in pieces, each with what is left of the time; true, or nil, why: then its end
-- was not written.
local function write(sock, message, deadline)
  local from, piece = 1, message:bytes(1, PIECE_BYTES)
  while true do
    local sent, why = sock:send(piece)
    if not sent then return nil, why end
    from = from + PIECE_BYTES
    piece = message:bytes(from, from + PIECE_BYTES - 1)
    if piece == "" then return true end
    if clock() >= deadline then return nil, "timeout" end
    connections.limit(sock, deadline)
  end
end

local function failure_of_write(why)
  if why == "timeout" then
    return { kind = "timeout", code = "AttemptTimeout", text = "the server took too long to read" }
  end
  return {
    kind = "transport",
    code = "ConnectionLost",
    text = "the connection was lost while the request was written",
  }
end

-- Connects and writes the request. A kept connection that fails while it is written has not carried
-- the request whole, and the signature covers the whole: it cannot have been carried out, so the
-- next connection is tried. Returns the socket; or nil, failure, how much was sent.
local function deliver(self, sock, route, message, deadline)
  local moment = math.min(deadline, clock() + self.connect_timeout)
  while true do
    connections.limit(sock, deadline)
    local kept, failed = connections.open(sock, route, pool_options(self, route), moment)
    if kept == nil then return nil, failed, "none" end
    if not kept then connections.limit(sock, deadline) end
    message:expect(kept)
    local sent, why = write(sock, message, deadline)
    if sent then return sock end
    sock:close()
    if not kept or why == "timeout" then return nil, failure_of_write(why), "partial" end
    sock = tcp()
  end
end

-- Keeps the connection for another request; one that nginx would not keep is closed.
local function keep(self, sock)
  if not sock:setkeepalive(self.idle_timeout * 1000, self.pool_size) then sock:close() end
end

-- Reads the response to a request that was delivered whole; true, or nil, message, err.
local function receive(self, sock, route, message, deadline)
  local reason = connections.receive(sock, message, deadline)
  if not reason and message:is_reusable() then
    keep(self, sock)
  else
    sock:close()
  end
  if reason then
    local failed = { kind = "cancelled", code = reason, text = loops.MESSAGES[reason] }
    return failed_on(route, failed, "complete")
  end
  if message:status() then return true end
  return result.lost(route, message, "complete")
end

-- Finds the route of a request in a message, and makes it one for that; nothing of one that is refused
-- was sent. Returns the route, or nil, message, err.
local function prepare(self, message, target)
  local route, failed = route_of(self, target)
  if not route then return failure(failed.kind, failed.code, failed.text, "none") end
  if self.options.ca_file and route.server_name then
    return failure(
      "config",
      "CaFileInNginx",
      "inside nginx the authorities to trust are those of "
        .. "lua_ssl_trusted_certificate in nginx.conf; set that in place of ca_file or AWS_CA_BUNDLE",
      "none"
    )
  end
  local refused = route.target_prefix and select(2, routes.adapt(route, message))
  if refused then return failure(refused.kind, refused.code, refused.text, "none") end
  return route
end

--- Carries the request in a message and waits for its response, which is in the message then, while
-- the worker serves others.
-- @tparam userdata message of core.message, its request written
-- @tparam table target scheme, host, port, proxy = false (through none, whatever is configured)
-- @tparam number deadline on this transport's `monotonic` clock
-- @treturn[1] boolean true
-- @treturn[2] nil, message, err as those of send
function Transport:carry(message, target, deadline)
  if self.closed then error("the transport is closed", 2) end
  if self.monotonic() >= deadline then return result.too_late() end
  local usable, sock = pcall(tcp)
  if not usable then return carry_without_sockets(self, message, target, deadline) end
  local route, text, err = prepare(self, message, target)
  if not route then return nil, text, err end
  local connected, failed, sent = deliver(self, sock, route, message, deadline)
  if not connected then return failed_on(route, failed, sent) end
  return receive(self, connected, route, message, deadline)
end

--- Send a request and wait for its response, while the worker serves others. Redirects are responses
-- like any other.
-- @tparam table request { method, scheme, host, port, path, headers = { {name, value}, ... },
--   body = string (default empty), proxy = false for none whatever is configured }
-- @tparam number deadline on this transport's `monotonic` clock
-- @treturn[1] table { status, headers = { lower-case name = value }, body = the bytes as sent }
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table { kind, code, message, sent = "none"|"partial"|"complete",
--   status = integer, request_id = string (if a response had begun, and said so) }.
--   Codes by kind: those of the libcurl transport, and for kind config (nothing was sent):
--   PhaseWithoutSockets NoResolver BadProxy CaFileInNginx.
function Transport:send(request, deadline)
  if self.closed then error("the transport is closed", 2) end
  return messages.send(self, request, deadline)
end

--- Wait, while the worker serves others.
-- @tparam number seconds 0 or more
-- @treturn ?string why the wait was given up: see dynamo.loop
function Transport.sleep(_, seconds)
  if ngx.get_phase() == "init" or tasks.known() then return loops.wait(nil, nil, seconds) end
  ngx.sleep(math.max(seconds, SHORTEST_SLEEP))
end

--- The wall clock, as of this turn of nginx's event loop.
-- @treturn number seconds since 1970, with milliseconds
function Transport.now()
  return ngx.now()
end

--- The clock of deadlines. It is nginx's own, read anew: however long the worker was busy, time
-- limits count from now.
-- @treturn number seconds since some moment, with milliseconds; never goes back
function Transport.monotonic()
  ngx.update_time()
  return clock()
end

--- Sending afterwards raises. Kept connections belong to the worker and close when they were idle
-- for long enough. Closing twice is harmless.
function Transport:close()
  self.closed = true
end

return M
