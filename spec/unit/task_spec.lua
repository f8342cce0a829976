-- SPDX-License-Identifier: MIT
local tasks = require "dynamo.task"

describe("task", function()
  -- A loop that only notes what it is told.
  local function new_loop()
    local loop = { suspended = {}, woken = {} }
    function loop:suspend(task, ...)
      self.suspended[#self.suspended + 1] = { task, ... }
      coroutine.yield()
    end
    function loop:wake(task)
      self.woken[#self.woken + 1] = task
    end
    return loop
  end

  -- Returns a coroutine of a loop, and its task.
  local function started(loop, f)
    local thread = coroutine.create(f)
    return thread, tasks.new(loop, thread)
  end

  it("is known in the coroutine that a loop resumes, and in no other", function()
    local seen = {}
    local thread, task = started(new_loop(), function()
      seen[1] = tasks.running()
      coroutine.wrap(function()
        seen[2] = tasks.running() or "none"
      end)()
    end)
    assert.is_nil(tasks.running())
    assert(coroutine.resume(thread))
    assert.equal(task, seen[1])
    assert.equal("none", seen[2])
  end)

  it("is that of a part of its coroutine, too", function()
    local inner_task
    local thread, task = started(new_loop(), function()
      local inner = coroutine.create(function()
        inner_task = tasks.running()
      end)
      tasks.adopt(inner)
      assert(coroutine.resume(inner))
    end)
    assert(coroutine.resume(thread))
    assert.equal(task, inner_task)
  end)

  it("is not to be suspended where its coroutine cannot be", function()
    local within = {}
    local thread = started(new_loop(), function()
      table.sort({ 2, 1 }, function(a, b)
        within.sort = tasks.running() or "none"
        return a < b
      end)
      pcall(function()
        within.pcall = tasks.running() and "one" or "none"
      end)
      for _ in
        function()
          if within.generator then return nil end
          within.generator = tasks.running() and "one" or "none"
          return within.generator
        end
      do
        within.known = tasks.known() and "one" or "none"
      end
    end)
    assert(coroutine.resume(thread))
    local is_old = _VERSION == "Lua 5.1" and not rawget(_G, "jit")
    local here = is_old and "none" or "one"
    assert.same({ sort = "none", pcall = here, generator = here, known = "one" }, within)
  end)

  it("hands its waits to its loop, and is woken while it waits alone", function()
    local loop = new_loop()
    local thread, task = started(loop, function()
      tasks.suspend(tasks.running(), 7, "r", 2)
    end)
    tasks.wake(task)
    assert(coroutine.resume(thread))
    assert.same({ { task, 7, "r", 2 } }, loop.suspended)
    assert.same({}, loop.woken)
    tasks.wake(task)
    tasks.wake_all(function(other)
      return other == task
    end)
    assert.same({ task, task }, loop.woken)
    assert(coroutine.resume(thread))
    tasks.wake(task)
    assert.equal(2, #loop.woken)
  end)

  it("is made for a coroutine that a loop says it resumes", function()
    local loop, task = new_loop(), nil
    local thread = coroutine.create(function()
      assert.is_nil(tasks.known())
      task = tasks.running()
      assert.equal(task, tasks.known())
    end)
    function loop.is_here()
      return coroutine.running() == thread
    end
    tasks.know(loop)
    assert.is_nil(tasks.running())
    assert(coroutine.resume(thread))
    assert.equal(loop, task.loop)
  end)

  it("keeps no coroutine alive", function()
    local seen = setmetatable({}, { __mode = "k" })
    for _ = 1, 10 do
      local thread = started(new_loop(), function()
        tasks.suspend(tasks.running())
      end)
      seen[thread] = true
      assert(coroutine.resume(thread))
    end
    collectgarbage()
    collectgarbage()
    assert.is_true((next(seen)) == nil)
  end)
end)
