-- SPDX-License-Identifier: MIT
local curl = require "dynamo.curl"
local loops = require "dynamo.loop"
local own = require "dynamo.loop.own"
local press = require "support.press"
local tasks = require "dynamo.task"

-- Runs functions in a loop of their own; returns the loop.
local function run(...)
  local loop = own.new()
  for _, f in ipairs { ... } do
    loop:spawn(f)
  end
  loop:run()
  return loop
end

describe("loop.wait", function()
  it("keeps the process waiting outside of a loop, and others going on within", function()
    local start, is_over = curl.monotonic(), false
    assert.is_true(loops.is_blocking())
    assert.is_nil(loops.wait(nil, nil, 0.01))
    assert.is_true(curl.monotonic() - start >= 0.01)
    run(function()
      assert.is_false(loops.is_blocking())
      repeat
        assert.is_nil(loops.wait(nil, nil, 0.001))
      until is_over
    end, function()
      assert.is_nil(loops.wait(nil, nil, 0.01))
      is_over = true
    end)
  end)

  it("blocks in a coroutine of the program's own", function()
    local order = {}
    run(function()
      local generator = coroutine.wrap(function()
        assert.is_true(loops.is_blocking())
        loops.wait(nil, nil, 0.02)
        coroutine.yield "value"
      end)
      order[#order + 1] = generator()
    end, function()
      order[#order + 1] = "other"
    end)
    assert.same({ "value", "other" }, order)
  end)

  it("is given up when SIGINT comes, and all later ones of the loop", function()
    assert.equal("Interrupted", press(loops.wait, nil, nil, 3600))
    local reasons = {}
    local loop = press(run, function()
      reasons[1] = loops.wait(nil, nil, 3600)
      reasons[2] = loops.wait(nil, nil, 3600)
      reasons[3] = loops.ended()
    end, function()
      reasons[4] = loops.wait(nil, nil, 3600)
    end)
    assert.is_true(loop.interrupted)
    assert.same({ "Interrupted", "Interrupted", "Interrupted", "Interrupted" }, reasons)
  end)
end)

describe("loop.under", function()
  it("ends the waits within, and no other", function()
    local stop, reasons = { cancelled = false }, {}
    run(function()
      loops.under(stop, function()
        assert.is_nil(loops.ended())
        stop.cancelled = true
        reasons.within = loops.wait(nil, nil, 3600)
        reasons.ended = loops.ended()
      end)
      reasons.after = loops.wait(nil, nil, 0) or "none"
    end, function()
      reasons.other = loops.wait(nil, nil, 0) or "none"
    end)
    assert.same(
      { within = "Cancelled", ended = "Cancelled", after = "none", other = "none" },
      reasons
    )
  end)

  it("hands on what is returned and what is raised", function()
    local stop = { cancelled = false }
    local function pair(...)
      return select("#", ...), ...
    end
    assert.same({ 2, 1, nil }, { loops.under(stop, pair, 1, nil) })
    run(function()
      assert.same({ 2, 1, nil }, { loops.under(stop, pair, 1, nil) })
      assert.is_nil(tasks.running().scope)
    end)
    local raised
    local loop = own.new()
    loop:spawn(function()
      loops.under(stop, error, "it", 0)
    end)
    raised = select(2, pcall(loop.run, loop))
    assert.equal("it", raised)
  end)

  it("is within what is around it", function()
    local outer, inner = { cancelled = false }, { cancelled = false }
    local reasons = {}
    run(function()
      loops.under(outer, loops.under, inner, function()
        outer.cancelled = true
        reasons[1] = loops.ended()
        outer.cancelled, inner.cancelled = false, true
        reasons[2] = loops.ended()
      end)
    end)
    assert.same({ "Cancelled", "Cancelled" }, reasons)
  end)
end)
