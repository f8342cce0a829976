-- SPDX-License-Identifier: MIT
-- Something that is done in a coroutine beside the caller's, who asks for the result later.
local canceller = require "dynamo.loop.canceller"
local crews = require "dynamo.loop.crew"
local tasks = require "dynamo.task"

local M = {}

local unpack = table.unpack or unpack

local function pack(...)
  return { n = select("#", ...), ... }
end

-- Returns what a call under pcall returned, or raises what it raised.
local function give(ok, ...)
  if not ok then error((...), 0) end
  return ...
end

--- Begins f(...), in the loop that runs the caller.
-- @tparam function f
-- @param ... its arguments
-- @treturn ?table what M.wait and M.drop want; nil where nobody else could go on meanwhile, and nothing
--   was begun:
--     f, arguments
--     task      the one that began it
--     stop      what ends it, of dynamo.loop.canceller
--     results   as of pcall, once it has ended
--     owner     the task that waits for that
--     thread    what the loop wants to be given after its end
function M.begin(f, ...)
  local task = tasks.running()
  if not task then return nil end
  local begun = {
    f = f,
    arguments = pack(...),
    task = task,
    stop = { cancelled = false },
    results = nil,
    owner = nil,
    thread = nil,
  }
  local scope = { stop = begun.stop, outer = task.scope }
  begun.thread = task.loop:spawn(function()
    tasks.running().scope = scope
    begun.results = pack(crews.protect(f, unpack(begun.arguments, 1, begun.arguments.n)))
    if begun.owner then tasks.wake(begun.owner) end
  end)
  return begun
end

--- Ends it, and nobody wants to know what came of it.
function M.drop(begun)
  canceller.cancel(begun.stop)
end

--- Waits until it has ended, and returns what f did, or raises it. Where that cannot be waited for, it
-- is dropped, and f is called here.
function M.wait(begun)
  local task = tasks.running()
  if not begun.results and (not task or task.loop ~= begun.task.loop) then
    M.drop(begun)
    return begun.f(unpack(begun.arguments, 1, begun.arguments.n))
  end
  begun.owner = task
  while not begun.results do
    tasks.suspend(task)
  end
  if begun.thread and task == begun.task then task.loop:reap(begun.thread) end
  return give(unpack(begun.results, 1, begun.results.n))
end

return M
