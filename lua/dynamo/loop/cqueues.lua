-- SPDX-License-Identifier: MIT
-- The controllers of cqueues, which resume their coroutines themselves.
-- @see https://github.com/wahern/cqueues
local given = require "dynamo.given"
local tasks = require "dynamo.task"

local M = {}

local Loop = {}
Loop.__index = Loop

-- A coroutine within one of the controller's is none of its own.
function Loop:is_here()
  local controller, is_own = self.cqueues.running()
  return is_own and controller == self.controller
end

--- Runs f in a coroutine of the controller, as its `wrap` does.
-- @function spawn
-- @tparam function f
function Loop:spawn(f, ...)
  given.no_more("loop:spawn", ...)
  self.controller:wrap(f)
end

-- Makes cqueues forget a descriptor before that is closed: the next of its number is another one.
local function forget(self, task)
  if task.fd then self.controller:cancel(task.fd) end
  task.fd = nil
end

function Loop:suspend(task, fd, mode, seconds)
  task.bell = task.bell or self.new_bell()
  if not fd then return self.cqueues.poll(task.bell, seconds) end
  task.fd = fd
  self.cqueues.poll({ pollfd = fd, events = mode }, task.bell, seconds)
  forget(self, task)
end

function Loop:wake(task)
  forget(self, task)
  task.bell:signal()
end

--- Returns the loop of a controller: in each of its coroutines a call waits without keeping others
-- from anything.
-- @tparam object controller what `cqueues.new()` gave
-- @treturn table loop, with :spawn(f)
-- @usage
-- local cq = cqueues.new()
-- local db = dynamo.new { loop = dynamo.loop.cqueues(cq) }
-- cq:wrap(function() db:list_tables() end)
-- assert(cq:loop())
function M.cqueues(controller, ...)
  given.no_more("dynamo.loop.cqueues", ...)
  local cqueues = require "cqueues"
  if cqueues.type(controller) ~= "controller" then
    error("dynamo.loop.cqueues: what cqueues.new() gave expected", 2)
  end
  local loop = {
    controller = controller,
    cqueues = cqueues,
    new_bell = require("cqueues.condition").new,
  }
  tasks.know(setmetatable(loop, Loop))
  return loop
end

return M
