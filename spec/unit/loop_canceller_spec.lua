-- SPDX-License-Identifier: MIT
local canceller = require "dynamo.loop.canceller"
local dynamo = require "dynamo"
local loops = require "dynamo.loop"
local own = require "dynamo.loop.own"

describe("canceller", function()
  it("is cancelled once and for all", function()
    local stop = dynamo.canceller()
    assert.is_false(stop:is_cancelled())
    assert.equal("dynamo canceller", tostring(stop))
    stop:cancel()
    stop:cancel()
    assert.is_true(stop:is_cancelled())
    assert.equal("dynamo canceller (cancelled)", tostring(stop))
    assert.is_false(dynamo.canceller():is_cancelled())
  end)

  it("wakes those that wait under it, at any depth, and no other", function()
    local outer, inner, other = dynamo.canceller(), dynamo.canceller(), dynamo.canceller()
    local reasons = {}
    local loop = own.new()
    local function under(name, seconds, ...)
      local stops = { ... }
      local function wait()
        reasons[name] = loops.wait(nil, nil, seconds) or "over"
      end
      for _, stop in ipairs(stops) do
        local within = wait
        wait = function()
          loops.under(canceller.stop_of(stop), within)
        end
      end
      loop:spawn(wait)
    end
    under("both", 3600, inner, outer)
    under("one", 3600, outer)
    under("other", 0.02, other)
    under("none", 0.02)
    loop:spawn(function()
      outer:cancel()
    end)
    loop:run()
    assert.same({ both = "Cancelled", one = "Cancelled", other = "over", none = "over" }, reasons)
  end)

  it("refuses what is no use of it", function()
    local stop = dynamo.canceller()
    for _, f in ipairs {
      function()
        stop.cancel()
      end,
      function()
        stop:cancel(false)
      end,
      function()
        stop:is_cancelled(1)
      end,
      function()
        dynamo.canceller(1)
      end,
    } do
      local done, message = pcall(f)
      assert.is_false(done)
      assert.matches("loop_canceller_spec.lua:%d+: ", message)
    end
    assert.is_nil(canceller.problem(stop))
    assert.equal("must be what dynamo.canceller() gives, not a table", canceller.problem {})
    assert.equal("must be what dynamo.canceller() gives, not a boolean", canceller.problem(true))
  end)
end)
