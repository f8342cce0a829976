-- SPDX-License-Identifier: MIT
local binary = require("dynamo.core").binary
local check = require "dynamo.call.check"
local operations = require "dynamo.operations"

local function find(method, params, typed)
  return check.params(operations.by_method[method], params, typed or false)
end

-- Returns a Get of a transaction.
local function get(key, name)
  return { Get = { TableName = name or "T", Key = key } }
end

describe("check.params", function()
  local fine = {
    { "get_item", { TableName = "T", Key = { a = 1 } } },
    { "update_item", { UpdateExpression = "SET a = :a", ExpressionAttributeValues = {} } },
    { "put_item", { Expected = {}, ConditionalOperator = "AND" } },
    { "scan", { Segment = 0, TotalSegments = 1 } },
    { "scan", {} },
    { "search_vectors", { SearchConditionExpression = "a = :a", ExpressionAttributeValues = {} } },
    { "batch_get_item", { RequestItems = { T = { Keys = { { a = 1 }, { a = 2 } } } } } },
    {
      "batch_get_item",
      { RequestItems = { T = { Keys = { { a = 1 } } }, U = { Keys = { { a = 1 } } } } },
    },
    {
      "transact_get_items",
      { TransactItems = { get { a = 1 }, get { a = "1" }, get({ a = 1 }, "U") } },
    },
    {
      "transact_write_items",
      {
        TransactItems = {
          { Put = { TableName = "T", Item = { a = 1 } } },
          { Put = { TableName = "T", Item = { a = 1 } } },
        },
      },
    },
    { "transact_get_items", { TransactItems = { {} } } },
  }
  for i, case in ipairs(fine) do
    it(("has nothing against %s, case %d"):format(case[1], i), function()
      assert.is_nil(find(case[1], case[2]))
    end)
  end

  local cases = {
    {
      "update_item",
      { ConditionExpression = "x", Expected = {} },
      "legacy_parameters",
      "Expected",
    },
    {
      "update_item",
      { UpdateExpression = "x", AttributeUpdates = {} },
      "legacy_parameters",
      "AttributeUpdates",
    },
    {
      "query",
      { KeyConditionExpression = "x", QueryFilter = {} },
      "legacy_parameters",
      "QueryFilter",
    },
    {
      "query",
      { FilterExpression = "x", KeyConditions = {} },
      "legacy_parameters",
      "KeyConditions",
    },
    { "scan", { FilterExpression = "x", ScanFilter = {} }, "legacy_parameters", "ScanFilter" },
    {
      "get_item",
      { ProjectionExpression = "x", AttributesToGet = {} },
      "legacy_parameters",
      "AttributesToGet",
    },
    {
      "put_item",
      { ConditionExpression = "x", ConditionalOperator = "AND" },
      "legacy_parameters",
      "ConditionalOperator",
    },
    {
      "batch_get_item",
      {
        RequestItems = { T = { Keys = {}, ProjectionExpression = "x", AttributesToGet = {} } },
      },
      "legacy_parameters",
      "RequestItems.T.AttributesToGet",
    },
    -- tokens without an expression
    {
      "update_item",
      { ExpressionAttributeNames = {} },
      "unused_tokens",
      "ExpressionAttributeNames",
    },
    {
      "transact_write_items",
      { TransactItems = { { Put = { ExpressionAttributeValues = {} } } } },
      "unused_tokens",
      "TransactItems[1].Put.ExpressionAttributeValues",
    },
    {
      "batch_get_item",
      { RequestItems = { T = { Keys = { { a = 1 }, { b = 1 }, { a = 1.0 } } } } },
      "duplicate",
      "RequestItems.T.Keys[3]",
    },
    {
      "transact_get_items",
      { TransactItems = { get { a = binary "x" }, get { a = binary "x" } } },
      "duplicate",
      "TransactItems[2]",
    },
    {
      "transact_write_items",
      {
        TransactItems = {
          { Update = { TableName = "T", Key = { a = 1 }, UpdateExpression = "x" } },
          { Delete = { TableName = "T", Key = { a = 1 } } },
        },
      },
      "duplicate",
      "TransactItems[2]",
    },
    { "scan", { Segment = 2, TotalSegments = 2 }, "segments", "Segment" },
    { "scan", { Segment = 2 }, "segments", "TotalSegments" },
    { "scan", { TotalSegments = 2 }, "segments", "Segment" },
  }
  for i, case in ipairs(cases) do
    it(("finds %s in %s, case %d"):format(case[3], case[1], i), function()
      local err = find(case[1], case[2])
      assert.are.equal("validation", err.kind)
      assert.are.equal(case[3], err.code)
      assert.are.equal(case[4], err.path)
      assert.are.equal(1, (err.message:find(case[4], 1, true)))
    end)
  end

  it("compares wire-typed keys too", function()
    local keys = { { a = { N = "1" } }, { a = { N = "1" } } }
    local err = find("batch_get_item", { RequestItems = { T = { Keys = keys } } }, true)
    assert.are.equal("duplicate", err.code)
  end)
end)
