-- SPDX-License-Identifier: MIT
--- Returns a message (of dynamo.core) that has read a response, from a server that closes the connection.
-- @tparam table response { status, headers (name -> value), body; more: lines of the head }
local core = require "dynamo.core"

return function(response)
  local lines = { ("HTTP/1.1 %d X\r\n"):format(response.status) }
  for name, value in pairs(response.headers or {}) do
    lines[#lines + 1] = ("%s: %s\r\n"):format(name, value)
  end
  local message = core.message()
  message:feed(table.concat(lines) .. (response.more or "") .. "\r\n" .. response.body)
  message:lose "closed"
  return message
end
