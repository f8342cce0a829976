-- SPDX-License-Identifier: MIT
-- So many capacity units a second: what each page consumed is waited for before the next.
local M = {}

--- Makes a limit.
-- @tparam number rate capacity units a second
-- @treturn table
--   rate
--   ready_at   seconds on the clock: when what was asked for so far will have been paid
--   expected   units: what the next page will consume, as the last one did
function M.new(rate)
  return { rate = rate, ready_at = nil, expected = 0 }
end

--- Returns how long to wait before a page is asked for, and counts that as if it consumed what the last
-- one did: several may be under way.
-- @tparam table limit
-- @tparam number now seconds on a monotonic clock
-- @tparam ?number units that it will consume, where more is known than that
-- @treturn number seconds
-- @treturn number units, for M.pay
function M.reserve(limit, now, units)
  local ready_at, reserved = math.max(limit.ready_at or now, now), units or limit.expected
  limit.ready_at = ready_at + reserved / limit.rate
  return ready_at - now, reserved
end

--- Tells what a page consumed in the end.
-- @tparam table limit
-- @tparam number reserved units, as M.reserve told
-- @tparam ?number units nil where the service does not say
-- @tparam number now seconds on that clock
function M.pay(limit, reserved, units, now)
  units = units or 0
  limit.ready_at = (limit.ready_at or now) + (units - reserved) / limit.rate
  limit.expected = units
end

return M
