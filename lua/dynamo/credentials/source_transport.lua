-- SPDX-License-Identifier: MIT
-- The transport of credentials sources. It is not the one that carries the calls: sources are near
-- and quick, or they are not there, and their responses are small.
local settings = require "dynamo.settings.lookup"
local transports = require "dynamo.transport"

local M = {}

local CONNECT_TIMEOUT = 1 -- seconds
local MAX_BODY_BYTES = 64 * 1024

-- Returns the file of authorities to trust, or nil. A client has looked before its first call whether
-- the one of AWS_CA_BUNDLE is one.
local function ca_file_of(holder)
  return holder.ca_file or holder.getenv and settings.ca_file(holder) or nil
end

--- Returns the transport to ask sources with: the user's own if there is one, else one that is made
-- at the first need and kept in the holder as `credential_transport`.
-- @tparam table holder a client's state, or the options of a chain: transport, owns_transport (the
--   transport is not the user's), ca_file, proxy, getenv, read_file, profile
function M.of(holder)
  if holder.transport and not holder.owns_transport then return holder.transport end
  if not holder.credential_transport then
    local transport, err = transports.new {
      connect_timeout = CONNECT_TIMEOUT,
      max_body_bytes = MAX_BODY_BYTES,
      ca_file = ca_file_of(holder),
      proxy = holder.proxy,
    }
    if err then error(err, 0) end -- the cache of credentials hands it on
    holder.credential_transport = transport
  end
  return holder.credential_transport
end

--- Returns a transport to tell the time and to wait by.
function M.clock(holder)
  return holder.transport or M.of(holder)
end

return M
