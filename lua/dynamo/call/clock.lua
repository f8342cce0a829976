-- SPDX-License-Identifier: MIT
-- How far this machine's clock is from the service's, learnt from the Date of its responses. Requests
-- are signed with the corrected time; deadlines use the monotonic clock and never meet this one.
-- @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-clock-skew.html
local calendar = require "dynamo.calendar"

local M = {}

local TOLERANCE = 300 -- seconds the service accepts either way
-- The machine may have slept on the way: the middle of a longer trip can be off by more than the
-- tolerance, and a clock that is right would be made wrong.
local LONGEST_TRIP = 2 * TOLERANCE

local MONTHS = {}
for number, name in ipairs {
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
} do
  MONTHS[name] = number
end

--- Returns the epoch seconds of a Date header such as "Tue, 24 Nov 2026 13:31:44 GMT", or nil.
-- @see https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats
function M.parse(text)
  local day, name, year, hour, minute, second =
    text:match("^%a%a%a, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$")
  local month = MONTHS[name]
  if not month then return nil end
  return calendar.epoch(tonumber(year), month, tonumber(day), hour, minute, second)
end

--- Returns what is to be added to this machine's time to get the service's, if the two are too far
-- apart for a signature to be taken; nil if `offset` will do, or the response does not tell.
-- @tparam table headers of a response
-- @tparam number sent_at when its request was signed, on this machine's clock
-- @tparam number received_at when it came
-- @tparam number offset the correction so far
function M.correction(headers, sent_at, received_at, offset)
  local server = headers.date and not headers.age and M.parse(headers.date)
  local trip = received_at - sent_at
  if not server or trip < 0 or trip > LONGEST_TRIP then return nil end
  local middle = sent_at + trip / 2
  if math.abs(middle + offset - server) < TOLERANCE then return nil end
  return server - middle
end

--- Makes the clock of a client.
-- @tparam boolean corrects whether it learns the service's time
-- @treturn table
--   offset      number, seconds: what is added to this machine's time; written by hear
--   heard_date  text: the Date of the last response that had one; nil before; written by hear
--   corrects    boolean
function M.new(corrects)
  return { offset = 0, corrects = corrects }
end

--- Learns the service's time from a response; returns whether it corrected ours.
-- @tparam table own the client's clock
-- @tparam table headers of the response
-- @tparam number sent_at when its request was signed, on this machine's clock
-- @tparam table transport which tells the time
function M.hear(own, headers, sent_at, transport)
  own.heard_date = headers.date or own.heard_date
  if not own.corrects then return false end
  local offset = M.correction(headers, sent_at, transport:now(), own.offset)
  own.offset = offset or own.offset
  return offset ~= nil
end

-- What the service says of a signature whose date it does not accept.
local OF_SKEW = {
  AccessDeniedException = true,
  AuthFailure = true,
  InvalidSignatureException = true,
  RequestExpired = true,
  RequestInTheFuture = true,
  RequestTimeTooSkewed = true,
  SignatureDoesNotMatch = true,
}

--- Whether an error may come from the clock: its code says so, and either the response corrected the
-- clock, or its text speaks of the date (the clock has been set right meanwhile).
-- @tparam table err
-- @tparam boolean corrected by the response that brought it
function M.is_skew(err, corrected)
  if not OF_SKEW[err.code] then return false end
  return corrected
    or err.message:find("Signature expired", 1, true) ~= nil
    or err.message:find("Signature not yet current", 1, true) ~= nil
end

return M
