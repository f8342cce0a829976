-- SPDX-License-Identifier: MIT
local given = require "dynamo.given"

describe("given.no_more", function()
  local function takes_one(_, ...)
    given.no_more("takes_one", ...)
  end

  it("is content with nothing, and with nils", function()
    takes_one()
    takes_one(1)
    takes_one(1, nil, nil)
  end)

  it("raises at the line of the call on anything else, false too", function()
    for _, surplus in ipairs { 2, false, "x", {} } do
      local done, message = pcall(function()
        takes_one(1, nil, surplus)
      end)
      assert.is_false(done)
      assert.matches(
        "given_spec.lua:%d+: takes_one: one argument too many, a " .. type(surplus),
        message
      )
    end
  end)
end)

describe("given.list_problem", function()
  it("is nil for a sequence, with any metatable", function()
    assert.is_nil(given.list_problem {})
    assert.is_nil(given.list_problem { 1, false, "x" })
    local meta = {
      __index = function()
        error "asked"
      end,
    }
    assert.is_nil(given.list_problem(setmetatable({ 1 }, meta)))
  end)

  it("tells what would be lost", function()
    assert.matches("a hole before %[3%]", given.list_problem { 1, nil, 3 })
    assert.matches("beside its elements %[n%]", given.list_problem { 1, n = 1 })
    assert.matches("a hole before %[0.5%]", given.list_problem { [0.5] = 1 })
    assert.matches("beside its elements %[true%]", given.list_problem { [true] = 1 })
  end)
end)
