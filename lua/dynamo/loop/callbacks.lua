-- SPDX-License-Identifier: MIT
-- Loops that call functions when something is there: they are told of by two functions, and the
-- coroutines are resumed from here.
local given = require "dynamo.given"
local tasks = require "dynamo.task"

local M = {}

local Loop = {}
Loop.__index = Loop

-- Ends what a task waits for.
local function stop(task)
  local stop_watch, stop_timer = task.stop_watch, task.stop_timer
  task.stop_watch, task.stop_timer = nil, nil
  if stop_watch then stop_watch() end
  if stop_timer then stop_timer() end
end

-- Runs a task until it waits. One that yields by itself lets others go on.
local function run(self, task)
  stop(task)
  local ok, raised = coroutine.resume(task.thread)
  if not ok then error(raised, 0) end
  if coroutine.status(task.thread) ~= "dead" and not task.is_waiting then self:wake(task) end
end

--- Runs f in a coroutine of its own, soon: within it every call of every client waits without
-- keeping the loop from anything else. What it raises goes to the loop.
-- @function spawn
-- @tparam function f
function Loop:spawn(f, ...)
  given.no_more("loop:spawn", ...)
  if type(f) ~= "function" then
    error(("bad argument to 'spawn' (function expected, got %s)"):format(type(f)), 2)
  end
  self:wake(tasks.new(self, coroutine.create(f)))
end

function Loop:suspend(task, fd, mode, seconds)
  local function go_on()
    run(self, task)
  end
  stop(task) -- a wait that was given up for this one
  task.stop_watch = fd and self.watch(fd, mode, go_on)
  task.stop_timer = seconds and self.after(seconds, go_on)
  coroutine.yield()
end

function Loop:wake(task)
  stop(task)
  task.stop_timer = self.after(0, function()
    run(self, task)
  end)
end

--- Makes a loop of one that calls functions.
-- @tparam table o both are functions: watch(fd, mode, f) calls f once a descriptor is ready, for mode
--   "r" or "w"; after(seconds, f) calls f then, for 0 not at once but soon. Each returns a function
--   that ends this: f is not called any more.
-- @treturn table loop, with :spawn(f)
-- @see docs/loops.md
function M.new(o, ...)
  given.no_more("dynamo.loop.new", ...)
  for _, name in ipairs { "watch", "after" } do
    if type(o) ~= "table" or type(o[name]) ~= "function" then
      error(("dynamo.loop.new: { watch, after } expected, both functions"):format(name), 2)
    end
  end
  return setmetatable({ watch = o.watch, after = o.after }, Loop)
end

return M
