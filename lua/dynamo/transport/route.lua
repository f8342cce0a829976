-- SPDX-License-Identifier: MIT
-- The way of a request: what to connect to, through which proxy, under which name the connection is
-- kept, and how the request is written. Knows no socket.
local core = require "dynamo.core"
local proxies = require "dynamo.transport.proxy"

local M = {}

-- nginx asks its `resolver` for every name and never reads /etc/hosts; this one needs no asking
-- (RFC 6761 section 6.3).
local KNOWN_NAMES = { localhost = "127.0.0.1" }

local SCHEMES = { http = true, https = true }

local function is_address(host)
  return host:find("^%[[%x:.]+%]$") ~= nil or host:find("^%d+%.%d+%.%d+%.%d+$") ~= nil
end

local function is_name(host)
  return host:find("^[%w_][%w_.-]*$") ~= nil
end

local function failure(kind, code, text)
  return nil, { kind = kind, code = code, text = text }
end

-- Returns the headers of what asks a proxy for a tunnel.
local function tunnel_headers(where, proxy)
  local headers = { { "Host", where } }
  if proxy.authorization then headers[2] = { "Proxy-Authorization", proxy.authorization } end
  return headers
end

-- Kept connections are shared by name alone, so the name has all that makes two of them differ.
-- That a certificate was verified, and for which host, is said by "https" and the host.
local function pool_of(request, proxy)
  local name = ("dynamo:%s:%s:%d"):format(request.scheme, request.host, request.port)
  if not proxy then return name end
  return ("%s:via:%s:%d:%d"):format(
    name,
    proxy.host,
    proxy.port,
    core.crc32(proxy.authorization or "")
  )
end

-- Adds what a proxy changes: https goes through a tunnel, http names its host in the request. One of
-- another protocol than HTTP changes nothing in what is written.
local function add_proxy(route, proxy)
  route.proxy, route.proxy_scheme = proxy.text, proxy.scheme
  if route.scheme == "https" then
    route.tunnel_headers = tunnel_headers(route.where, proxy)
  elseif proxy.scheme == "http" or proxy.scheme == "https" then
    route.target_prefix = "http://" .. route.where
    route.extra_header = proxy.authorization and { "Proxy-Authorization", proxy.authorization }
  end
end

--- Finds the way of a request.
-- @tparam table request scheme, host, port, proxy
-- @tparam ?string proxy an address, "" for none, nil for what the environment says
-- @tparam function getenv
-- @treturn[1] table scheme, host, port, direct (the request wanted no proxy); where ("host:port",
--   for messages); url (of the host); proxy ("" for none), proxy_scheme; address, address_port,
--   is_name: what to connect to, and whether that is looked up; pool; server_name (https only);
--   tunnel_headers, or target_prefix and extra_header (nil: neither is there)
-- @treturn[2] nil
-- @treturn[2] table { kind, code, text }, the text without what was given
function M.find(request, proxy, getenv)
  if not SCHEMES[request.scheme] or not (is_name(request.host) or is_address(request.host)) then
    return failure("validation", "BadUrl", "the URL has another scheme, or a host that is none")
  end
  local found, problem = proxies.choose(request, proxy, getenv)
  if problem then return failure("config", "BadProxy", problem) end
  local host = found and found.host or request.host
  local address = KNOWN_NAMES[host] or host
  local route = {
    scheme = request.scheme,
    host = request.host,
    port = request.port,
    direct = request.proxy == false,
    where = ("%s:%d"):format(request.host, request.port),
    url = ("%s://%s:%d"):format(request.scheme, request.host, request.port),
    proxy = "",
    address = address,
    address_port = found and found.port or request.port,
    is_name = not is_address(address),
    server_name = request.scheme == "https" and request.host or nil,
    pool = pool_of(request, found),
  }
  if found then add_proxy(route, found) end
  return route
end

--- Whether a route found earlier is that of a request.
function M.fits(route, request)
  return route.port == request.port
    and route.scheme == request.scheme
    and route.host == request.host
    and route.direct == (request.proxy == false)
end

--- Makes the request in a message of core.message one that its route takes, which has a target_prefix.
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] table { kind, code, text }, the text without what was given
function M.adapt(route, message)
  local done, kind, code, text = message:send_by(route.target_prefix, route.extra_header)
  if done then return true end
  return nil, { kind = kind, code = code, text = text }
end

return M
