-- SPDX-License-Identifier: MIT
--- A Python program of the specs that takes orders: a line of JSON each way, on its standard streams.
-- It ends when its standard input does, and so when this process does.
local json = require "dkjson"

local M = {}

local Dialogue = {}
Dialogue.__index = Dialogue

-- A sanitizer preloaded into this process is not for its children.
local START = "exec env -u LD_PRELOAD PYTHONDONTWRITEBYTECODE=1 %s -W ignore %s > %s"

local function read_answer(self)
  local line = self.output:read("*l")
  return (json.decode(line or error(self.script .. " died (is there a python3?)", 3)))
end

--- Starts a program; end it with :stop().
-- @tparam string script its path
-- @treturn table
-- @treturn table what it said first
function M.start(script)
  local pipe = os.tmpname()
  os.remove(pipe)
  os.execute("mkfifo -m 600 " .. pipe)
  local python = os.getenv("DYNAMO_PYTHON") or "python3"
  local self = setmetatable({ script = script }, Dialogue)
  self.input = assert(io.popen(START:format(python, script, pipe), "w"))
  self.output = assert(io.open(pipe, "r"))
  os.remove(pipe)
  return self, read_answer(self)
end

--- Gives an order, a table; returns the answer.
function Dialogue:ask(order)
  self.input:write(next(order) and json.encode(order) or "{}", "\n")
  self.input:flush()
  return read_answer(self)
end

--- Ends the program.
function Dialogue:stop()
  self.input:close()
  self.output:close()
end

return M
