-- SPDX-License-Identifier: MIT
--- AWS Signature Version 4 for any HTTP request; the time is an argument, nothing is read or sent.
-- Not for S3, which alone wants the path encoded once.
-- @module dynamo.sign
local core = require "dynamo.core"
local no_more = require("dynamo.given").no_more
local options_check = require "dynamo.options_check"

local M = {}

-- Made at the first use, since loading OpenSSL's digests takes a millisecond. Keeps the key derived
-- last; each client has a signer of its own.
local signer
local function shared_signer()
  signer = signer or core.signer()
  return signer
end

local CONTENT_HASH, TOKEN = "x-amz-content-sha256", "x-amz-security-token"

local DEFAULT_PORTS = { http = 80, https = 443 }

local MAX_PORT = 65535
local YEAR_10000 = 253402300800 -- in epoch seconds; the date has room for four digits

local text, number = options_check.expected "string", options_check.expected "number"
local boolean = options_check.expected "boolean"
local a_table = options_check.expected "table"

local REQUEST = {
  method = text,
  scheme = text,
  host = text,
  port = number,
  path = text,
  query = text,
  headers = a_table,
  body = text,
}
local OPTIONS = {
  credentials = a_table,
  region = text,
  service = text,
  time = number,
  normalize_path = boolean,
  signed_body_header = boolean,
  omit_session_token = boolean,
}
local CREDENTIALS = { access_key_id = text, secret_access_key = text, session_token = text }

-- Returns how messages speak of a table called `name`, which is needed.
local function words_of(name, required)
  return {
    needed = true,
    required = required,
    no_table = name .. ": table expected, got %s",
    unknown = name .. " has no field",
    named = name .. ".%s: %s",
    missing = name .. ".%s is missing",
  }
end

local OF_REQUEST = words_of("request", { "method", "path" })
local OF_OPTIONS = words_of("options", { "credentials", "region", "service", "time" })
local OF_CREDENTIALS = words_of("options.credentials", { "access_key_id", "secret_access_key" })
-- A set of credentials may say more, such as when it ends.
OF_CREDENTIALS.takes_others = true

local last_second, last_date -- of amz_date

--- Returns a time as x-amz-date wants it, "YYYYMMDDTHHMMSSZ" in UTC.
-- @tparam number time epoch seconds; a fraction is dropped
-- @treturn string
function M.amz_date(time)
  time = math.floor(time)
  if time ~= last_second then
    last_second, last_date = time, os.date("!%Y%m%dT%H%M%SZ", time)
  end
  return last_date
end

-- Returns nil, or what is wrong with the list of headers; `host` says whether one is needed.
local function headers_problem(headers, host)
  for i, header in ipairs(headers) do
    if type(header) ~= "table" or type(header[1]) ~= "string" or type(header[2]) ~= "string" then
      return ("request.headers[%d] must be { name, value }, strings both"):format(i)
    end
    host = host or header[1]:lower() == "host"
  end
  if not host then return "request.host is missing" end
  if next(headers) ~= nil and #headers == 0 then
    return "request.headers must be a list of { name, value }"
  end
end

local function is_port(port)
  return port >= 1 and port <= MAX_PORT and port % 1 == 0
end

local function request_problem(request)
  if not request.path:find("^/[^?#]*$") then
    return "request.path must begin with / and hold neither ? nor #; there is request.query"
  elseif request.scheme and not DEFAULT_PORTS[request.scheme] then
    return 'request.scheme must be "https" or "http"'
  elseif request.port and not is_port(request.port) then
    return "request.port must be a whole number from 1 to 65535"
  end
  return headers_problem(request.headers or {}, request.host)
end

-- Returns a checked copy of the options, or nil, what is wrong.
local function checked_options(given)
  local options, problem = options_check.checked(given, OPTIONS, OF_OPTIONS)
  if not options then return nil, problem end
  options.credentials, problem =
    options_check.checked(options.credentials, CREDENTIALS, OF_CREDENTIALS)
  if problem then return nil, problem end
  if options.time >= 0 and options.time < YEAR_10000 then return options end
  return nil, "options.time must be in epoch seconds"
end

-- Returns a checked copy of a request, or nil, what is wrong.
local function checked_request(given)
  local request, problem = options_check.checked(given, REQUEST, OF_REQUEST)
  problem = problem or request_problem(request)
  if problem then return nil, problem end
  return request
end

-- Returns the Host header of a request: no port where it is the scheme's own.
local function host_of(request)
  if request.port == nil or request.port == DEFAULT_PORTS[request.scheme or "https"] then
    return request.host
  end
  return ("%s:%d"):format(request.host, request.port)
end

-- Whether signing writes the header of this lower-case name anew.
local function replaces(name, options)
  return name == "authorization"
    or name == "x-amz-date"
    or name == TOKEN and options.credentials.session_token
    or name == CONTENT_HASH and options.signed_body_header
end

-- Returns a copy of the caller's headers without those that signing replaces, with host among them.
local function own_headers(request, options)
  local headers, has_host = {}, false
  for _, header in ipairs(request.headers or {}) do
    local name = header[1]:lower()
    has_host = has_host or name == "host"
    if not replaces(name, options) then headers[#headers + 1] = { header[1], header[2] } end
  end
  if not has_host then headers[#headers + 1] = { "host", host_of(request) } end
  return headers
end

-- Returns the headers to sign.
local function signed_headers(request, options, date)
  local headers = own_headers(request, options)
  local token = options.credentials.session_token
  headers[#headers + 1] = { "x-amz-date", date }
  if token and not options.omit_session_token then headers[#headers + 1] = { TOKEN, token } end
  if options.signed_body_header then
    local hash = assert(shared_signer():payload_hash(request.body or ""))
    headers[#headers + 1] = { CONTENT_HASH, hash }
  end
  return headers
end

--- Signs a request with AWS Signature Version 4 and returns the headers to send with it.
-- All headers given are signed but those that proxies and clients change (connection, expect,
-- user-agent and the like). Misuse raises at the caller's line; no message holds a credential.
-- @tparam table request { method = string, scheme = "https" (default) or "http", host = string
--   (or a host header), port = number (default: the scheme's), path = string as it is sent,
--   query = string as it is sent without "?", headers = list of { name, value },
--   body = string (default "") }
-- @tparam table options { credentials = { access_key_id, secret_access_key, session_token or nil },
--   region = string, service = string, time = epoch seconds, normalize_path = boolean (drop empty,
--   "." and ".." segments; default true), signed_body_header = boolean (add and sign
--   x-amz-content-sha256; default false), omit_session_token = boolean (add the token unsigned;
--   default false) }
-- @treturn table { headers = list of { name, value } (the request's, then host, x-amz-date,
--   x-amz-security-token and authorization), canonical_request = string, string_to_sign = string,
--   signature = string of 64 hexadecimal digits }
-- @usage
-- local signed = dynamo.sign(
--   { method = "GET", host = "example.amazonaws.com", path = "/", query = "Param1=value1" },
--   { credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = "wJalrXUtnFEMI" },
--     region = "us-east-1", service = "service", time = 1440938160 })
-- print(signed.signature)
-- @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
function M.sign(request, options, ...)
  no_more("dynamo.sign", ...)
  local no_request, no_options
  request, no_request = checked_request(request)
  options, no_options = checked_options(options)
  local problem = no_request or no_options
  if problem then error("sign: " .. problem, 2) end
  local credentials, date = options.credentials, M.amz_date(options.time)
  local headers = signed_headers(request, options, date)
  local canonical_request, string_to_sign, signature, authorization = shared_signer():sign(
    request.method,
    request.path,
    request.query or "",
    headers,
    request.body or "",
    credentials.access_key_id,
    credentials.secret_access_key,
    options.region,
    options.service,
    date,
    options.normalize_path ~= false
  )
  if not canonical_request then error("sign: " .. string_to_sign, 2) end
  headers[#headers + 1] = { "authorization", authorization }
  if credentials.session_token and options.omit_session_token then
    headers[#headers + 1] = { TOKEN, credentials.session_token }
  end
  return {
    headers = headers,
    canonical_request = canonical_request,
    string_to_sign = string_to_sign,
    signature = signature,
  }
end

return M
