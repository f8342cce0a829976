-- SPDX-License-Identifier: MIT
-- Methods whose rooms are loaded by their first use.
local late = require "dynamo.late"

local ROOM = "spec.support.a_late_room"

describe("a late method", function()
  local loads, method

  before_each(function()
    loads = 0
    package.loaded[ROOM] = nil
    package.preload[ROOM] = function()
      loads = loads + 1
      return {
        twice = {
          read = function(knowledge, n)
            if type(n) ~= "number" then return nil, "n must be a number" end
            return { knowledge.factor * n }
          end,
          run = function(asked)
            return asked[1], "more"
          end,
        },
      }
    end
    method = late.method("thing", "twice", ROOM, function(self)
      if not self then return nil, "use thing:twice(...), with a colon" end
      return { factor = 2 }
    end)
  end)

  after_each(function()
    package.loaded[ROOM], package.preload[ROOM] = nil, nil
  end)

  it("loads its room by its first use, once", function()
    assert.are.equal(0, loads)
    assert.are.same({ 6, "more" }, { method({}, 3) })
    assert.are.same({ 8, "more" }, { method({}, 4) })
    assert.are.equal(1, loads)
  end)

  it("raises where it is called", function()
    local ok, message = pcall(function()
      return (method({}, "x"))
    end)
    assert.is_false(ok)
    assert.matches("^spec/unit/late_spec%.lua:%d+: thing:twice: n must be a number$", message)
    ok, message = pcall(function()
      return (method())
    end)
    assert.is_false(ok)
    assert.matches(
      "^spec/unit/late_spec%.lua:%d+: use thing:twice%(%.%.%.%), with a colon$",
      message
    )
  end)

  it("is explained where its room says how", function()
    local room = require(ROOM)
    local explain, asked = late.explainer("thing", "twice", ROOM, { factor = 2 }, 3)
    assert.is_nil(explain)
    assert.are.equal("thing:explain: not available for twice", asked)
    function room.twice.explain(of)
      return "shows " .. of[1]
    end
    explain, asked = late.explainer("thing", "twice", ROOM, { factor = 2 }, 3)
    assert.are.equal("shows 6", explain(asked))
    explain, asked = late.explainer("thing", "twice", ROOM, { factor = 2 }, "x")
    assert.is_nil(explain)
    assert.are.equal("thing:twice: n must be a number", asked)
  end)
end)
