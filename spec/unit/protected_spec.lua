-- SPDX-License-Identifier: MIT
local protected = require "dynamo.protected"

local is_puc_51 = _VERSION == "Lua 5.1" and not rawget(_G, "jit")

describe("protected", function()
  it("hands on what a function returns", function()
    assert.same({ true, 1, 2 }, { protected(function(...)
      return ...
    end, 1, 2) })
  end)

  it("catches what is raised outside of coroutines", function()
    local main = not coroutine.running() or select(2, coroutine.running())
    if not main and is_puc_51 then return pending("busted runs in a coroutine") end
    assert.same({ false, "oh" }, { protected(error, "oh", 0) })
  end)

  it("may be yielded across", function()
    local step = coroutine.wrap(function()
      return protected(function(value)
        return coroutine.yield(value)
      end, 1)
    end)
    assert.equal(1, step())
    assert.same({ true, 2 }, { step(2) })
  end)
end)
