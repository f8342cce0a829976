-- SPDX-License-Identifier: MIT
-- What is done beside the caller.
local dynamo = require "dynamo"
local ahead = require "dynamo.table.ahead"
local loops = require "dynamo.loop"
local nap = require "support.nap"
local side_loops = require "support.loops"

side_loops.each("what is begun ahead", function(loop)
  it("goes on while its caller does something else", function()
    local order, results = {}, nil
    loop.run(function()
      local begun = ahead.begin(function(...)
        order[#order + 1] = "begun"
        loops.wait(nil, nil, 0.001)
        order[#order + 1] = "ended"
        return select("#", ...), ...
      end, nil, "b", nil)
      order[#order + 1] = "caller"
      loops.wait(nil, nil, 0.02)
      results = { ahead.wait(begun) }
    end)
    assert.same({ "caller", "begun", "ended" }, order)
    assert.same({ 3, nil, "b" }, results)
  end)

  it("is waited for", function()
    local result
    loop.run(function()
      result = ahead.wait(ahead.begin(nap(0.005, "value")))
    end)
    assert.equal("value", result)
  end)

  it("is ended by whoever drops it, and by what ends the caller", function()
    local told, stop = {}, dynamo.canceller()
    loop.run(function()
      ahead.drop(ahead.begin(function()
        told[1] = loops.wait(nil, nil, 10)
      end))
    end)
    loop.run(function()
      local wait = nap(10)
      loops.under(require("dynamo.loop.canceller").stop_of(stop), function()
        local begun = ahead.begin(function()
          told[2] = select(2, wait())
        end)
        loops.wait(nil, nil, 0.001)
        stop:cancel()
        ahead.wait(begun)
      end)
    end)
    assert.same({ "Cancelled", "Cancelled" }, told)
  end)
end)

describe("what is begun ahead", function()
  it("is nothing where nobody could go on meanwhile", function()
    assert.is_nil(ahead.begin(error))
    coroutine.wrap(function()
      assert.is_nil(ahead.begin(error))
    end)()
  end)

  it("raises where it is waited for", function()
    local _, message = dynamo.together {
      function()
        return ahead.wait(ahead.begin(error, "no", 0))
      end,
    }
    assert.equal("1 of 1 failed: no", message)
  end)

  it("is done again where it cannot be waited for", function()
    local calls, result = 0, nil
    assert(dynamo.together {
      function()
        local begun = ahead.begin(function()
          calls = calls + 1
          return calls
        end)
        coroutine.wrap(function()
          result = ahead.wait(begun)
        end)()
      end,
    })
    assert.same({ 1, 2 }, { result, calls })
  end)
end)
