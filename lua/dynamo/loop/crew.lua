-- SPDX-License-Identifier: MIT
-- Work side by side: so many coroutines, each of which takes one piece of work after the other.
local guard = require "dynamo.guard"
local loops = require "dynamo.loop"
local canceller = require "dynamo.loop.canceller"
local tasks = require "dynamo.task"

local M = {}

local protect = pcall
if _VERSION == "Lua 5.1" and not rawget(_G, "jit") then
  local function never()
    return false
  end
  local function told(ok, why, ...)
    if ok then return true, why, ... end
    return false, why == "raised" and (...) or why
  end
  -- Its pcall cannot be yielded across.
  protect = function(f, ...)
    return told(guard.call(never, f, ...))
  end
end

--- As pcall, of a function that may wait.
M.protect = protect

-- Does the piece of work of a number; returns whether there was one.
local function step(crew, number, f, ...)
  if number == nil then return false end
  crew.settle(number, protect(f, ...))
  return true
end

-- Works until nothing is left, or all is to end.
local function work(crew)
  local task = tasks.running()
  task.scope = crew.scope
  repeat
    crew.reason = crew.reason or loops.end_of(task)
  until crew.reason or not step(crew, crew.take())
  crew.alive = crew.alive - 1
  if crew.alive == 0 and crew.owner then tasks.wake(crew.owner) end
end

-- Returns what the loop gave for each coroutine.
local function spawn_all(crew, loop)
  local threads = {}
  for i = 1, crew.alive do
    threads[i] = loop:spawn(function()
      work(crew)
    end)
  end
  return threads
end

-- Tells all cancellers of a scope of a SIGINT.
local function interrupt(scope)
  while scope do
    canceller.interrupt(scope.stop)
    scope = scope.outer
  end
end

-- As M.run, in a loop of its own.
local function run_alone(crew)
  local loop = require("dynamo.loop.own").new()
  spawn_all(crew, loop)
  loop:run()
  if loop.interrupted then interrupt(crew.scope) end
  return crew.reason
end

--- Works until all coroutines have ended: in the loop that runs the caller, who waits for their end,
-- or else in one of its own.
-- @tparam table crew
--
--   alive    the number of coroutines
--   take()   returns a number, a function and its arguments; nil when nothing is left
--   settle(number, ...)   is told what came of that, as by pcall
--   scope    the cancellers that the work is under (see dynamo.loop); those of the caller are added
--
-- @treturn ?string the code of why there may be work that was not begun, or nil
function M.run(crew)
  local owner = tasks.running()
  crew.scope = loops.joined(crew.scope, owner)
  if not owner then return run_alone(crew) end
  crew.owner = owner
  local threads = spawn_all(crew, owner.loop)
  while crew.alive > 0 do
    tasks.suspend(owner)
  end
  for _, thread in ipairs(threads) do
    owner.loop:reap(thread)
  end
  return crew.reason
end

return M
