-- SPDX-License-Identifier: MIT
-- Which transport carries a request when the user gave none.
local M = {}

--- Makes the transport for where this code runs; it opens no connection yet.
-- @tparam table options connect_timeout (seconds), ca_file, proxy (a URL, false for none),
--   max_body_bytes; each may be nil
-- @treturn table a transport: send, sleep, now, monotonic, close
function M.new(options)
  return require("dynamo.call.transport.curl").new {
    connect_timeout = options.connect_timeout,
    ca_file = options.ca_file,
    proxy = options.proxy == false and "" or options.proxy,
    max_body_bytes = options.max_body_bytes,
  }
end

return M
