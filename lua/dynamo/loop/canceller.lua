-- SPDX-License-Identifier: MIT
--- What ends calls that are under way.
-- @classmod canceller
local given = require "dynamo.given"
local hidden = require "dynamo.hidden"
local interrupts = require "dynamo.loop.interrupts"
local tasks = require "dynamo.task"

local M = {}

local methods = {}
local meta = { __name = "dynamo.canceller", __metatable = "dynamo.canceller", __index = methods }
-- What a canceller knows: { cancelled }.
local new_canceller, of_canceller = hidden.class(meta)

function meta.__tostring(self)
  return of_canceller(self).cancelled and "dynamo canceller (cancelled)" or "dynamo canceller"
end

-- Whether a task is under a canceller.
local function is_under(task, stop)
  local scope = task.scope
  while scope and scope.stop ~= stop do
    scope = scope.outer
  end
  return scope ~= nil
end

-- Returns what `self` knows, or raises at the line that called `method`.
local function stop_of(self, method, ...)
  local stop = of_canceller(self)
  if not stop then error(("use stop:%s(), with a colon"):format(method), 3) end
  local problem = given.surplus_problem(...)
  if problem then error(("stop:%s: %s"):format(method, problem), 3) end
  return stop
end

--- Cancels, by what a canceller knows.
function M.cancel(stop)
  if stop.cancelled then return end
  stop.cancelled = true
  tasks.wake_all(function(task)
    return is_under(task, stop)
  end)
end

--- Ends the calls that were given this canceller, and all that will be. It may be called from
-- anywhere: a hook, another coroutine, a signal's handler in Lua. Twice does no harm.
-- @function cancel
function methods:cancel(...)
  M.cancel(stop_of(self, "cancel", ...))
end

--- Returns whether it was cancelled.
-- @function is_cancelled
-- @treturn boolean
function methods:is_cancelled(...)
  return stop_of(self, "is_cancelled", ...).cancelled
end

--- Makes a canceller.
-- @treturn object `stop`: with the option `cancel = stop` a call ends, as soon as stop:cancel() is
--   called or Ctrl-C is pressed, with an error of kind "cancelled"
-- @usage
-- local stop = dynamo.canceller()
-- users:put({ userId = "1" }, { cancel = stop })
function M.canceller(...)
  given.no_more("dynamo.canceller", ...)
  return new_canceller({}, { cancelled = false })
end

--- Cancels because of SIGINT: the program is told by the canceller, and need not be told otherwise.
function M.interrupt(stop)
  M.cancel(stop)
  interrupts.settle()
end

--- Returns what a canceller knows, or nil for what is none: { cancelled }.
M.stop_of = of_canceller

--- Returns nil, or what the option `cancel` must be.
function M.problem(value)
  if of_canceller(value) then return nil end
  return ("must be what dynamo.canceller() gives, not a %s"):format(type(value))
end

return M
