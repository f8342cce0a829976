-- SPDX-License-Identifier: MIT
-- How far a lazy result is, told on its client's clock.
local call_start = require "dynamo.call.start"
local progress = require "dynamo.progress"

local M = {}

--- Returns what begins to tell how far a reading is: see dynamo.table.pages; nil if nobody wants to know.
-- @tparam table client its state
-- @tparam ?function report the option progress
function M.of(client, report)
  if not report then return nil end
  return function()
    if client.closed or not client.started and call_start.run(client) ~= true then return nil end
    local transport, last = client.transport, 0
    return progress.new(report, function()
      local ok, moment = pcall(transport.monotonic, transport)
      last = ok and moment or last
      return last
    end)
  end
end

return M
