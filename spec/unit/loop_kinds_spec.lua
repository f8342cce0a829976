-- SPDX-License-Identifier: MIT
-- Loops of other libraries: what is promised of each, and what each refuses.
local curl = require "dynamo.curl"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local fake_transport = require "support.fake_transport"
local hosts = require "support.loops"
local loops = require "dynamo.loop"
local nap = require "support.nap"
local tasks = require "dynamo.task"

hosts.each("waiting", function(host)
  it("lets others go on", function()
    local start, turns, is_over = curl.monotonic(), 0, false
    host.run(function()
      assert.is_false(loops.is_blocking())
      assert.is_nil(loops.wait(nil, nil, 0.02))
      assert.is_true(curl.monotonic() - start >= 0.0185)
      is_over = turns > 0
    end, function()
      repeat
        turns = turns + 1
        loops.wait(nil, nil, 0)
      until is_over
    end)
    assert.is_true(is_over)
  end)

  it("is ended by a canceller", function()
    local stop, results, message = dynamo.canceller(), nil, nil
    host.run(function()
      results, message = dynamo.together({ nap(3600), nap(3600) }, { cancel = stop })
    end, function()
      loops.wait(nil, nil, 0.001)
      stop:cancel()
    end)
    assert.is_nil(results)
    assert.equal("2 of 2 failed: Cancelled", message)
  end)

  it("works side by side, and within that", function()
    local results, count
    host.run(function()
      results = dynamo.together {
        nap(0.01, 1),
        function()
          return dynamo.together({ nap(0.001, 2), nap(0.001, 3) })[2]
        end,
      }
    end, function()
      count = dynamo.each({ 1, 2, 3, 4, 5 }, nap(0.001), { in_flight = 2 })
    end)
    assert.same({ 1, 3, n = 2 }, results)
    assert.equal(5, count)
  end)

  it("blocks in a coroutine of the program's own", function()
    local value
    host.run(function()
      value = coroutine.wrap(function()
        assert.is_true(loops.is_blocking())
        loops.wait(nil, nil, 0.001)
        return "value"
      end)()
    end)
    assert.equal("value", value)
  end)

  it("is of a client that is bound to it", function()
    local options = fake_client.options(fake_transport.new { { status = 200, body = "{}" } })
    options.loop = host.loop
    local db = dynamo.new(options)
    host.run(function()
      assert(db:list_tables())
    end)
  end)

  it("is woken once, and early waits are forgotten", function()
    local sleeper, ends = nil, 0
    host.run(function()
      sleeper = tasks.running()
      tasks.suspend(sleeper, nil, nil, 3600)
      ends = ends + 1
      tasks.suspend(sleeper, nil, nil, 0.001)
      ends = ends + 1
    end, function()
      loops.wait(nil, nil, 0.001)
      tasks.wake(sleeper)
    end)
    assert.equal(2, ends)
  end)
end)

describe("dynamo.loop", function()
  local bad = {
    { "luv", {}, 'what require "luv" gave expected' },
    { "luv", nil, 'what require "luv" gave expected' },
    { "cqueues", {}, "what cqueues.new%(%) gave expected", "cqueues" },
    { "new", {}, "{ watch, after } expected, both functions" },
    { "new", { watch = print }, "{ watch, after } expected, both functions" },
    { "new", nil, "{ watch, after } expected, both functions" },
  }
  for i, case in ipairs(bad) do
    it("refuses what is no loop, case " .. i, function()
      if case[4] and not pcall(require, case[4]) then return pending("there is no " .. case[4]) end
      local done, message = pcall(function()
        local _ = dynamo.loop[case[1]](case[2])
      end)
      assert.is_false(done)
      assert.matches("loop_kinds_spec.lua:%d+: dynamo.loop." .. case[1] .. ": ", message)
      assert.matches(case[3], message)
    end)
  end

  it("names the nearest of what it has", function()
    local done, message = pcall(function()
      local _ = dynamo.loop.lub
    end)
    assert.is_false(done)
    assert.matches('dynamo.loop has no field "lub", did you mean "luv"?', message, 1, true)
    assert.is_nil(dynamo.loop._NAME)
  end)
end)

describe("a loop of functions", function()
  -- A loop that calls what is due when it is told to.
  local function manual()
    local due = {}
    local function add(f)
      due[#due + 1] = f
      local place = #due
      return function()
        due[place] = false
      end
    end
    local loop = dynamo.loop.new {
      watch = function(_, _, f)
        return add(f)
      end,
      after = function(_, f)
        return add(f)
      end,
    }
    return loop,
      function()
        local at = 1
        while at <= #due do
          local f = due[at]
          due[at] = false
          if f then f() end
          at = at + 1
        end
      end
  end

  it("watches for a descriptor or a time, and ends the one for the other", function()
    local loop, run = manual()
    local seen = {}
    loop:spawn(function()
      seen[1] = loops.wait(7, "r", 5) or "ready"
      coroutine.yield()
      seen[2] = loops.wait(7, "w") or "ready"
    end)
    assert.same({}, seen)
    run()
    assert.same({ "ready", "ready" }, seen)
  end)

  it("raises what its coroutines raise", function()
    local loop, run = manual()
    loop:spawn(function()
      error("it", 0)
    end)
    assert.same({ false, "it" }, { pcall(run) })
  end)

  it("spawns functions alone", function()
    local loop = manual()
    for _, arguments in ipairs { {}, { 5 }, { print, 5 } } do
      local done, message = pcall(function()
        loop:spawn(arguments[1], arguments[2])
      end)
      assert.is_false(done)
      assert.matches("loop_kinds_spec.lua:%d+: ", message)
    end
  end)
end)
