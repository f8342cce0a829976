-- SPDX-License-Identifier: MIT
local guard = require "dynamo.guard"

local unpack = table.unpack or unpack

local function never()
  return false
end
local function always()
  return true
end

-- Runs f in a coroutine, resuming it with 1, 2, 3, ... Returns what it yielded, and its results.
local function run(f, ...)
  local thread, yielded = coroutine.create(f), {}
  local results = { coroutine.resume(thread, ...) }
  while coroutine.status(thread) ~= "dead" do
    yielded[#yielded + 1] = results[2]
    assert(#yielded < 100, "it does not end")
    results = { coroutine.resume(thread, #yielded) }
  end
  assert(results[1], results[2])
  return yielded, { unpack(results, 2) }
end

describe("guard", function()
  it("returns what a function returns, nils too", function()
    assert.are.same(
      { n = 4, true, nil, "a", nil },
      (function(...)
        return { n = select("#", ...), ... }
      end)(guard.call(never, function(a, b)
        return b, a, nil
      end, "a", nil))
    )
  end)

  it("catches what a function raises", function()
    local ok, why, raised = guard.call(never, function()
      error({ 7 })
    end)
    assert.are.same({ false, "raised", { 7 } }, { ok, why, raised })
  end)

  it("hands on what a function yields, and what it is resumed with", function()
    local yielded, results = run(function()
      return guard.call(never, function()
        return coroutine.yield("one") + coroutine.yield("two")
      end)
    end)
    assert.are.same({ "one", "two" }, yielded)
    assert.are.same({ true, 3 }, results)
  end)

  it("catches what a function raises after it yielded", function()
    local _, results = run(function()
      return guard.call(never, function()
        coroutine.yield()
        error("late", 0)
      end)
    end)
    assert.are.same({ false, "raised", "late" }, results)
  end)

  it("gives a function up that yields for ever", function()
    local yields = 0
    local _, results = run(function()
      return guard.call(function()
        return yields >= 5
      end, function()
        while true do
          yields = yields + 1
          coroutine.yield()
        end
      end)
    end)
    assert.are.same({ false, "late" }, results)
    assert.are.equal(5, yields)
  end)

  it("does not give up who does not yield", function()
    assert.are.same({ true, 1 }, { guard.call(always, function()
      return 1
    end) })
  end)

  it("says when there is nobody to yield to", function()
    local ok, why
    local function outside()
      ok, why = guard.call(never, coroutine.yield)
    end
    -- What a sort compares by cannot yield, nor can the program itself.
    table.sort({ 2, 1 }, function(a, b)
      outside()
      return a < b
    end)
    if coroutine.isyieldable then assert.are.same({ false, "stuck" }, { ok, why }) end
    if not coroutine.running() then
      outside()
      assert.are.same({ false, "stuck" }, { ok, why })
    end
  end)

  -- An event loop that keeps coroutine.running() and resumes it from its callback.
  for _, ending in ipairs { "returns", "raises" } do
    it("wakes its caller when an event loop resumes the function, which " .. ending, function()
      local callback
      local function wait()
        local thread = coroutine.running()
        callback = function()
          return coroutine.resume(thread, "event")
        end
        return coroutine.yield()
      end
      local results
      local outer = coroutine.create(function()
        results = {
          guard.call(never, function()
            wait()
            local event = wait()
            if ending == "raises" then error(event, 0) end
            return event
          end),
        }
        wait()
        results.went_on = true
      end)
      coroutine.resume(outer)
      callback()
      callback()
      if ending == "raises" and _VERSION == "Lua 5.1" and not rawget(_G, "jit") then
        return assert.is_nil(results) -- no pcall to yield across: the cache's deadline must help
      end
      local expected = ending == "raises" and { false, "raised", "event" } or { true, "event" }
      assert.are.same(expected, results)
      callback()
      assert.is_true(results.went_on)
    end)
  end

  it("leaves its caller alone after it gave up", function()
    local callback
    local outer = coroutine.create(function()
      guard.call(always, function()
        local thread = coroutine.running()
        callback = function()
          return coroutine.resume(thread)
        end
        coroutine.yield()
      end)
      coroutine.yield("elsewhere")
      return "resumed"
    end)
    assert.are.same({ true, "elsewhere" }, { coroutine.resume(outer) })
    callback()
    assert.are.equal("suspended", coroutine.status(outer))
  end)
end)
