-- SPDX-License-Identifier: MIT
-- Which transport carries a request when the user gave none.
local M = {}

-- Whether this is nginx, or a program of its Lua module such as resty.
local function inside_nginx()
  local ngx = rawget(_G, "ngx")
  return ngx ~= nil and ngx.socket ~= nil and ngx.get_phase ~= nil
end

--- Makes the transport for where this code runs; it opens no connection yet. The one inside nginx
-- looks at the phase for each request, so a client may be made in one phase and used in others.
-- @tparam table options connect_timeout (seconds), ca_file, proxy (a URL, false for none),
--   max_body_bytes; each may be nil
-- @treturn table a transport: send, sleep, now, monotonic, close
function M.new(options)
  local name = inside_nginx() and "cosocket" or "curl"
  return require("dynamo.call.transport." .. name).new {
    connect_timeout = options.connect_timeout,
    ca_file = options.ca_file,
    proxy = options.proxy == false and "" or options.proxy,
    max_body_bytes = options.max_body_bytes,
  }
end

return M
