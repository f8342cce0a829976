-- SPDX-License-Identifier: MIT
-- Returns a function that waits for some seconds, as a call does, and returns why that was given up,
-- if it was, or what it is to return.
local loops = require "dynamo.loop"

return function(seconds, ...)
  local value, message = ...
  return function()
    local reason = loops.wait(nil, nil, seconds)
    if reason then return nil, reason end
    return value, message
  end
end
