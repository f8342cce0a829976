-- SPDX-License-Identifier: MIT
-- The ISO 8601 times that say when credentials end.
-- @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
local calendar = require "dynamo.calendar"

local M = {}

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
  local whole = calendar.epoch(tonumber(year), month, day, hour, minute, second) - offset
  return fraction and whole + tonumber(fraction) or whole
end

return M
