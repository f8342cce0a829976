-- SPDX-License-Identifier: MIT
-- The coroutines that a loop resumes: only these may wait by being suspended. In any other, one that
-- the program resumes itself, whoever waits keeps the whole process waiting.
--
-- A task is what is known of such a coroutine: { loop, scope (the cancellers it is under: see
-- dynamo.loop), is_waiting, ... and what its loop notes }. A loop is an object with
--
--   loop:suspend(task, fd, mode, seconds)   suspends the running coroutine, which is the task's, until
--                  fd (or nil) is ready for mode ("r" or "w"), or the seconds (or nil: no time) are
--                  over, or the task is woken; it may be too early
--   loop:wake(task)   makes a suspended task go on soon
--   loop:spawn(f)     runs f in a new coroutine, soon; of nginx, returns what loop:reap is to be
--                     given after its end
--   loop:is_here()    whether it resumes the running coroutine, of loops that make coroutines of
--                     which we are not told
local M = {}

-- Coroutine -> its task, while both live. Neither is kept alive from here.
local tasks = setmetatable({}, { __mode = "kv" })
-- The loops that have is_here.
local loops = setmetatable({}, { __mode = "k" })

-- Returns the function that says whether the running coroutine can be suspended where it is. nginx has
-- it not, whose LuaJIT can nearly everywhere; PUC Lua 5.1 cannot say itself.
local function yieldable_test()
  if coroutine.isyieldable then return coroutine.isyieldable end
  if not rawget(_G, "jit") then return require("dynamo.wait").is_yieldable end
  return function()
    return true
  end
end
local is_yieldable = yieldable_test()

-- Returns a task for a coroutine that a loop of those with is_here resumes, or nil.
local function found(thread)
  for loop in next, loops do
    if loop:is_here() then return M.new(loop, thread) end
  end
end

--- Whether there has been any coroutine yet that a loop resumes, or a loop that has is_here.
M.any = false

--- Makes a coroutine known as one that a loop resumes.
-- @tparam table loop
-- @tparam thread thread
-- @treturn table its task
function M.new(loop, thread)
  local task = { loop = loop, thread = thread, is_waiting = false }
  tasks[thread], M.any = task, true
  return task
end

--- Returns nil, or what the option `loop` must be.
function M.loop_problem(value)
  if type(value) == "table" and value.suspend and value.wake and value.spawn then return nil end
  return ("must be a loop of dynamo.loop, not a %s"):format(type(value))
end

--- Makes known a loop that has is_here.
function M.know(loop)
  loops[loop], M.any = true, true
end

--- Returns the task of the running coroutine; nil if it must not be suspended.
function M.running()
  local thread = coroutine.running()
  local task = thread and (tasks[thread] or found(thread))
  return task and is_yieldable() and task or nil
end

--- Returns the task of the running coroutine, if it has one yet.
function M.known()
  local thread = coroutine.running()
  return thread and tasks[thread]
end

--- Makes a coroutine known as a part of the running one, which resumes it and hands on its yields.
function M.adopt(thread)
  tasks[thread] = M.known()
end

--- Suspends the running coroutine, which is the task's: see `suspend` of a loop, above.
function M.suspend(task, fd, mode, seconds)
  task.is_waiting = true
  task.loop:suspend(task, fd, mode, seconds)
  task.is_waiting = false
end

--- Makes a task go on, if it is suspended.
function M.wake(task)
  if task.is_waiting then task.loop:wake(task) end
end

--- Wakes all tasks that are suspended and of which is_wanted(task) says so.
function M.wake_all(is_wanted)
  for _, task in next, tasks do
    if task.is_waiting and is_wanted(task) then task.loop:wake(task) end
  end
end

return M
