-- SPDX-License-Identifier: MIT
-- Endpoint text taken apart, strictly: what is signed, what is connected to and what is shown are
-- made of the same parts.
local M = {}

--- Whether an endpoint is a store inside the process: "memory:", "memory:NAME" or "file:PATH".
function M.is_embedded(text)
  return text:find "^memory:[%w_.-]*$" ~= nil or text:find "^file:[^%c]+$" ~= nil
end

local DEFAULT_PORTS = { http = 80, https = 443 }
local MAX_HOST_BYTES, MAX_LABEL_BYTES = 253, 63 -- RFC 1035

-- Whether `host` is a name or an IPv4 address made of the characters of one.
local function is_name(host)
  return #host <= MAX_HOST_BYTES
    and host:find("^[%w_][%w_.-]*$") ~= nil
    and not host:find("..", 1, true)
    and not host:find("[.-]$")
end

-- Returns host (an IPv6 address in its brackets) and the text after it, or nil.
local function split_authority(authority)
  local host, rest = authority:match("^(%[[%x:.]+%])(.*)$")
  if host then return host, rest end
  host, rest = authority:match("^([^:]*)(.*)$")
  if not is_name(host) then return nil end
  return host, rest
end

-- Returns the port that `text` (":8000" or "") says, or nil.
local function port_of(text, scheme)
  if text == "" then return DEFAULT_PORTS[scheme] end
  local digits = text:match("^:(%d%d?%d?%d?%d?)$")
  local port = digits and tonumber(digits)
  return port and port >= 1 and port <= 65535 and port or nil
end

-- Returns scheme, authority, path of "scheme://authority/path", or nil, what is wrong.
local function split(text)
  if text:find("[%c%s]") then return nil, "it holds a space or a control character" end
  local scheme, rest = text:match("^(%a[%w+.-]*)://(.*)$")
  if not scheme then return nil, "it has no scheme; write https://host" end
  scheme = scheme:lower()
  if not DEFAULT_PORTS[scheme] then return nil, "the scheme must be https or http" end
  if rest:find("[?#]") then return nil, "a query or a fragment has no place in it" end
  local authority, path = rest:match("^([^/]*)(.*)$")
  if authority:find("@", 1, true) then return nil, "user information has no place in it" end
  return scheme, authority, path
end

--- Returns { scheme, host, port, path, authority, url }, or nil, what is wrong.
-- `authority` is the Host header's text, without a default port; `path` ends in "/".
function M.parse(text)
  local scheme, authority, path = split(text)
  if not scheme then return nil, authority end
  local host, rest = split_authority(authority)
  if not host then return nil, "there is no host name in it that could be looked up" end
  local port = port_of(rest, scheme)
  if not port then return nil, "the port must be from 1 to 65535" end
  if path:find("[^%w/._~-]") then return nil, "the path holds a character it may not" end
  if path:sub(-1) ~= "/" then path = path .. "/" end
  local shown = port == DEFAULT_PORTS[scheme] and host or ("%s:%d"):format(host, port)
  return {
    scheme = scheme,
    host = host,
    port = port,
    path = path,
    authority = shown,
    url = scheme .. "://" .. shown .. (path == "/" and "" or path),
  }
end

--- Whether a value is text that may be one label of a host name (RFC 1123).
function M.is_host_label(value)
  return type(value) == "string"
    and #value <= MAX_LABEL_BYTES
    and value:find("^[0-9A-Za-z][0-9A-Za-z-]*$") ~= nil
    and value:sub(-1) ~= "-"
end

--- Whether a host is this machine.
function M.is_loopback(host)
  host = host:lower()
  return host == "localhost" or host == "[::1]" or host:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

--- Returns nil, or why a parsed endpoint would send in clear text what it must not.
-- @tparam table place
-- @tparam ?boolean allow_http
-- @tparam ?string what travels there: "items", or "credentials"
function M.clear_text_problem(place, allow_http, what)
  if place.scheme == "https" or allow_http or M.is_loopback(place.host) then return nil end
  return ("http:// to another machine needs allow_http = true: %s would travel unencrypted"):format(
    what or "items"
  )
end

return M
