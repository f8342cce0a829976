-- SPDX-License-Identifier: MIT
local arguments = require "dynamo.table.arguments"
local operations = require "dynamo.operations"

local get = arguments.options_of("get", operations.by_method.get_item)
local update = arguments.options_of("update", operations.by_method.update_item)
local upsert = arguments.options_of("upsert", operations.by_method.update_item)
local NOUN = { name = "Users", options = { version = true } }

describe("arguments.options_of", function()
  it("are the API's members in snake_case and our own words, without what the verbs set", function()
    assert.are.same({
      cancel = true,
      consistent_read = "ConsistentRead",
      names = true,
      projection = true,
      required = true,
      return_consumed_capacity = "ReturnConsumedCapacity",
      timeout = true,
    }, get)
    assert.are.equal(
      "ReturnValuesOnConditionCheckFailure",
      update.return_values_on_condition_check_failure
    )
    for _, name in ipairs { "condition", "names", "values", "once", "if_newer" } do
      assert.is_true(update[name])
    end
    assert.is_nil(update.ignore_nulls)
    assert.is_true(upsert.ignore_nulls)
    for _, name in ipairs { "key", "table_name", "expected", "update_expression" } do
      assert.is_nil(update[name])
    end
    assert.is_nil(arguments.options_of("delete", operations.by_method.delete_item).if_newer)
  end)
end)

describe("arguments.words_of", function()
  it("are what the user calls the members", function()
    local words = arguments.words_of(update)
    assert.are.equal("condition", words.ConditionExpression)
    assert.are.equal("values", words.ExpressionAttributeValues)
    assert.are.equal("expression", words.UpdateExpression)
    assert.are.equal("return_values", words.ReturnValues)
  end)
end)

describe("arguments.params", function()
  it("turns options into members, and keeps the others apart", function()
    local o =
      { condition = "a = :a", values = { [":a"] = 1 }, timeout = 3, return_values = "ALL_NEW" }
    local params, extras = arguments.params(NOUN, update, o)
    assert.are.same({ TableName = "Users", ReturnValues = "ALL_NEW" }, params)
    assert.are.same({ condition = "a = :a", values = { [":a"] = 1 }, timeout = 3 }, extras)
    params, extras = arguments.params(NOUN, update, nil)
    assert.are.same({ TableName = "Users" }, params)
    assert.are.same({}, extras)
  end)

  it("takes the options of extensions for writes alone", function()
    local _, extras = arguments.params(NOUN, update, { version = 3 })
    assert.are.same({ version = 3 }, extras)
    local params, problem = arguments.params(NOUN, get, { version = 3 })
    assert.is_nil(params)
    assert.matches('unknown option "version"', problem, 1, true)
  end)

  it("takes an expression as text, with values or as an object", function()
    local object = setmetatable({}, { __metatable = "locked" })
    for _, condition in ipairs { "a = 1", { "a = ?", 1 }, object } do
      assert.is_table(arguments.params(NOUN, update, { condition = condition }))
    end
  end)

  local bad = {
    {
      { consistant_read = true },
      'unknown option "consistant_read", did you mean "consistent_read"?',
    },
    {
      { ConsistentRead = true },
      'unknown option "ConsistentRead", did you mean "consistent_read"?',
    },
    { { timeuot = 1 }, 'unknown option "timeuot", did you mean "timeout"?' },
    { { [1] = "x" }, 'unknown option "1"' },
    {
      { projection = {} },
      "projection must be a string, { text, values... } or a builder, not a table",
    },
    { { projection = { a = "b" } }, "projection must be a string, {" },
    { { projection = 5 }, "projection must be a string, {" },
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

describe("arguments.params of a write", function()
  local bad = {
    { { ignore_nulls = true }, 'ignore_nulls must be "remove", "ignore", "scalars", "maps"' },
    { { ignore_nulls = "scalar" }, "ignore_nulls must be" },
    { { if_newer = 5 }, "if_newer must be a path, not a number" },
    { { if_newer = "a." }, "if_newer must be a path: " },
    { { return_values = 5 }, "return_values: a string expected, got a number" },
    {
      { return_values = "ALL_NWE" },
      'return_values: "ALL_NWE" is not a word it takes, did you mean',
    },
    { { once = "yes" }, "once must be a boolean, not a string" },
    { { once = true, return_values = "ALL_NEW" }, "return_values is not available with once" },
    { { versoin = 1 }, 'unknown option "versoin", did you mean "version"?' },
  }
  for i, case in ipairs(bad) do
    it("says what is wrong, case " .. i, function()
      local params, problem = arguments.params(NOUN, upsert, case[1])
      assert.is_nil(params)
      assert.are.equal(1, (problem:find(case[2], 1, true)))
    end)
  end

  it("lets once go with return_values of nothing", function()
    assert.is_table(arguments.params(NOUN, upsert, { once = true, return_values = "NONE" }))
    assert.is_table(arguments.params(NOUN, upsert, { once = false, return_values = "ALL_OLD" }))
  end)
end)
