-- SPDX-License-Identifier: MIT
local loops = require "dynamo.loop"
local own = require "dynamo.loop.own"
local tasks = require "dynamo.task"

describe("the loop of one's own", function()
  it("runs until all has ended, what is begun late too", function()
    local loop, count = own.new(), 0
    for i = 10, 1, -1 do
      loop:spawn(function()
        loops.wait(nil, nil, i / 500)
        count = count + 1
        loop:spawn(function()
          count = count + 1
        end)
      end)
    end
    loop:run()
    assert.equal(20, count)
    loop:run()
  end)

  it("lets others go on when one yields", function()
    local loop, order = own.new(), {}
    for i = 1, 2 do
      loop:spawn(function()
        for n = 1, 2 do
          order[#order + 1] = i .. n
          coroutine.yield()
        end
      end)
    end
    loop:run()
    assert.same({ "11", "21", "12", "22" }, order)
  end)

  it("hands on what is raised", function()
    local loop = own.new()
    loop:spawn(function()
      error("it", 0)
    end)
    assert.same({ false, "it" }, { pcall(loop.run, loop) })
  end)

  it("wakes one, once, whoever else does", function()
    local loop, ends = own.new(), 0
    local sleeper
    loop:spawn(function()
      sleeper = tasks.running()
      tasks.suspend(sleeper, nil, nil, 3600)
      ends = ends + 1
      tasks.suspend(sleeper, nil, nil, 0)
      ends = ends + 1
    end)
    loop:spawn(function()
      tasks.wake(sleeper)
      tasks.wake(sleeper)
    end)
    loop:run()
    assert.equal(2, ends)
  end)

  it("forgets a wait that was given up for another", function()
    local loop, count = own.new(), 0
    loop:spawn(function()
      local task = tasks.running()
      local inner = coroutine.create(function()
        tasks.suspend(task, nil, nil, 0.001)
      end)
      tasks.adopt(inner)
      coroutine.resume(inner)
      tasks.suspend(task, nil, nil, 0.02)
      count = count + 1
    end)
    loop:run()
    assert.equal(1, count)
  end)

  it("goes on with thousands at once", function()
    local loop, count = own.new(), 0
    for i = 1, 3000 do
      loop:spawn(function()
        for _ = 1, 3 do
          loops.wait(nil, nil, (i % 7) / 1000)
        end
        count = count + 1
      end)
    end
    loop:run()
    assert.equal(3000, count)
  end)
end)
