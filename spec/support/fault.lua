-- SPDX-License-Identifier: MIT
--- The fault server (fault_server.py) for specs: start it, script it, read what it saw.
-- Commands go to its standard input, answers come back over a named pipe: no polling, no sockets.

local json = require "dkjson"

local curl = require "dynamo.curl"

local M = {}

local Server = {}
Server.__index = Server

local SCRIPT = "spec/support/fault_server.py"

-- A sanitizer preloaded into this process is not for its children.
local START = "exec env -u LD_PRELOAD %s -W ignore %s > %s"

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The path of a new named pipe.
local function make_pipe()
  local path = os.tmpname()
  os.remove(path)
  os.execute("mkfifo -m 600 " .. quoted(path))
  return path
end

-- Reads one answer; an end of file means that the server died.
local function read_answer(self)
  local line = self.output:read("*l")
  return assert(line and json.decode(line), "the fault server died (is there a python3?)")
end

-- Bytes above ASCII travel as the code points of Latin-1, which the server turns back into bytes.
local function to_line(message)
  return (json.encode(message):gsub("[\128-\255]", function(byte)
    return ("\\u%04x"):format(byte:byte())
  end)) .. "\n"
end

local function command(self, message)
  self.input:write(to_line(message))
  self.input:flush()
  return read_answer(self)
end

--- Starts a fault server; end it with :stop().
-- @treturn table with `port`
function M.start()
  local pipe = make_pipe()
  local python = os.getenv("DYNAMO_PYTHON") or "python3"
  local self = setmetatable({}, Server)
  self.input = assert(io.popen(START:format(python, SCRIPT, quoted(pipe)), "w"))
  self.output = assert(io.open(pipe, "r"))
  os.remove(pipe)
  self.port = read_answer(self).port
  return self
end

--- Sets what happens to the connections from now on, and forgets the log.
-- @tparam {table,...} connections one script each, as fault_server.py documents; the last repeats
function Server:script(connections)
  command(self, { cmd = "script", connections = connections })
end

--- What the server saw since the last script.
-- @treturn table `applied`, `connections` (each with `bytes`, `handshake`, `requests`), and all
-- `requests` in one list
function Server:log()
  local log = command(self, { cmd = "log" })
  log.requests = {}
  for _, connection in ipairs(log.connections) do
    for _, request in ipairs(connection.requests) do
      log.requests[#log.requests + 1] = request
    end
  end
  return log
end

--- As log, once the server has closed every connection: what is not in it then never came.
function Server:final_log()
  for _ = 1, 2000 do
    local log = self:log()
    local open = 0
    for _, connection in ipairs(log.connections) do open = open + (connection.closed and 0 or 1) end
    if open == 0 then return log end
    curl.sleep(0.005)
  end
  error("the fault server holds a connection open")
end

--- The file with the authority that signed the certificates of the TLS profile "good".
function Server:ca_file()
  return command(self, { cmd = "certificates" }).ca_file
end

--- Ends the server.
function Server:stop()
  self.input:close()
  self.output:close()
end

--- An answer as one text: status 200 unless given, Content-Length counted.
function M.answer(body, headers, status)
  local head = ("HTTP/1.1 %s\r\nContent-Length: %d\r\n"):format(status or "200 OK", #body)
  return head .. (headers or "") .. "\r\n" .. body
end

return M
