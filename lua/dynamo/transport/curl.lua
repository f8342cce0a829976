-- SPDX-License-Identifier: MIT
--- The transport of plain Lua programs: HTTP/1.1 over connections that libcurl makes.
-- In a coroutine of a loop others go on while it waits; anywhere else it blocks the whole process, so
-- it refuses to work in an nginx worker.
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

local curl = require "dynamo.curl"
local loops = require "dynamo.loop"
local interrupts = require "dynamo.loop.interrupts"
local ca_file = require "dynamo.settings.ca_file"
local tasks = require "dynamo.task"
local messages = require "dynamo.transport.messages"
local result = require "dynamo.transport.result"
local routes = require "dynamo.transport.route"
local world = require "dynamo.world"

local M = {}

local CLOSED = "the transport was closed"

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
  return setmetatable({
    pool = pool,
    options = options,
    routes = {}, -- by host
    known = setmetatable({}, { __mode = "k" }), -- the same by target
    messages = messages.new(options.max_body_bytes),
    exchanges = {}, -- closed ones, to be used again
    line = {}, -- tasks that wait for a connection
    under_way = 0, -- requests
    closed = false,
  }, Transport)
end

-- Returns the route of a request, remembered for its host and for its target; or nil, message, err.
local function find_route(self, target)
  local route = self.routes[target.host]
  if not route or not routes.fits(route, target) then
    local failed
    route, failed = routes.find(target, self.options.proxy, world.getenv)
    if not route then return result.failure(failed.kind, failed.code, failed.text, "none") end
    self.routes[target.host] = route
  end
  self.known[target] = route
  return route
end

-- --- one request on its way ------------------------------------------------------------------------

-- Gives back what was opened, once no request needs it.
local function release(self)
  local pool = self.pool
  if self.under_way > 0 or not pool then return end
  self.pool, self.exchanges = nil, {}
  pool:close()
  messages.close(self.messages)
end

-- Lets the first of those go on that stand in line for a connection.
local function call_next(self)
  local first = table.remove(self.line, 1)
  if first then tasks.wake(first) end
end

-- Waits until another request has ended, or the time is over. Returns why that is to be given up.
local function stand_in_line(self, task, seconds)
  local line = self.line
  line[#line + 1] = task
  local reason = loops.suspend(task, nil, nil, seconds)
  for i, other in ipairs(line) do
    if other == task then
      table.remove(line, i)
      return reason
    end
  end
  if reason then call_next(self) end -- it was our turn
  return reason
end

-- Waits for what an exchange waits for. Returns nil, or why that is to be given up.
local function wait(self, task, fd, mode, seconds, is_without)
  local reason
  if is_without then
    reason = stand_in_line(self, task, seconds)
  else
    reason = loops.suspend(task, fd, mode, seconds)
  end
  return reason or self.closed and "ClientClosed" or nil
end

-- Ends the journey of a request whose exchange is closed.
local function arrive(self, task, exchange)
  task.transport = nil
  self.exchanges[#self.exchanges + 1] = exchange
  if self.line[1] then call_next(self) end
end

-- Goes on with an exchange, which said so much (see exchange:advance), until it is over. Returns what
-- pool:carry does.
local function go_on(self, task, exchange, is_over, ...)
  local reason = not is_over and wait(self, task, ...)
  if not (is_over or reason) then return go_on(self, task, exchange, exchange:advance()) end
  local sent = reason and exchange:close()
  arrive(self, task, exchange)
  if is_over then return ... end
  return false, sent, "cancelled", reason, loops.MESSAGES[reason] or CLOSED
end

-- Carries a message in a task, while others go on; as pool:carry.
local function travel(self, message, task, route, deadline)
  local spares = self.exchanges
  local spare = spares[#spares]
  spares[#spares] = nil
  task.transport = self -- for who closes it
  return go_on(self, task, self.pool:begin(message, route.url, route.proxy, deadline, spare))
end

-- Carries a message by its route, as pool:carry: in a task of a loop while others go on, anywhere else
-- while nobody can.
local function go(self, message, route, deadline)
  local task = tasks.any and tasks.running()
  if task then return travel(self, message, task, route, deadline) end
  local done, sent, kind, code, text =
    self.pool:carry(message, route.url, route.proxy, deadline, interrupts.hand_on)
  if code == "Interrupted" then interrupts.note() end
  return done, sent, kind, code, text
end

-- Returns why a request has no response, of what pool:carry returned: nil, message, err.
local function failed_on(route, message, sent, kind, code, text)
  if not kind then return result.lost(route, message, sent) end
  if code == "DeadlineExceeded" then return result.too_late() end
  return result.failed_on(route, { kind = kind, code = code, text = text }, sent)
end

-- Does what Transport:carry says.
local function carry(self, message, target, deadline)
  local route = self.known[target]
  if not route then
    local text, err
    route, text, err = find_route(self, target)
    if not route then return nil, text, err end
  end
  local refused = route.target_prefix and select(2, routes.adapt(route, message))
  if refused then return result.failure(refused.kind, refused.code, refused.text, "none") end
  local done, sent, kind, code, text = go(self, message, route, deadline)
  if done then return true end
  return failed_on(route, message, sent, kind, code, text)
end

-- Ends what needs the connections, whatever closed the transport in the middle (a finaliser may), and
-- returns the rest.
local function ended(self, ...)
  self.under_way = self.under_way - 1
  if self.closed then release(self) end
  return ...
end

--- Carries the request in a message and waits for its response, which is in the message then.
-- @tparam userdata message of core.message, its request written
-- @tparam table target scheme, host, port, proxy = false (through none, whatever is configured)
-- @tparam number deadline on this transport's `monotonic` clock
-- @treturn[1] boolean true
-- @treturn[2] nil, message, err as those of send
function Transport:carry(message, target, deadline)
  if self.closed and self.under_way == 0 then error("the transport is closed", 2) end
  self.under_way = self.under_way + 1
  return ended(self, carry(self, message, target, deadline))
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
--   Codes by kind. timeout: DeadlineExceeded ConnectTimeout AttemptTimeout NoFreeConnection. tls:
--   TlsFailed. cancelled: Cancelled Interrupted ClientClosed.
--   transport: HostNotFound ConnectionRefused ConnectFailed ProxyFailed ConnectionLost EmptyAnswer
--   BadAnswer HeadersTooLarge OutOfMemory TransportFailed. integrity: PartialAnswer BadAnswer
--   ResponseTooLarge. validation (nothing was sent): BadHeader BadUrl.
function Transport:send(request, deadline)
  if self.closed then error("the transport is closed", 2) end
  self.under_way = self.under_way + 1
  return ended(self, messages.send(self, request, deadline))
end

--- Wait: in a coroutine of a loop while others go on, anywhere else whatever signals arrive.
-- @tparam number seconds 0 or more
-- @treturn ?string why the wait was given up: see dynamo.loop
function Transport.sleep(_, seconds)
  return loops.wait(nil, nil, seconds)
end

--- The wall clock.
-- @treturn number seconds since 1970, with their fraction
Transport.now = curl.now

--- The clock of deadlines.
-- @treturn number seconds since some moment; never goes back
Transport.monotonic = curl.monotonic

--- Close the connections, once the requests that are under way have ended: in other coroutines of a
-- loop they do so at once, as cancelled. Closing twice is harmless; sending afterwards raises.
function Transport:close()
  self.closed = true
  tasks.wake_all(function(task)
    return task.transport == self
  end)
  release(self)
end

return M
