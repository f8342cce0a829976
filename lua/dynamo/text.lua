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

return M
