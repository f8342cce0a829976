-- SPDX-License-Identifier: MIT
-- Waiting, wherever it happens: in a coroutine that a loop resumes, by being suspended while others
-- go on; anywhere else by keeping the whole process waiting.
--
-- A task is under cancellers: those of its call and of the calls around it, in a chain `scope` of
-- { stop = what dynamo.loop.canceller knows of one, outer = the next scope }.
local interrupts = require "dynamo.loop.interrupts"
local protected = require "dynamo.protected"
local tasks = require "dynamo.task"
local world = require "dynamo.world"

if world.inside_nginx() then tasks.know(require "dynamo.loop.nginx") end

local M = {}

--- What the codes say of why a wait was given up.
M.MESSAGES = {
  Cancelled = "the call was cancelled",
  Interrupted = "the call was interrupted (SIGINT)",
}

-- Whether one of the cancellers of a scope is cancelled.
local function is_cancelled(scope)
  while scope do
    if scope.stop.cancelled then return true end
    scope = scope.outer
  end
  return false
end

-- Returns nil, or why a task is to wait no more.
local function end_of(task)
  if task.scope and is_cancelled(task.scope) then return "Cancelled" end
  if task.loop.interrupted then return "Interrupted" end
end
M.end_of = end_of

--- Returns nil, or the code of why what runs now is to end.
function M.ended()
  local task = tasks.known()
  return task and end_of(task)
end

--- Returns a scope within that of a task, if there is one.
function M.joined(scope, task)
  local outer = task and task.scope
  if not scope then return outer end
  return { stop = scope.stop, outer = M.joined(scope.outer, task) }
end

-- As M.wait, where nobody else can go on.
local function block(fd, mode, seconds)
  if not require("dynamo.wait").block(fd, mode, seconds, interrupts.hand_on) then return nil end
  interrupts.note()
  return "Interrupted"
end

--- As M.wait, of the task that is running.
function M.suspend(task, fd, mode, seconds)
  local reason = end_of(task)
  if reason then return reason end
  tasks.suspend(task, fd, mode, seconds)
  return end_of(task)
end

--- Waits until a descriptor is ready or a time is over.
-- @tparam ?integer fd
-- @tparam ?string mode "r" or "w"
-- @tparam ?number seconds nil: for ever
-- @treturn ?string nil when that is so, or earlier; else why the wait is to be given up: "Cancelled",
--   "Interrupted" (SIGINT)
function M.wait(fd, mode, seconds)
  local task = tasks.running()
  if not task then return block(fd, mode, seconds) end
  return M.suspend(task, fd, mode, seconds)
end

--- Whether waiting keeps the whole process waiting, other coroutines included.
function M.is_blocking()
  return tasks.running() == nil
end

-- Ends what M.under began.
local function leave(task, scope, ok, ...)
  task.scope = scope
  if not ok then error((...), 0) end
  return ...
end

--- Calls f(...) under a canceller: once that is cancelled, no wait within goes on. Where waiting is
-- blocking, nobody could cancel anything in the meantime.
-- @tparam table stop what dynamo.loop.canceller knows of one
function M.under(stop, f, ...)
  local task = tasks.running()
  if not task then return f(...) end
  local scope = task.scope
  task.scope = { stop = stop, outer = scope }
  return leave(task, scope, protected(f, ...))
end

return M
