-- SPDX-License-Identifier: MIT
-- Which transport carries a request when the user gave none.
local errors = require "dynamo.error"
local world = require "dynamo.world"

local M = {}

--- Makes the transport for where this code runs; it opens no connection yet. The one inside nginx
-- looks at the phase for each request, so a client may be made in one phase and used in others.
-- @tparam table options connect_timeout (seconds), ca_file, proxy (a URL, false for none),
--   max_body_bytes, max_connections; each may be nil
-- @treturn[1] table a transport: send, sleep, now, monotonic, close
-- @treturn[2] nil
-- @treturn[2] table an error of kind "config": libcurl is too old
function M.new(options)
  local name = world.inside_nginx() and "cosocket" or "curl"
  local transport = require("dynamo.transport." .. name)
  local problem = transport.problem and transport.problem()
  if problem then
    return nil, errors.new { kind = "config", code = "OldLibcurl", message = problem }
  end
  return transport.new {
    connect_timeout = options.connect_timeout,
    ca_file = options.ca_file,
    proxy = options.proxy == false and "" or options.proxy,
    max_body_bytes = options.max_body_bytes,
    max_connections = options.max_connections,
  }
end

return M
