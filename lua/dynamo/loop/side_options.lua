-- SPDX-License-Identifier: MIT
-- The options of work side by side.
local canceller = require "dynamo.loop.canceller"
local check = require "dynamo.options_check"

local M = {}

local IN_FLIGHT = 50 -- as many as a client has connections
local MOST_IN_FLIGHT = 100000

--- The check of the option in_flight.
M.in_flight_problem = check.whole(MOST_IN_FLIGHT)

local CHECKS = {
  stop_on_error = check.boolean,
  cancel = canceller.problem,
  in_flight = M.in_flight_problem,
}

--- Returns the options, checked and with defaults, or nil, what is wrong with them.
function M.checked(o)
  return check.checked(o, CHECKS, { defaults = { in_flight = IN_FLIGHT } })
end

--- Returns the cancellers of the work, as a scope of dynamo.loop, and the one among them that ends
-- it after a failure, or nil.
function M.scope(o)
  local scope, group
  if o.cancel then scope = { stop = canceller.stop_of(o.cancel) } end
  if o.stop_on_error then
    group = { cancelled = false }
    scope = { stop = group, outer = scope }
  end
  return scope, group
end

return M
