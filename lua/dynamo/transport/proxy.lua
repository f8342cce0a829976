-- SPDX-License-Identifier: MIT
-- Which HTTP proxy a request goes through: an address of the user's, else what HTTPS_PROXY and its
-- kin say, and neither for what NO_PROXY names. The rules are libcurl's, and ports in NO_PROXY.
-- @see https://everything.curl.dev/usingcurl/proxies/env.html
local core = require "dynamo.core"

local M = {}

local DEFAULT_PORT = 1080 -- libcurl's

-- Upper-case HTTP_PROXY is not looked at: a CGI program has it from a request's header.
local VARIABLES = {
  http = { "http_proxy", "all_proxy", "ALL_PROXY" },
  https = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" },
}

-- Returns the value of the first variable that is set.
local function first_set(getenv, names)
  for _, name in ipairs(names) do
    local value = getenv(name)
    if value then return value end
  end
end

-- --- addresses -----------------------------------------------------------------------------------

-- Returns the bytes of an IPv4 address in a list, or nil.
local function ipv4_bytes(text)
  local bytes = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for i, digits in ipairs(bytes) do
    bytes[i] = tonumber(digits)
    if bytes[i] > 255 then return nil end
  end
  return #bytes == 4 and bytes or nil
end

-- Appends the bytes of colon-separated groups to a list; false if one is no group.
local function append_groups(text, bytes)
  for group in (text == "" and "" or text .. ":"):gmatch("([^:]*):") do
    if not group:find("^%x%x?%x?%x?$") then return false end
    local number = tonumber(group, 16)
    bytes[#bytes + 1] = math.floor(number / 256)
    bytes[#bytes + 1] = number % 256
  end
  return true
end

-- Returns the bytes of an IPv6 address in a list, or nil.
local function ipv6_bytes(text)
  local before, after = text:match("^(.-)::(.*)$")
  local bytes, tail = {}, {}
  if not append_groups(before or text, bytes) then return nil end
  if not append_groups(after or "", tail) then return nil end
  local missing = 16 - #bytes - #tail
  if missing < 0 or (missing > 0 and not before) then return nil end
  for _ = 1, missing do
    bytes[#bytes + 1] = 0
  end
  for _, byte in ipairs(tail) do
    bytes[#bytes + 1] = byte
  end
  return bytes
end

local function address_bytes(text)
  if text:find(":", 1, true) then return ipv6_bytes(text) end
  return ipv4_bytes(text)
end

-- Whether two addresses share their first `bits` bits.
local function same_network(a, b, bits)
  if #a ~= #b then return false end
  for i = 1, math.ceil(bits / 8) do
    local unit = 2 ^ math.max(0, 8 * i - bits)
    if math.floor(a[i] / unit) ~= math.floor(b[i] / unit) then return false end
  end
  return true
end

-- --- NO_PROXY ------------------------------------------------------------------------------------

-- Whether an address is what an entry, "10.0.0.0/8" or a single one, names.
local function in_network(address, entry)
  local text, digits = entry:match("^(.-)/(%d+)$")
  local network = address_bytes(text or entry)
  if not network then return false end
  local bits = digits and tonumber(digits) or #network * 8
  return bits <= #network * 8 and same_network(address, network, bits)
end

-- Whether a name is what an entry names: itself, or the domain it is in.
local function in_domain(name, entry)
  entry = entry:gsub("^%.", ""):gsub("%.$", "")
  if entry == "" then return false end
  return name == entry or name:sub(-#entry - 1) == "." .. entry
end

-- Returns an entry without its brackets and port, and the port or nil.
local function split_entry(entry)
  local inner, rest = entry:match("^%[(.-)%](.*)$")
  if inner then return inner, rest:match("^:(%d+)$") end
  local host, port = entry:match("^([^:]*):(%d+)$")
  return host or entry, port
end

--- Whether `list`, the text of NO_PROXY, names a host.
-- @tparam string list names, domains, addresses and networks, each perhaps with a port
-- @tparam string host a name or an address, IPv6 in its brackets
-- @tparam integer port
function M.is_exempt(list, host, port)
  local name = host:lower():gsub("^%[(.*)%]$", "%1"):gsub("%.$", "")
  local address = address_bytes(name)
  for entry in list:lower():gmatch("[^%s,]+") do
    if entry == "*" then return true end
    local place, place_port = split_entry(entry)
    local same_port = place_port == nil or tonumber(place_port) == port
    local named = address and in_network(address, place) or not address and in_domain(name, place)
    if same_port and named then return true end
  end
  return false
end

-- --- the proxy -----------------------------------------------------------------------------------

local function unescaped(text)
  return (
    text:gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
    end)
  )
end

-- Returns the Proxy-Authorization that "user:password" makes, or nil for no user.
local function authorization_of(user)
  if not user then return nil end
  if not user:find(":", 1, true) then user = user .. ":" end
  return "Basic " .. core.base64_encode(unescaped(user))
end

--- Takes a proxy's address apart.
-- @tparam string text "http://user:password@host:3128"; without a scheme it is http
-- @treturn[1] table { text, scheme, host, port, authorization = nil or a header's value }
-- @treturn[2] nil
-- @treturn[2] string what is wrong, without repeating the text
function M.parse(text)
  local scheme, rest = text:match("^(%a[%w+.-]*)://(.*)$")
  local authority = (rest or text):match("^[^/?#]*")
  local user, place = authority:match("^(.*)@([^@]*)$")
  local host, port = (place or authority):match("^(%[[%x:.]+%])(.*)$")
  if not host then
    host, port = (place or authority):match("^([%w_.-]+)(.*)$")
  end
  local number = host and (port == "" and DEFAULT_PORT or tonumber(port:match("^:(%d+)$")))
  if not number or number < 1 or number > 65535 then
    return nil, "the proxy's address must be like http://proxy.example:3128"
  end
  return {
    text = text,
    scheme = (scheme or "http"):lower(),
    host = host,
    port = number,
    authorization = authorization_of(user),
  }
end

--- Chooses the proxy of a request.
-- @tparam table request scheme, host, port; proxy = false: none, whatever is configured
-- @tparam ?string configured an address; "": none; nil: what the environment says
-- @tparam function getenv
-- @treturn[1] ?table of parse; nil: the request goes straight to its host
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the address
function M.choose(request, configured, getenv)
  if request.proxy == false or configured == "" then return nil end
  local text = configured or first_set(getenv, VARIABLES[request.scheme])
  if not text or text == "" then return nil end
  local exempt = first_set(getenv, { "no_proxy", "NO_PROXY" })
  if exempt and M.is_exempt(exempt, request.host, request.port) then return nil end
  return M.parse(text)
end

return M
