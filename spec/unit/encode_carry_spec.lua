-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local operations = require "dynamo.operations"

local MEMBERS = operations.by_method.update_item.members
local NAMES = MEMBERS.ExpressionAttributeNames

-- Returns the body of an update with these names.
local function body(names)
  return core.encode(operations.model, "UpdateItemInput", {
    TableName = "Table",
    Key = { a = 1 },
    UpdateExpression = "SET #b = #a",
    ExpressionAttributeNames = names,
  }, false)
end

local function names()
  return { ["#b"] = 'b"', ["#a"] = "größe", ["#n10"] = "n" }
end

describe("a map that carries its JSON", function()
  it("is sent as it would be without", function()
    local own = names()
    assert.is_true(core.carry_json(operations.model, NAMES, own))
    assert.are.same(names(), own)
    assert.are.equal(body(names()), body(own))
  end)

  it("is not read again", function()
    local own = names()
    core.carry_json(operations.model, NAMES, own)
    own["#a"] = "other"
    assert.are.equal(body(names()), body(own))
  end)

  it("is none that cannot be encoded, which stays as it was", function()
    local own = { ["#a"] = 5 }
    assert.is_false(core.carry_json(operations.model, NAMES, own))
    assert.is_nil(getmetatable(own))
    local json, problem = body(own)
    assert.is_nil(json)
    assert.are.equal("ExpressionAttributeNames.#a", problem.path)
  end)

  it("is none of another metatable, whatever that has", function()
    local own = setmetatable(names(), { "{}", "{}", true })
    assert.are.equal(body(names()), body(own))
  end)

  it("must be a table", function()
    assert.has_error(function()
      core.carry_json(operations.model, NAMES, "text")
    end)
  end)
end)
