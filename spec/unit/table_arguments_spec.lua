-- SPDX-License-Identifier: MIT
local arguments = require "dynamo.table.arguments"
local operations = require "dynamo.operations"

local get = arguments.options_of(operations.by_method.get_item)
local update = arguments.options_of(operations.by_method.update_item)
local NOUN = { name = "Users" }

describe("arguments.options_of", function()
  it("are the API's members in snake_case, without what the verbs set and expressions replaced",
    function()
    assert.are.same({
      consistent_read = "ConsistentRead",
      names = "ExpressionAttributeNames",
      projection = "ProjectionExpression",
      return_consumed_capacity = "ReturnConsumedCapacity",
    }, get)
    assert.are.equal("ReturnValuesOnConditionCheckFailure",
      update.return_values_on_condition_check_failure)
    assert.are.equal("ConditionExpression", update.condition)
    for _, name in ipairs { "key", "table_name", "expected", "update_expression" } do
      assert.is_nil(update[name])
    end
  end)
end)

describe("arguments.params", function()
  it("turns options into members", function()
    local o = { condition = "a = :a", values = { [":a"] = 1 }, timeout = 3 }
    assert.are.same({
      TableName = "Users", ConditionExpression = "a = :a",
        ExpressionAttributeValues = { [":a"] = 1 },
    }, arguments.params(NOUN, update, o))
    assert.are.same({ TableName = "Users" }, arguments.params(NOUN, update, nil))
  end)

  local bad = {
    { { consistant_read = true },
      'unknown option "consistant_read", did you mean "consistent_read"?' },
    { { ConsistentRead = true },
      'unknown option "ConsistentRead", did you mean "consistent_read"?' },
    { { timeuot = 1 }, 'unknown option "timeuot", did you mean "timeout"?' },
    { { [1] = "x" }, 'unknown option "1"' },
    { { projection = {} }, "projection must be a string, not a table" },
    { { names = "x" }, "names must be a table, not a string" },
    { { timeout = 0 }, "timeout must be a number of seconds" },
    { { timeout = "5" }, "timeout must be a number of seconds" },
    { "ALL_NEW", "the options must be a table, not a string" },
  }
  for i, case in ipairs(bad) do
    it("says what is wrong, case " .. i, function()
      local params, problem = arguments.params(NOUN, get, case[1])
      assert.is_nil(params)
      assert.are.equal(1, (problem:find(case[2], 1, true)))
    end)
  end
end)
