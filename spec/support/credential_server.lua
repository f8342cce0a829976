-- SPDX-License-Identifier: MIT
--- The places that hand out credentials (credential_server.py) for specs: start them, set them, read
-- what they saw. Commands go to standard input, answers come back over a named pipe.
local json = require "dkjson"

local M = {}

local Server = {}
Server.__index = Server

-- A sanitizer preloaded into this process is not for its children.
local START = "exec env -u LD_PRELOAD %s -W ignore spec/support/credential_server.py > '%s'"

local function response_of(self)
  local line = self.output:read("*l")
  return assert(line and json.decode(line), "the credential server died (is there a python3?)")
end

local function command(self, message)
  self.input:write(json.encode(message), "\n")
  self.input:flush()
  return response_of(self)
end

--- Starts a server; end it with :stop().
-- @treturn table with `url`
function M.start()
  local pipe = os.tmpname()
  os.remove(pipe)
  os.execute("mkfifo -m 600 '" .. pipe .. "'")
  local self = setmetatable({}, Server)
  self.input = assert(io.popen(START:format(os.getenv("DYNAMO_PYTHON") or "python3", pipe), "w"))
  self.output = assert(io.open(pipe, "r"))
  os.remove(pipe)
  self.url = ("http://127.0.0.1:%d"):format(response_of(self).port)
  return self
end

--- Sets how it behaves from now on, and forgets what it handed out and saw.
-- @tparam table given see credential_server.py
function Server:set(given)
  given.cmd = "set"
  command(self, given)
end

--- Lets the responses go that a fault stalls.
function Server:go()
  command(self, { cmd = "go" })
end

--- What it saw since then.
-- @treturn table `requests`, `connections` (how many are open), `issued` (sets handed out), and
-- `steps`: the requests' names, joined by blanks
function Server:log()
  local log, steps = command(self, { cmd = "log" }), {}
  for i, request in ipairs(log.requests) do
    steps[i] = request.step
  end
  log.steps = table.concat(steps, " ")
  return log
end

function Server:stop()
  self.input:close()
  self.output:close()
end

return M
