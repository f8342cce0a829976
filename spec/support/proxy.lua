-- SPDX-License-Identifier: MIT
--- The HTTP proxy (proxy_server.py) for specs.
local dialogue = require "support.dialogue"

local M = {}

local Server = {}
Server.__index = Server

--- Starts a proxy; end it with :stop().
-- @treturn table with `port`
function M.start()
  local program, first = dialogue.start "spec/support/proxy_server.py"
  return setmetatable({ program = program, port = first.port }, Server)
end

--- Says which port of this machine the next tunnels lead to; a status other than 200 refuses them.
function Server:lead(target, status)
  self.program:ask { target = target, status = status or 200 }
end

--- What was asked since the last :lead, a list of { line, headers }.
function Server:asked()
  return self.program:ask({}).asked
end

--- Ends the proxy.
function Server:stop() self.program:stop() end

return M
