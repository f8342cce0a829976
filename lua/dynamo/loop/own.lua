-- SPDX-License-Identifier: MIT
-- The loop of programs that have none: it runs until all its coroutines have ended.
local interrupts = require "dynamo.loop.interrupts"
local tasks = require "dynamo.task"
local wait = require "dynamo.wait"

local M = {}

local Loop = {}
Loop.__index = Loop

--- Makes a loop.
-- @treturn table loop; `interrupted`: SIGINT came, and no wait goes on
function M.new()
  return setmetatable({
    set = wait.new(),
    waiting = {}, -- number -> task that is in the set
    ready = {}, -- tasks to be resumed, so many of them:
    ready_count = 0,
    turn = {}, -- those that are resumed one after the other just now
    over = {}, -- what the set said last
    begun = 0, -- tasks so far; each has its number from it
    alive = 0,
    interrupted = false,
  }, Loop)
end

-- Takes a task out of the set, if it is there.
local function take_out(self, task)
  if not self.waiting[task.number] then return end
  self.waiting[task.number] = nil
  self.set:remove(task.number)
end

local function make_ready(self, task)
  if task.is_ready then return end
  task.is_ready = true
  local count = self.ready_count + 1
  self.ready[count], self.ready_count = task, count
end

function Loop:spawn(f)
  local task = tasks.new(self, coroutine.create(f))
  self.begun = self.begun + 1
  task.number = self.begun
  self.alive = self.alive + 1
  make_ready(self, task)
end

function Loop:suspend(task, fd, mode, seconds)
  local waiting, number = self.waiting, task.number
  if waiting[number] then take_out(self, task) end -- a wait that was given up for this one
  if fd or seconds then
    self.set:add(number, fd, mode, seconds)
    waiting[number] = task
  end
  coroutine.yield()
end

function Loop:wake(task)
  take_out(self, task)
  make_ready(self, task)
end

-- Runs a task until it waits. One that yields by itself lets others go on.
local function run(self, task)
  task.is_ready = false
  local ok, raised = coroutine.resume(task.thread)
  if ok and task.is_waiting then return end
  if coroutine.status(task.thread) == "dead" then
    self.alive = self.alive - 1
    if not ok then error(raised, 0) end
  else
    make_ready(self, task)
  end
end

-- Makes all that waits go on: it will be told that it is to wait no more.
local function interrupt(self)
  self.interrupted = true
  interrupts.note()
  for _, task in next, self.waiting do
    make_ready(self, task)
  end
  self.set, self.waiting = wait.new(), {}
end

-- Finds out whose waits are over; waits for that, if nobody is ready.
local function look(self)
  local count, interrupted = self.set:poll(self.ready_count == 0, self.over, interrupts.hand_on)
  for i = 1, count do
    local number = self.over[i]
    make_ready(self, self.waiting[number])
    self.waiting[number] = nil
  end
  if interrupted then interrupt(self) end
end

--- Resumes the coroutines until all have ended.
function Loop:run()
  while self.alive > 0 do
    look(self)
    local ready, count = self.ready, self.ready_count
    self.ready, self.turn, self.ready_count = self.turn, ready, 0
    for i = 1, count do
      run(self, ready[i])
    end
  end
end

return M
