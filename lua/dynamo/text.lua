-- SPDX-License-Identifier: MIT
-- Texts of others: settings, files, responses, messages.
local core = require "dynamo.core"

local M = {}

--- Returns what somebody says of one thing, in a file, the environment or a response; nil for what is
-- not there, a null and a blank text.
function M.present(value)
  if value == core.null then return nil end
  if type(value) == "string" and not value:find("%S") then return nil end
  return value
end

--- Returns a text without the blanks around it. A lazy match up to the last of them would try each
-- run of blanks anew from each of its bytes.
function M.trim(text)
  local start = text:find("%S")
  return start and text:match("^.*%S", start) or ""
end

--- Returns a text as it stands in a query or a form: all but the unreserved characters escaped.
-- @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3
function M.percent_encoded(text)
  return (text:gsub("[^%w._~-]", function(byte)
    return ("%%%02X"):format(byte:byte())
  end))
end

-- The alphabet of base64url (RFC 4648 section 5), which has no padding here.
local URL_SAFE = { ["+"] = "-", ["/"] = "_", ["="] = "" }
local STANDARD = { ["-"] = "+", ["_"] = "/" }

--- Returns bytes as text that stands in a URL as it is: base64url, without padding.
-- @see https://www.rfc-editor.org/rfc/rfc4648#section-5
function M.base64url(bytes)
  return (core.base64_encode(bytes):gsub("[+/=]", URL_SAFE))
end

--- Returns the bytes of such a text; nil if it is none.
function M.from_base64url(text)
  if text:find("[^%w_-]") then return nil end
  return core.base64_decode(text:gsub("[-_]", STANDARD) .. ("="):rep(-#text % 4))
end

return M
