-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local operations = require "dynamo.operations"
local problem = require "dynamo.problem"

-- Returns the error of parameters that cannot be encoded.
local function error_of(method, params)
  local operation = operations.by_method[method]
  local json, found = core.encode(operations.model, operation.input, params, false)
  assert.is_nil(json)
  return problem.to_error(found, method)
end

describe("problem.to_error", function()
  local key = { userId = "123" }
  local cases = {
    {
      "get_item",
      { TableName = "Users", Key = key, ConsistantRead = true },
      "unknown_member",
      "ConsistantRead",
      'get_item: unknown member "ConsistantRead", did you mean "ConsistentRead"?',
    },
    {
      "get_item",
      { TableName = "Users", Key = key, Zebra = true },
      "unknown_member",
      "Zebra",
      'get_item: unknown member "Zebra"',
    },
    {
      "get_item",
      { TableName = "Users" },
      "missing_member",
      "Key",
      'get_item: missing member "Key"',
    },
    {
      "transact_get_items",
      { TransactItems = { { Get = { TableName = "Users" } } } },
      "missing_member",
      "TransactItems[1].Get.Key",
      'TransactItems[1].Get: missing member "Key"',
    },
    {
      "transact_get_items",
      { TransactItems = { { Got = {} } } },
      "unknown_member",
      "TransactItems[1].Got",
      'TransactItems[1]: unknown member "Got", did you mean "Get"?',
    },
    {
      "scan",
      { TableName = "Users", Select = "COUNTS" },
      "enum",
      "Select",
      'Select: "COUNTS" is not a word it takes, did you mean "COUNT"?',
    },
    {
      "scan",
      { TableName = "Users", Select = "EVERYTHING" },
      "enum",
      "Select",
      'Select: "EVERYTHING" is not a word it takes; one of "ALL_ATTRIBUTES", '
        .. '"ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"',
    },
  }
  for i, case in ipairs(cases) do
    it(("words %s, case %d"):format(case[3], i), function()
      local err = error_of(case[1], case[2])
      assert.are.equal(case[5], err.message)
      assert.are.equal("validation", err.kind)
      assert.are.equal(case[3], err.code)
      assert.are.equal(case[4], err.path)
    end)
  end

  it("leaves other words to the encoder", function()
    local err =
      error_of("put_item", { TableName = "Users", Item = { tags = { 1, 2, { name = print } } } })
    assert.are.equal("Item.tags[3].name", err.path)
    assert.matches("^Item%.tags%[3%]%.name: a function is not an attribute value", err.message)
  end)
end)
