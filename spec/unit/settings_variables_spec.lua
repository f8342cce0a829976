-- SPDX-License-Identifier: MIT
local variables = require "dynamo.settings.variables"

describe("variables.first", function()
  local set = { ONE = "1", TWO = " 2", BLANK = " \t" }
  local function first(...)
    return variables.first(function(name)
      return set[name]
    end, { ... })
  end

  it("takes the first that is there and not blank, as it is", function()
    assert.are.same({ "1", "ONE" }, { first("UNSET", "BLANK", "ONE", "TWO") })
    assert.are.same({ " 2", "TWO" }, { first("TWO", "ONE") })
  end)

  it("is nothing where there is none", function()
    assert.is_nil((first("UNSET", "BLANK")))
    assert.is_nil((first()))
  end)
end)
