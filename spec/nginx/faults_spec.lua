-- SPDX-License-Identifier: MIT
-- The fault catalogue's rows about sockets through the cosocket transport of a real nginx: the client
-- and its retries are in this process, each request is sent from there. How often a write was done,
-- and what is said of that, must be as with libcurl. Of the replay classes two are tried: that which
-- is always sent again, and that which is not; the others are no matter of sockets.
local catalogue = require "support.fault.catalogue"
local nginx = require "support.nginx"
local outcomes = require "support.fault.outcomes"

if not nginx.is_installed() then
  return pending("faults inside nginx (there is no nginx with a Lua module: make setup)")
end

local server
local size = 2000

-- What nginx calls a failed handshake, whatever the reason, is one thing: it may be tried again.
local handshake = outcomes.hopeless { kind = "transport", code = "ConnectFailed", requests = 0 }
local DIFFERENT = {
  ["nothing above TLS 1.1"] = handshake,
  ["plain HTTP on the TLS port"] = handshake,
}

local function adapt(row)
  local expect = DIFFERENT[row[1]]
  if not expect then return row end
  local copy = {}
  for name, value in pairs(row) do
    copy[name] = value
  end
  copy.expect, copy.verify = expect, nil
  return copy
end

catalogue.describe("inside nginx, the fault", {
  "fault.catalogue_connection",
  "fault.catalogue_response",
  "fault.catalogue_proxy",
}, {
  name = "localhost", -- nginx compares a certificate with a name, never with an address
  classes = { "READ", "UNSAFE" },
  adapt = adapt,
  start = function(fault_server)
    server = nginx.start {
      http = ("lua_ssl_trusted_certificate %s; lua_ssl_verify_depth 2;"):format(
        fault_server:ca_file()
      ),
    }
  end,
  stop = function()
    server:stop()
  end,
  transport = function(options)
    size = size + 1 -- connections of its own
    return server:transport {
      connect_timeout = options.connect_timeout,
      max_body_bytes = options.max_body_bytes,
      proxy = options.proxy or "",
      pool_size = size,
    }
  end,
})
