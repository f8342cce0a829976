-- SPDX-License-Identifier: MIT
local operations = require "dynamo.operations"
local request_check = require "dynamo.embedded.request_check"

-- Returns what is said of a request, nil for nothing.
local function said(operation, request)
  local ok, raised = pcall(request_check.check, operations.find(operation), request)
  if not ok then return raised.message end
end

local ITEM = { id = { S = "1" } }

describe("a request is checked by its model:", function()
  it("one that is fine is not refused", function()
    assert.is_nil(said("PutItem", { TableName = "Users", Item = ITEM, ReturnValues = "ALL_OLD" }))
    assert.is_nil(said("GetItem", { TableName = "arn:aws:dynamodb:x:1:table/Users", Key = ITEM }))
  end)

  for name, row in pairs {
    [""] = "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than "
      .. "or equal to 1",
    ["a b"] = "Value 'a b' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
      .. "expression pattern: [a-zA-Z0-9_.-]+",
    [("a"):rep(256)] = ("Value '%s' at 'tableName' failed to satisfy constraint: Member must have "):format(
      ("a"):rep(256)
    ) .. "length less than or equal to 255",
  } do
    it(("the name %q is told alone"):format(name:sub(1, 5)), function()
      local request = { TableName = name, ReturnValues = "X" }
      assert.equal("1 validation error detected: " .. row, said("PutItem", request))
    end)
  end

  it("what is missing and what is no word of an enumeration, all at once", function()
    local message = said("PutItem", {
      TableName = "Users",
      ReturnValues = "ALL",
      ReturnConsumedCapacity = "ALL",
    })
    assert.truthy(message:find("^3 validation errors detected: "))
    for _, place in ipairs { "'item'", "'returnConsumedCapacity'", "'returnValues'" } do
      assert.truthy(message:find(place, 1, true))
    end
  end)

  it("a word within lists, by its place", function()
    assert.equal(
      "1 validation error detected: Value 'X' at 'attributeDefinitions.1.member.attributeType' failed "
        .. "to satisfy constraint: Member must satisfy enum value set: [B, N, S]",
      said("CreateTable", {
        TableName = "Users",
        AttributeDefinitions = { { AttributeName = "id", AttributeType = "X" } },
      })
    )
  end)

  it("a new table has a name", function()
    assert.equal(
      "The parameter 'TableName' is required but was not present in the request",
      said("CreateTable", {})
    )
  end)
end)
