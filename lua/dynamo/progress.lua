-- SPDX-License-Identifier: MIT
-- Long work that tells how far it is: the option `progress` of every loop that may run for minutes, a
--
--   function(done, total, seconds, is_over)
--
-- done: how many things; total: of how many, nil where nobody knows; seconds since the work began;
-- is_over: whether this is the last time. What it returns is not looked at; one that raises is
-- counted, and the work goes on.
local options_check = require "dynamo.options_check"

local M = {}

-- Calls a second are ten at most.
local SECONDS_BETWEEN = 0.1

--- The check of the option, as of dynamo.options_check.
M.problem = options_check.callable

-- Tells how far the work is.
local function tell(self, moment, is_over)
  self.told_at = moment
  if not pcall(self.report, self.done, self.total, moment - self.began, is_over) then
    self.failures = self.failures + 1
  end
end

local Progress = {}
Progress.__index = Progress

--- Notes that `count` (1) more things are done, and tells of it unless it did a moment ago.
function Progress:add(count)
  self.done = self.done + (count or 1)
  if not self.report or self.is_over then return end
  local moment = self.clock()
  if moment - self.told_at >= SECONDS_BETWEEN then tell(self, moment, false) end
end

--- Tells of the end, once; to be called however the work ends. Returns how many of the calls raised,
-- nil for none: what `info.hook_failures` counts.
function Progress:finish()
  if self.report and not self.is_over then tell(self, self.clock(), true) end
  self.is_over = true
  return self.failures > 0 and self.failures or nil
end

--- Begins to count.
-- @tparam ?function report the option; nil: nobody is told
-- @tparam function clock () -> seconds, which never go back
-- @tparam ?number total how many there will be, if that is known
-- @treturn table with `done` (how many are), `total` (which may be set later), add and finish
function M.new(report, clock, total)
  local began = report and clock()
  return setmetatable({
    report = report,
    clock = clock,
    total = total,
    done = 0,
    began = began,
    told_at = began,
    failures = 0,
    is_over = false,
  }, Progress)
end

return M
