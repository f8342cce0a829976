-- SPDX-License-Identifier: MIT
local nearest = require "dynamo.nearest"

describe("nearest", function()
  local members = { "ConsistentRead", "ConditionExpression", "Key", "TableName" }
  local cases = {
    { "ConsistantRead", "ConsistentRead" },
    { "consistent_read", "ConsistentRead" },
    { "TABLENAME", "TableName" },
    { "Keys", "Key" },
    { "ky", "Key" },
    { "Zebra", nil },
    { "", nil },
    { ("x"):rep(10000), nil },
  }
  for _, case in ipairs(cases) do
    it(("finds %s for %q"):format(tostring(case[2]), case[1]:sub(1, 20)), function()
      assert.are.equal(case[2], nearest.nearest(case[1], members))
    end)
  end

  it("prefers the exact name, then the alphabetically first of equals", function()
    assert.are.equal("bat", nearest.nearest("bat", { "cat", "bat" }))
    assert.are.equal("bat", nearest.nearest("hat", { "cat", "bat" }))
  end)

  it("words a hint, or none", function()
    assert.are.equal(', did you mean "Key"?', nearest.hint("Kye", members))
    assert.are.equal("", nearest.hint("Zebra", members))
    assert.are.equal("", nearest.hint(42, {}))
  end)

  it("says what is wrong with a name that is none", function()
    local known = { Key = true, TableName = true }
    assert.are.equal(
      'no member "Kye", did you mean "Key"?',
      nearest.unknown("no member", "Kye", known)
    )
    assert.are.equal('no member "a table"', nearest.unknown("no member", {}, known))
  end)

  it("raises for a field that a module has not, at the level asked for", function()
    local function read(name)
      nearest.no_field("mod", { "SetAction" }, name, 2)
    end
    local done, message = pcall(function()
      read "Setaction"
    end)
    assert.is_false(done)
    assert.matches("nearest_spec.lua:%d+: mod has no field", message)
    assert.matches(' "Setaction", did you mean "SetAction"%?$', message)
    assert.is_true((pcall(read, "__call")))
    assert.is_true((pcall(read, 1)))
  end)
end)
