-- SPDX-License-Identifier: MIT
--- The fault server (fault_server/server.py) for specs: start it, script it, read what it saw.
-- Commands go to its standard input, answers come back over a named pipe: no polling, no sockets.

local json = require "dkjson"

local canary = require "support.canary"
local curl = require "dynamo.curl"

local M = {}

local Server = {}
Server.__index = Server

local PATIENCE = 60 -- seconds for the server to do as told
local SCRIPT = "spec/support/fault_server/server.py"

-- A sanitizer preloaded into this process is not for its children.
local START = "exec env -u LD_PRELOAD PYTHONDONTWRITEBYTECODE=1 %s -W ignore %s %s > %s"

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

-- Reads one response; an end of file means that the server died.
local function read_response(self)
  local line = self.output:read("*l")
  return assert(line and json.decode(line), "the fault server died (is there a python3?)")
end

-- Bytes above ASCII travel as the code points of Latin-1, which the server turns back into bytes.
local function to_line(message)
  return (
    json.encode(message):gsub("[\128-\255]", function(byte)
      return ("\\u%04x"):format(byte:byte())
    end)
  ) .. "\n"
end

local function command(self, message)
  self.input:write(to_line(message))
  self.input:flush()
  return read_response(self)
end

--- Starts a fault server that knows the canary's keys; end it with :stop().
-- @tparam ?string address where it listens, "127.0.0.1" unless given; with ":port" if that matters
-- @treturn table with `port`
function M.start(address)
  local pipe = make_pipe()
  local python = os.getenv("DYNAMO_PYTHON") or "python3"
  local self = setmetatable({}, Server)
  self.input =
    assert(io.popen(START:format(python, SCRIPT, address or "127.0.0.1", quoted(pipe)), "w"))
  self.output = assert(io.open(pipe, "r"))
  os.remove(pipe)
  self.port = read_response(self).port
  self:keys {}
  return self
end

--- Sets what happens to the connections from now on, and forgets the log.
-- @tparam {table,...} connections one script each, as server.py documents; the last repeats
function Server:script(connections)
  command(self, { cmd = "script", connections = connections })
end

--- Sets what happens to the next requests on whatever connection, and forgets the log.
-- @tparam {table,...} exchanges one each, as server.py documents; later ones are just answered
-- @tparam ?table more members of the script: `tls` of every connection, `repeat` of the last
function Server:requests(exchanges, more)
  local script = { cmd = "script", requests = exchanges }
  for name, value in pairs(more or {}) do
    script[name] = value
  end
  command(self, script)
end

--- What the server saw since the last script.
-- @treturn table `applied`, `bad_signatures` (since the start), `requests` in one list and by
--   `connections` (each with `bytes`, `handshake`, `requests`)
function Server:log()
  local log = command(self, { cmd = "log" })
  if log.problem then error(log.problem) end
  for _, connection in ipairs(log.connections) do
    connection.requests = {}
  end
  for _, request in ipairs(log.requests) do
    local connection = log.connections[request.connection]
    if connection then connection.requests[#connection.requests + 1] = request end
  end
  return log
end

--- As log, once `is_so(log)` is true.
-- @tparam string what is said of a server where it never is
function Server:await(what, is_so)
  local ends = curl.monotonic() + PATIENCE
  repeat
    local log = self:log()
    if is_so(log) then return log end
    curl.sleep(0.005)
  until curl.monotonic() > ends
  error("the fault server " .. what, 2)
end

--- As log, once the server has closed every connection: what is not in it then never came.
function Server:final_log()
  return self:await("holds a connection open", function(log)
    for _, connection in ipairs(log.connections) do
      if not connection.closed then return false end
    end
    return true
  end)
end

--- As log, once everything has been sent that the first request is answered with.
function Server:answered_log()
  return self:await("has not answered", function(log)
    local first = log.requests[1]
    return first ~= nil and first.answered == true
  end)
end

--- What became of items.
-- @tparam string name of the table
-- @tparam {string,...} keys values of the attribute "id"
-- @treturn {table,...} { applied = how often it was written, item = wire-typed, or nil, written = what
--   each of these writes left behind }
function Server:look(name, keys)
  return command(self, { cmd = "look", table = name, keys = keys }).items
end

--- Makes a stream of a table, gives it an order, or looks at it: see fault_server/streams.py.
-- @tparam string name of the table
-- @tparam table order
function Server:stream(name, order)
  local message = { cmd = "stream", table = name }
  for member, value in pairs(order) do
    message[member] = value
  end
  return command(self, message)
end

--- Says who may ask beside the canary's key.
-- @tparam table keys access key id -> { secret, token, expired }
function Server:keys(keys)
  keys[canary.ACCESS_KEY_ID] = keys[canary.ACCESS_KEY_ID]
    or { secret = canary.SECRET, token = canary.TOKEN }
  command(self, { cmd = "keys", keys = keys })
end

--- Makes its clock fast by so many seconds (slow, if negative).
function Server:skew(seconds)
  command(self, { cmd = "skew", seconds = seconds })
end

--- Returns a port where no connection is ever made, nor refused.
function Server:black_hole()
  return command(self, { cmd = "black_hole" }).port
end

--- Says what the name server knows from now on. It has port 53, in a network namespace, unless the
-- first call says another.
-- @tparam table names name -> { address, ... }; an empty list: the name is there, without address
-- @tparam ?boolean silent it answers nothing
-- @tparam ?number port 0: a free one
-- @treturn number how often it was asked for an address since the last time
-- @treturn number its port
function Server:names(names, silent, port)
  local response =
    command(self, { cmd = "names", names = names, silent = silent or false, port = port })
  return response.asked, response.port
end

--- The file with the authority that signed the certificates of the TLS profile "good".
function Server:ca_file()
  return command(self, { cmd = "certificates", name = "ca" }).file
end

--- Ends the server; raises if it got a signature that was wrong and not meant to be.
function Server:stop()
  local bad = self:log().bad_signatures
  self.input:close()
  self.output:close()
  if bad > 0 then error(bad .. " requests had a wrong signature, says fault_server/sigv4.py") end
end

--- A response as one text: status 200 unless given, Content-Length counted.
function M.response(body, headers, status)
  local head = ("HTTP/1.1 %s\r\nContent-Length: %d\r\n"):format(status or "200 OK", #body)
  return head .. (headers or "") .. "\r\n" .. body
end

return M
