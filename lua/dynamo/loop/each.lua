-- SPDX-License-Identifier: MIT
-- One function for each of many things, side by side.
local errors = require "dynamo.error"
local given = require "dynamo.given"
local loops = require "dynamo.loop"
local canceller = require "dynamo.loop.canceller"
local crews = require "dynamo.loop.crew"
local options = require "dynamo.loop.side_options"
local tallies = require "dynamo.loop.tally"
local tasks = require "dynamo.task"

local M = {}

-- Returns the options, or nil, what is wrong with the arguments.
local function checked(source, f, o)
  local problem
  if type(source) == "table" then
    problem = given.list_problem(source)
  elseif type(source) ~= "function" then
    problem = ("a list or a function expected, got a %s"):format(type(source))
  end
  if problem then return nil, problem end
  if type(f) ~= "function" then return nil, ("a function expected, got a %s"):format(type(f)) end
  return options.checked(o)
end

-- Returns take of dynamo.loop.crew for a list.
local function of_list(list, f, tally)
  return function()
    local value = list[tally.begun + 1]
    if value == nil then return nil end
    tally.begun = tally.begun + 1
    return tally.begun, f, value
  end
end

-- Returns what lets one in at a time, the others waiting in line: enter() -> whether it waited, and
-- leave().
local function turnstile()
  local line, is_taken = {}, false
  local function enter()
    if not is_taken then
      is_taken = true
      return false
    end
    local place = { task = tasks.running(), is_called = false }
    line[#line + 1] = place
    while not place.is_called do
      tasks.suspend(place.task)
    end
    return true
  end
  local function leave()
    local first = line[1]
    if not first then
      is_taken = false
      return
    end
    table.remove(line, 1)
    first.is_called = true
    tasks.wake(first.task)
  end
  return enter, leave
end

-- Returns take of dynamo.loop.crew for a closure, which may wait.
local function of_closure(closure, f, tally)
  local is_over = false
  local enter, leave = turnstile()
  local function taken(ok, value, ...)
    if ok and value ~= nil then
      leave()
      tally.begun = tally.begun + 1
      return tally.begun, f, value, ...
    end
    is_over, tally.source_failure = true, tallies.failure(ok, value, ...)
    leave()
  end
  return function()
    local waited = enter()
    if not (is_over or waited and loops.ended()) then return taken(crews.protect(closure)) end
    leave()
  end
end

-- Returns the crew that does the work and fills the tally.
local function crew_of(source, f, o, tally)
  local scope, group = options.scope(o)
  local is_list = type(source) == "table"
  return {
    alive = math.min(o.in_flight, is_list and #source or math.huge),
    scope = scope,
    take = (is_list and of_list or of_closure)(source, f, tally),
    settle = function(i, ok, value, message, err)
      local failure = (not ok or message ~= nil) and tallies.failure(ok, value, message, err)
      if not failure then return end
      tallies.note(tally, i, failure)
      if group then canceller.cancel(group) end
    end,
  }
end

--- Calls a function for each thing of a list, or that a closure gives, side by side, and returns when
-- all calls have ended. What it returns is not kept, so there may be any number of things.
-- @param source a list; or a function, called without arguments, whose values go to f until it
--   returns nil. It may wait itself, and is never called again before it returned.
-- @tparam function f
-- @tparam ?table o in_flight (50), stop_on_error, cancel: as dynamo.together has them
-- @treturn[1] number how many things there were
-- @treturn[2] nil
-- @treturn[2] string such as "2 of 5 failed: ...", with the message of the first that failed
-- @treturn[2] table err as of dynamo.together, without results; failures has the first 100. What the
--   source itself fails with is that error.
-- @usage
-- assert(dynamo.each(keys, function(key) return users:delete(key) end, { in_flight = 20 }))
function M.each(source, f, o, ...)
  given.no_more("dynamo.each", ...)
  local side, problem = checked(source, f, o)
  if not side then error("dynamo.each: " .. problem, 2) end
  local tally = tallies.new(false)
  local reason = crews.run(crew_of(source, f, side, tally))
  local count = type(source) == "table" and #source or tally.begun
  if type(source) == "table" and tally.begun == count then reason = nil end
  local err = tallies.error(tally, count, reason)
  if err then return errors.give(err) end
  return tally.begun
end

return M
