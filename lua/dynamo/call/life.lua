-- SPDX-License-Identifier: MIT
-- How a client ends: at once for whoever closes it, and for the calls that are under way at their
-- next step. They go on with all they need until then; the last of them leaves nothing behind.
local errors = require "dynamo.error"
local loops = require "dynamo.loop"

local M = {}

--- Gives back what a closed client opened, and, once no call needs it, what it knows. A call that
-- never ends, for its coroutine was dropped, keeps the latter until the collector takes it.
-- @tparam table client its state; `under_way` counts its calls
function M.release(client)
  if client.owns_transport then client.transport:close() end
  if client.credential_transport then client.credential_transport:close() end
  if client.under_way > 0 then return end
  for name in next, client do
    client[name] = nil
  end
  client.closed, client.under_way = true, 0
end

--- Closes a client. Twice does no harm.
function M.close(client)
  if client.closed then return end
  client.closed = true
  M.release(client)
end

--- Returns nil, or the code of why a call is to end.
-- @tparam table client
-- @tparam ?table stop what the call's canceller knows
function M.ended(client, stop)
  if client.closed then return "ClientClosed" end
  if stop and stop.cancelled then return "Cancelled" end
  return loops.ended()
end

local CLOSED = "the client was closed while the call was under way"

--- Returns the error of a call that was ended.
-- @tparam ?string code as M.ended gives it; by default that the client was closed
-- @tparam ?string sent how far its request got, if that is known
function M.cancelled(code, sent)
  code = code or "ClientClosed"
  local message = loops.MESSAGES[code] or CLOSED
  return errors.new { kind = "cancelled", code = code, message = message, sent = sent }
end

return M
