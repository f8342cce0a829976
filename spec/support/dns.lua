-- SPDX-License-Identifier: MIT
--- The DNS server (dns_server.py) for specs: start it, say which names there are.
local dialogue = require "support.dialogue"

local M = {}

local Server = {}
Server.__index = Server

--- Starts a DNS server that knows no name; end it with :stop().
-- @treturn table with `port`
function M.start()
  local program, first = dialogue.start "spec/support/dns_server.py"
  return setmetatable({ program = program, port = first.port }, Server)
end

--- Sets the addresses of names, and the names that get no answer; forgets what was asked.
function Server:set(records, silent)
  self.program:ask { records = records, silent = silent or {} }
end

--- How often each name was asked for since the last :set.
function Server:asked()
  return self.program:ask({}).asked
end

--- Ends the server.
function Server:stop() self.program:stop() end

return M
