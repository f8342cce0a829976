-- SPDX-License-Identifier: MIT
-- Dates of the Gregorian calendar, in UTC.
local M = {}

local SECONDS_A_DAY = 86400
local EPOCH = 719468 -- days from 1 March of year 0 to 1970-01-01

-- Returns the days from 1970-01-01 to a date. The year is counted from March, so that the leap day is
-- its last.
local function days_of(year, month, day)
  if month <= 2 then year = year - 1 end
  local months = (month + 9) % 12
  local leap_days = math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
  return 365 * year + leap_days + math.floor((153 * months + 2) / 5) + day - 1 - EPOCH
end

--- Returns the epoch seconds of a date and a time of the day. All are numbers; a day or an hour too
-- many counts into the next month or day.
function M.epoch(year, month, day, hour, minute, second)
  return days_of(year, month, day) * SECONDS_A_DAY + hour * 3600 + minute * 60 + second
end

return M
