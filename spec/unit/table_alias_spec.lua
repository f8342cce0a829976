-- SPDX-License-Identifier: MIT
local alias = require "dynamo.table.alias"

describe("an alias space", function()
  it("counts names and values apart, and never meets the user's", function()
    local names, values = { ["#n1"] = "theirs" }, { [":v0"] = 1, [":v2"] = 2 }
    local params = { ExpressionAttributeNames = names, ExpressionAttributeValues = values }
    local space = alias.new(params)
    assert.are.equal("#n0", space:name("a"))
    assert.are.equal("#n2", space:name("b"))
    assert.are.equal(":v1", space:value("x"))
    assert.are.equal(":v3", space:value(false))
    space:store(params)
    assert.are.same({ ["#n0"] = "a", ["#n1"] = "theirs", ["#n2"] = "b" },
      params.ExpressionAttributeNames)
    assert.are.same({ [":v0"] = 1, [":v1"] = "x", [":v2"] = 2, [":v3"] = false },
      params.ExpressionAttributeValues)
    assert.are.same({ ["#n1"] = "theirs" }, names)
    assert.are.same({ [":v0"] = 1, [":v2"] = 2 }, values)
  end)

  it("stores no empty member", function()
    local params = { ExpressionAttributeNames = {} }
    alias.new(params):store(params)
    assert.are.same({}, params)
  end)
end)
