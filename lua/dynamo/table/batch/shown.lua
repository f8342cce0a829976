-- SPDX-License-Identifier: MIT
-- Batches as `explain` shows them.
local call = require "dynamo.call"
local errors = require "dynamo.error"

local M = {}

-- Returns the error of nothing to send.
local function nothing(sender)
  return errors.validation("empty", "keys", sender.operation.method .. ": there is nothing to send")
end

--- Returns the request of the first batch, with those of the others, if any, in `after`; or nil,
-- message, err.
-- @tparam table sender
-- @tparam function take returns the next batch, or nil
function M.requests(sender, take)
  local first, after = nil, {}
  local batch = take()
  if not batch then return call.fail(sender.operation, nothing(sender)) end
  while batch do
    local request, message, err = call.explain(sender.client, sender:request(batch))
    if not request then return nil, message, err end
    if first then
      after[#after + 1] = request
    else
      first = request
    end
    batch = take()
  end
  if after[1] then first.after = after end
  return first
end

return M
