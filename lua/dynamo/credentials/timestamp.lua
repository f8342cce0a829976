-- SPDX-License-Identifier: MIT
-- The ISO 8601 times that say when credentials end.
-- @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
local M = {}

local SECONDS_A_DAY = 86400

-- Returns the days from 1970-01-01 to a date of the Gregorian calendar. The year is counted from
-- March, so that the leap day is its last.
local function days_of(year, month, day)
  if month <= 2 then year = year - 1 end
  local months = (month + 9) % 12
  local days = 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
  return days + math.floor((153 * months + 2) / 5) + day - 1 - 719468
end

-- Returns the seconds a zone is ahead of UTC, or nil if it is none.
local function offset_of(zone)
  if zone == "Z" or zone == "z" or zone == "UTC" then return 0 end
  local sign, hours, minutes = zone:match("^([+-])(%d%d):?(%d%d)$")
  if not sign then return nil end
  local seconds = hours * 3600 + minutes * 60
  return sign == "-" and -seconds or seconds
end

--- Returns the epoch seconds of "2030-01-31T12:00:00Z", with a fraction and any zone; nil for a
-- text that is no such time.
function M.parse(text)
  local year, month, day, hour, minute, second, rest =
    text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt ](%d%d):(%d%d):(%d%d)(.*)$")
  if not year then return nil end
  local fraction, zone = rest:match("^(%.%d+)(.+)$")
  local offset = offset_of(zone or rest)
  month, day, hour, minute, second =
    tonumber(month), tonumber(day), tonumber(hour), tonumber(minute), tonumber(second)
  if not offset or month < 1 or month > 12 or day < 1 or day > 31 then return nil end
  if hour > 24 or minute > 59 or second > 60 then return nil end
  local whole = days_of(tonumber(year), month, day) * SECONDS_A_DAY
    + hour * 3600
    + minute * 60
    + second
    - offset
  return fraction and whole + tonumber(fraction) or whole
end

return M
