-- SPDX-License-Identifier: MIT
-- Clients of a fault server, with the canary's keys and no other part of the world.
local canary = require "support.canary"
local dynamo = require "dynamo"
local environment = require "dynamo.world"
local paced_transport = require "support.fault.paced_transport"

local M = {}

local state = 1

-- A few bytes are for jitter: the longest wait. More are for tokens: others at each call, the same
-- in each run.
local function random(n)
  if n <= 8 then return ("\255"):rep(n) end
  state = state * 16807 % 2147483647
  return (("%08x"):format(state):rep(math.ceil(n / 8))):sub(1, n)
end

--- Returns a client of a server, and its paced transport (nil with `more.real`).
-- @tparam table server
-- @tparam ?table more options of dynamo.new; `tls` = true: over HTTPS; `real` = true: waits are
--   waited for
-- @tparam ?table host where its sockets are, if not in this process: transport(options) makes the
--   transport; name is what it calls the server's address ("127.0.0.1")
function M.new(server, more, host)
  host = host or {}
  local options = {
    region = "eu-west-1",
    credentials = canary.credentials(),
    proxy = false,
    ca_file = server:ca_file(),
    getenv = function()
      return nil
    end,
    read_file = environment.read_file,
    random = random,
  }
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  local tls, real = options.tls, options.real
  options.tls, options.real = nil, nil
  options.endpoint = options.endpoint
    or ("%s://%s:%d"):format(tls and "https" or "http", host.name or "127.0.0.1", server.port)
  if not real then options.transport = paced_transport.new(options, host.transport) end
  return dynamo.new(options), options.transport
end

return M
