-- SPDX-License-Identifier: MIT
-- What came of functions that ran side by side: their first values, or why they failed.
local errors = require "dynamo.error"

local M = {}

local KEPT_FAILURES = 100 -- where nobody knows how many there will be

-- Returns an error object for what a function raised or returned with nil.
local function error_of(code, given, err)
  if getmetatable(given) == "dynamo.error" then return given end
  if getmetatable(err) == "dynamo.error" then return err end
  local text = type(given) == "string" and given or ("a %s, no message"):format(type(given))
  return errors.new { kind = "function", code = code, message = text }
end

--- Returns nil, or the error that a function's results are: what it raised, or nil and a message.
-- @tparam boolean ok as pcall's
function M.failure(ok, value, message, err)
  if not ok then return error_of("Raised", value) end
  if value == nil and message ~= nil then return error_of("Failed", message, err) end
end

--- Makes a tally.
-- @tparam boolean keeps_all every failure is kept, not the first ones alone
function M.new(keeps_all)
  return {
    begun = 0, -- pieces of work
    failed = 0,
    failures = {}, -- number -> error
    first = nil, -- the error that came first
    source_failure = nil, -- why there was no more work to be had: an error
    kept = keeps_all and math.huge or KEPT_FAILURES,
  }
end

--- Notes the failure of a piece of work.
function M.note(tally, number, err)
  tally.failed = tally.failed + 1
  tally.first = tally.first or err
  if tally.failed <= tally.kept then tally.failures[number] = err end
end

local REASONS = {
  Cancelled = "cancelled before all was begun",
  Interrupted = "interrupted before all was begun",
}

-- Returns the error of work that was not begun although nothing had failed.
local function not_begun(reason)
  return errors.new { kind = "cancelled", code = reason, message = REASONS[reason] }
end

-- Returns the error that stands for all, and its message; or nil.
local function foremost(tally, count, reason)
  if tally.source_failure then return tally.source_failure, tally.source_failure.message end
  local first = tally.first
  if first then
    return first, ("%d of %d failed: %s"):format(tally.failed, count, first.message)
  elseif reason then
    local err = not_begun(reason)
    return err, err.message
  end
end

--- Returns nil, or the error of all the work.
-- @tparam table tally
-- @tparam integer count how much there was to do
-- @tparam ?string reason why not all was begun
-- @tparam ?table results those that there are, or nil where none are kept
function M.error(tally, count, reason, results)
  local err, message = foremost(tally, count, reason)
  if not err then return nil end
  return errors.summary(err, message, {
    results = results,
    failures = tally.failures,
    failed = tally.failed,
    begun = tally.begun,
  })
end

return M
