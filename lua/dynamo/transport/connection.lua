-- SPDX-License-Identifier: MIT
-- Opens connections inside nginx: ngx.socket.tcp, nginx's resolver, its TLS. Certificates and host
-- names are always verified.
-- @see https://github.com/openresty/lua-nginx-module#ngxsockettcp
local core = require "dynamo.core"
local loops = require "dynamo.loop"
local tasks = require "dynamo.task"
local is_quiet = require "dynamo.transport.quiet"
local tls_words = require "dynamo.transport.tls_words"

local M = {}

--- nginx's clock of deadlines, as of this turn of its event loop: the one its timers go by.
-- @treturn number seconds
M.clock = require("resty.core.time").monotonic_time or ngx.now

local READ_BYTES = 64 * 1024
local LOOK_SECONDS = 0.1 -- between two looks whether a call is cancelled

local TRUST = "; set lua_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt and "
  .. "lua_ssl_verify_depth 4 in nginx.conf"

-- What nginx says when it cannot connect, and what that is to the caller; without a text its own
-- words are kept. The first that fits counts.
local CONNECT_FAILURES = {
  {
    "^no resolver defined",
    "config",
    "NoResolver",
    "nginx needs a resolver to look the host up; "
      .. "set resolver in nginx.conf to a DNS server, or give an IP address",
  },
  { "could not be resolved %(110:", "timeout", "ConnectTimeout", "no DNS server answered in time" },
  { "could not be resolved", "transport", "HostNotFound" },
  { "^timeout$", "timeout", "ConnectTimeout", "no connection within the timeout" },
  { "^connection refused$", "transport", "ConnectionRefused" },
  { "^failed to parse host name", "validation", "BadUrl", "the host is no name and no address" },
  { "", "transport", "ConnectFailed" },
}

local HANDSHAKE_FAILED = "the TLS handshake failed (%s): the server closed the connection or has "
  .. "no version of TLS in common; nginx's error log may say more"

-- The number before the words is that of a certificate's fault, or, where lua-resty-core 0.1.25 did
-- not clear it, that of an earlier one: words that are no certificate's count without it.
local TLS_FAILURES = {
  { "timeout$", "timeout", "ConnectTimeout", "no TLS connection within the timeout" },
  { "certificate host mismatch$", "tls", "TlsFailed", "the certificate is for another host" },
  { "handshake failed$", "transport", "ConnectFailed", HANDSHAKE_FAILED },
  { "closed$", "transport", "ConnectFailed", HANDSHAKE_FAILED },
  {
    "^certificate refused$",
    "tls",
    "TlsFailed",
    "the certificate has expired, is for another "
      .. "host, or is not trusted; nginx's error log says which"
      .. TRUST,
  },
  {
    "^22: ",
    "tls",
    "TlsFailed",
    "the certificate's chain is longer than lua_ssl_verify_depth, "
      .. "which is 1 unless set"
      .. TRUST,
  },
  { "^10: ", "tls", "TlsFailed", "the certificate has expired" },
  {
    "^%d+: ",
    "tls",
    "TlsFailed",
    "the certificate is not trusted (%s); nginx trusts no authority "
      .. "but those it is given"
      .. TRUST,
  },
  { "", "transport", "ConnectFailed", HANDSHAKE_FAILED },
}

local function failure(kind, code, text)
  return nil, { kind = kind, code = code, text = text }
end

-- Returns nil and the failure that the table has for nginx's words.
local function failure_of(words, rows)
  for _, row in ipairs(rows) do
    if words:find(row[1]) then
      local text = row[4] and row[4]:gsub("%%s", (words:gsub("%%", "%%%%"))) or words
      return failure(row[2], row[3], text)
    end
  end
end

local function failure_of_proxy(text)
  return failure("transport", "ProxyFailed", "the proxy " .. text)
end

-- Returns milliseconds until a moment, 1 or more.
local function milliseconds_until(moment)
  return math.max(1, math.ceil((moment - M.clock()) * 1000))
end

--- Sets how long each coming operation of a socket may take.
function M.limit(sock, moment)
  local milliseconds = milliseconds_until(moment)
  sock:settimeouts(milliseconds, milliseconds, milliseconds)
end

-- Whether the call may be cancelled while it waits. Nothing ends a light thread's wait for a socket
-- of another one, so such a call looks up now and then.
local function is_cancellable()
  local task = tasks.known()
  return task ~= nil and task.scope ~= nil
end

-- Waits for bytes of a response until a moment; returns them, or nil, why there are none.
local function receive_until(sock, moment)
  if M.clock() >= moment then return nil, "timeout" end
  M.limit(sock, moment)
  local bytes, why = sock:receiveany(READ_BYTES) -- and what came before a failure: nothing
  return bytes, why
end

-- As that, and looks up. Returns also the code of why it was given up, if it was.
local function receive_looking(sock, moment)
  while true do
    local reason = loops.ended()
    if reason then return nil, "timeout", reason end
    local look = math.min(moment, M.clock() + LOOK_SECONDS)
    local bytes, why = receive_until(sock, look)
    if bytes or why ~= "timeout" or look == moment then return bytes, why end
  end
end

--- Reads a response into a message of core.message, until it is over: whole, refused or lost.
-- @tparam number moment when that must be
-- @treturn ?string nil, or the code of why that was given up: see dynamo.loop
function M.receive(sock, message, moment)
  local is_over = false
  local receive = is_cancellable() and receive_looking or receive_until
  while not is_over do
    local bytes, why, reason = receive(sock, moment)
    if reason then return reason end
    is_over = not bytes or message:feed(bytes)
    if not bytes then message:lose(why) end
  end
end

-- Connects to a host that is looked up first. The limit of nginx for that is resolver_timeout, 30 s
-- unless set, so a second light thread watches the clock.
local function connect_by_name(sock, route, options, moment)
  local done, ok, why = false, nil, nil
  local connecting = ngx.thread.spawn(function()
    ok, why = sock:connect(route.address, route.address_port, options)
    done = true
  end)
  if done then
    ngx.thread.wait(connecting)
    return ok, why
  end
  local waiting = ngx.thread.spawn(function()
    ngx.sleep(milliseconds_until(moment) / 1000)
  end)
  ngx.thread.wait(connecting, waiting)
  ngx.thread.kill(done and waiting or connecting)
  if done then return ok, why end
  return nil, "timeout"
end

local function connect(sock, route, options, moment)
  local ok, why
  if route.is_name then
    ok, why = connect_by_name(sock, route, options, moment)
  else
    ok, why = sock:connect(route.address, route.address_port, options)
  end
  if ok then return true end
  local _, failed = failure_of(why, CONNECT_FAILURES)
  if route.proxy_scheme and failed.code ~= "ConnectTimeout" then failed.code = "ProxyFailed" end
  return nil, failed
end

-- Asks the proxy for a tunnel; true, or nil, failure.
local function open_tunnel(sock, route, moment)
  local message = core.message()
  assert(message:request("CONNECT", route.where, route.tunnel_headers, ""))
  M.limit(sock, moment)
  local sent, problem = sock:send(message:bytes())
  if not sent then return failure_of_proxy("could not be asked: " .. problem) end
  M.receive(sock, message, moment)
  local status, kind, _, text = message:response()
  if not status and kind == "timeout" then
    return failure("timeout", "ConnectTimeout", "the proxy opened no tunnel within the timeout")
  elseif not status then
    return failure_of_proxy("did not answer: " .. text)
  elseif status > 299 or not message:is_reusable() then
    return failure_of_proxy(("refused to open a tunnel: HTTP %d"):format(status))
  end
  return true
end

-- Begins TLS; true, or nil, failure. That of a closed connection may be told as a success.
local function shake_hands(sock, route, moment)
  M.limit(sock, moment)
  local ok, why = sock:sslhandshake(false, route.server_name, true)
  if ok and sock:getreusedtimes() then return true end
  if ok then why = tls_words(sock) or "certificate refused" end
  return failure_of(why or "no reason given", TLS_FAILURES)
end

-- Makes a new connection ready for requests; true, or nil, failure.
local function prepare(sock, route, moment)
  if route.tunnel_headers then
    local ok, failed = open_tunnel(sock, route, moment)
    if not ok then return nil, failed end
  end
  if route.server_name then return shake_hands(sock, route, moment) end
  return true
end

--- Connects a socket, by a kept connection if there is one.
-- @tparam table sock of ngx.socket.tcp, its timeouts set
-- @tparam table route of dynamo.transport.route
-- @tparam table options of connect: pool, pool_size
-- @tparam number moment on the monotonic clock: when name, TCP, proxy and TLS must be done
-- @treturn[1] boolean whether the connection was a kept one
-- @treturn[2] nil; the socket is closed
-- @treturn[2] table { kind, code, text }
function M.open(sock, route, options, moment)
  while true do
    local connected, failed = connect(sock, route, options, moment)
    if not connected then return nil, failed end
    if sock:getreusedtimes() == 0 then break end
    if is_quiet(sock) then return true end
    sock:close()
  end
  local ready, failed = prepare(sock, route, moment)
  if ready then return false end
  sock:close()
  return nil, failed
end

return M
