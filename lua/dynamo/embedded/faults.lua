-- SPDX-License-Identifier: MIT
-- Faults on purpose, for users' tests of their own programs: the same seed and the same calls give the
-- same faults, on every runtime.
local options_check = require "dynamo.options_check"

local M = {}

local Faults = {}
Faults.__index = Faults

-- Returns the check of a share of calls.
local function share(value)
  if type(value) ~= "number" or not (value >= 0 and value <= 1) then
    return "must be a share, from 0 to 1"
  end
end

local function seconds(value)
  if type(value) ~= "number" or not (value >= 0 and value <= 60) then
    return "must be a number of seconds, from 0 to 60"
  end
end

local function seed(value)
  local is_whole = type(value) == "number" and value >= 0 and value < 2 ^ 31 and value % 1 == 0
  if not is_whole then return "must be a whole number, from 0 and below 2^31" end
end

local CHECKS = {
  throttle = share,
  lose_response = share,
  unprocessed = share,
  delay = seconds,
  seed = seed,
}
local DEFAULTS = { throttle = 0, lose_response = 0, unprocessed = 0, delay = 0, seed = 1 }
local WORDS = {
  no_table = "faults must be a table, not a %s",
  unknown = "unknown fault",
  named = "faults.%s %s",
  defaults = DEFAULTS,
}

--- Returns faults, or nil and what is wrong with their settings.
-- @tparam ?table settings throttle (share of calls that are refused with a throttle), lose_response
--   (share of calls that are done, and whose answer is lost), unprocessed (share of a batch's entries
--   that are handed back), delay (seconds that each call takes), seed (a whole number)
function M.new(settings)
  local checked, problem = options_check.checked(settings, CHECKS, WORDS)
  if not checked then return nil, problem end
  local self = setmetatable({ settings = checked, state = 0 }, Faults)
  self:restart()
  return self
end

--- Begins with the first fault again.
function Faults:restart()
  self.state = self.settings.seed * 48271 % 2147483647 + 1
end

-- Returns a number from 0 to below 1: the minimal standard generator, whose products are exact.
local function next_random(self)
  self.state = self.state * 16807 % 2147483647
  return self.state / 2147483647
end

-- Whether a fault of a share comes now. One that never comes takes no number: so that what is
-- switched on does not change what else happens.
local function comes(self, name)
  local wanted = self.settings[name]
  return wanted > 0 and next_random(self) < wanted
end

--- Whether a call is refused with a throttle, before it does anything.
function Faults:throttles()
  return comes(self, "throttle")
end

--- Whether the answer of a call that was done is lost.
function Faults:loses()
  return comes(self, "lose_response")
end

--- Whether an entry of a batch is handed back, not done.
function Faults:leaves()
  return comes(self, "unprocessed")
end

--- Returns how many seconds a call takes.
function Faults:delay()
  return self.settings.delay
end

return M
