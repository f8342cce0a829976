-- SPDX-License-Identifier: MIT
local positional = require "dynamo.table.positional"

local NOUN, WORDS = { options = {} }, { limit = true, filter = true }

local function split(...)
  return positional.split(NOUN, WORDS, "condition", ...)
end

describe("positional.split", function()
  it("gives a value to each ?, and the options", function()
    local o = { limit = 1 }
    local values, options, problem = split("a = ? AND b > ?", 1, "x", o)
    assert.is_nil(problem)
    assert.are.same({ 2, 1, "x" }, { values.n, values[1], values[2] })
    assert.are.equal(o, options)
  end)

  it("gives nothing to a text without ?, nor to what is no text", function()
    local o = { limit = 1 }
    assert.are.same({ n = 2, nil, o }, { n = 2, split("a = 1", o) })
    assert.are.same({ n = 2, nil, o }, { n = 2, split({ "a = ?", 1 }, o) })
    assert.are.same({ n = 2 }, { n = 2, split("a = 1") })
  end)

  it("takes a map for a value where one is due", function()
    local values, options = split("a = ?", { b = 1 })
    assert.are.same({ n = 1, { b = 1 } }, values)
    assert.is_nil(options)
  end)

  it("leaves what is wrong with a text to who reads it", function()
    assert.is_nil((select(3, split("a = = ?", 1))))
  end)

  local wrong = {
    { { "a = ?" }, "no value for ? number 1 of 1" },
    { { "a = ? AND b = ?", 1 }, "no value for ? number 2 of 2" },
    { { "a = ?", { limit = 1 } }, "no value for ? number 1 of 1: the options stand there; a map" },
    { { "a = 1", {}, 2 }, "2 arguments behind 0 ? of the expression" },
    { { "a = ?", 1, {}, 2 }, "3 arguments behind 1 ? of the expression" },
  }
  for i, case in ipairs(wrong) do
    it(("says what is wrong, case %d"):format(i), function()
      local values, o, problem = split((table.unpack or unpack)(case[1]))
      assert.is_nil(values)
      assert.is_nil(o)
      assert.are.equal(1, (problem:find(case[2], 1, true)), problem)
    end)
  end
end)
