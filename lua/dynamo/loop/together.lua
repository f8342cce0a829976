-- SPDX-License-Identifier: MIT
-- Some functions side by side.
local errors = require "dynamo.error"
local given = require "dynamo.given"
local canceller = require "dynamo.loop.canceller"
local crews = require "dynamo.loop.crew"
local options = require "dynamo.loop.side_options"
local tallies = require "dynamo.loop.tally"

local M = {}

-- Returns nil, or what is wrong with a list of functions.
local function problem_of(functions)
  if type(functions) ~= "table" then
    return ("a list of functions expected, got a %s"):format(type(functions))
  end
  local problem = given.list_problem(functions)
  if problem then return problem end
  for i, f in ipairs(functions) do
    if type(f) ~= "function" then return ("[%d] is a %s, not a function"):format(i, type(f)) end
  end
end

-- Returns the options, or nil, what is wrong with the arguments.
local function checked(functions, o)
  local problem = problem_of(functions)
  if problem then return nil, problem end
  return options.checked(o)
end

-- Returns the crew that runs the functions and fills results and tally.
local function crew_of(functions, o, results, tally)
  local scope, group = options.scope(o)
  return {
    alive = math.min(o.in_flight, results.n),
    scope = scope,
    take = function()
      if tally.begun == results.n then return nil end
      tally.begun = tally.begun + 1
      return tally.begun, functions[tally.begun]
    end,
    settle = function(i, ok, value, ...)
      local failure = tallies.failure(ok, value, ...)
      if not failure then
        results[i] = value
        return
      end
      tallies.note(tally, i, failure)
      if group then canceller.cancel(group) end
    end,
  }
end

--- Runs functions side by side, and returns when all have ended. Within them every call of every
-- client lets the others go on while it waits.
-- @tparam {function,...} functions each called without arguments; they are begun in their order
-- @tparam ?table o in_flight (50): how many are under way at most; stop_on_error (false): after a
--   failure none is begun, and the calls that are under way end as cancelled; cancel: what
--   dynamo.canceller() gave
-- @treturn[1] table results: results[i] is the first value of the i-th function, results.n their
--   number
-- @treturn[2] nil
-- @treturn[2] string such as "2 of 5 failed: ...", with the message of the first that failed
-- @treturn[2] table err with kind and code of that one; results; failures (i -> the error of the
--   i-th function: it raised, or returned nil and a message); failed (how many); begun (how many:
--   those that come later in the list were not called)
-- @usage
-- local results = assert(dynamo.together {
--   function() return users:get { userId = "1" } end,
--   function() return orders:get { orderId = "7" } end,
-- })
function M.together(functions, o, ...)
  given.no_more("dynamo.together", ...)
  local side, problem = checked(functions, o)
  if not side then error("dynamo.together: " .. problem, 2) end
  local results, tally = { n = #functions }, tallies.new(true)
  local reason = crews.run(crew_of(functions, side, results, tally))
  if tally.begun == results.n then reason = nil end
  local err = tallies.error(tally, results.n, reason, results)
  if err then return errors.give(err) end
  return results
end

return M
