-- SPDX-License-Identifier: MIT
local environment = require "dynamo.settings.environment"

describe("environment.first", function()
  local variables = { ONE = "1", TWO = " 2", BLANK = " \t" }
  local function first(...)
    return environment.first(function(name)
      return variables[name]
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
