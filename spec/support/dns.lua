-- SPDX-License-Identifier: MIT
--- The DNS server (dns_server.py) for specs: start it, say which names there are.
local json = require "dkjson"

local M = {}

local Server = {}
Server.__index = Server

local SCRIPT = "spec/support/dns_server.py"

-- A sanitizer preloaded into this process is not for its children.
local START = "exec env -u LD_PRELOAD %s -W ignore %s > %s"

local function command(self, message)
  self.input:write(json.encode(message), "\n")
  self.input:flush()
  return json.decode(self.output:read("*l"))
end

--- Starts a DNS server that knows no name; end it with :stop().
-- @treturn table with `port`
function M.start()
  local pipe = os.tmpname()
  os.remove(pipe)
  os.execute("mkfifo -m 600 " .. pipe)
  local python = os.getenv("DYNAMO_PYTHON") or "python3"
  local self = setmetatable({}, Server)
  self.input = assert(io.popen(START:format(python, SCRIPT, pipe), "w"))
  self.output = assert(io.open(pipe, "r"))
  os.remove(pipe)
  self.port = json.decode(self.output:read("*l")).port
  return self
end

--- Sets the addresses of names, and the names that get no answer; forgets what was asked.
function Server:set(records, silent)
  command(self, { records = setmetatable(records, { __jsontype = "object" }), silent = silent })
end

--- How often each name was asked for since the last :set.
function Server:asked()
  return command(self, setmetatable({}, { __jsontype = "object" })).asked
end

--- Ends the server.
function Server:stop()
  self.input:close()
  self.output:close()
end

return M
