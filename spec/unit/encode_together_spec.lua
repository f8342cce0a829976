-- SPDX-License-Identifier: MIT
-- Members that go together, and those that do not: the encoder's rules between the members of a
-- structure.
local core = require "dynamo.core"
local dynamo = require "dynamo"
local operations = require "dynamo.operations"
local problem = require "dynamo.problem"

local KEY = { a = 1 }

-- Returns the error for the parameters of an operation, nil for none.
local function find(method, params)
  local operation = operations.by_method[method]
  local body, found = core.encode(operations.model, operation.input, params, false)
  return not body and problem.to_error(found, method) or nil
end

-- Returns the parameters of an update with more members, and of others.
local function update(members)
  members.TableName, members.Key = "Table", KEY
  return members
end

local function put(members)
  members.TableName, members.Item = "Table", KEY
  return members
end

local function on_table(members)
  members.TableName = "Table"
  return members
end

local function batch(members, name)
  members.Keys = { KEY }
  return { RequestItems = { [name or "Table"] = members } }
end

describe("members that go together", function()
  local fine = {
    { "get_item", update {} },
    {
      "update_item",
      update { UpdateExpression = "x", ExpressionAttributeValues = { [":a"] = 1 } },
    },
    { "update_item", update { ConditionExpression = "x", ExpressionAttributeNames = {} } },
    { "put_item", put { Expected = {}, ConditionalOperator = "AND" } },
    { "update_item", update { UpdateExpression = "x", Expected = dynamo.null } },
    {
      "update_item",
      update { AttributeUpdates = {}, ExpressionAttributeNames = dynamo.null },
    },
    { "batch_get_item", batch { ProjectionExpression = "#a", ExpressionAttributeNames = {} } },
    { "batch_get_item", batch { AttributesToGet = { "a" } } },
  }
  for i, case in ipairs(fine) do
    it(("are fine in %s, case %d"):format(case[1], i), function()
      assert.is_nil(find(case[1], case[2]))
    end)
  end
end)

describe("members that do not go together", function()
  local cases = {
    { "update_item", update { ConditionExpression = "x", Expected = {} }, "Expected" },
    { "update_item", update { UpdateExpression = "x", AttributeUpdates = {} }, "AttributeUpdates" },
    { "query", on_table { KeyConditionExpression = "x", QueryFilter = {} }, "QueryFilter" },
    { "query", on_table { FilterExpression = "x", KeyConditions = {} }, "KeyConditions" },
    { "scan", on_table { FilterExpression = "x", ScanFilter = {} }, "ScanFilter" },
    {
      "get_item",
      update { ProjectionExpression = "x", AttributesToGet = { "a" } },
      "AttributesToGet",
    },
    {
      "put_item",
      put { ConditionExpression = "x", ConditionalOperator = "AND" },
      "ConditionalOperator",
    },
    {
      "batch_get_item",
      batch { ProjectionExpression = "x", AttributesToGet = { "a" } },
      "RequestItems.Table.AttributesToGet",
    },
    {
      "batch_get_item",
      batch({ ProjectionExpression = "x", AttributesToGet = { "a" } }, "my.table"),
      'RequestItems["my.table"].AttributesToGet',
    },
  }
  for i, case in ipairs(cases) do
    it(("are named in %s, case %d"):format(case[1], i), function()
      local err = find(case[1], case[2])
      assert.are.equal("validation", err.kind)
      assert.are.equal("legacy_parameters", err.code)
      assert.are.equal(case[3], err.path)
      local prefix = case[3]:match "^.*%.%f[%u]" or ""
      local pattern = (": cannot be used together with %s"):format(prefix)
      assert.are.equal(case[3] .. pattern, err.message:match "^(.-)%u%w+Expression$")
    end)
  end

  it("say so of tokens where there is no expression", function()
    local err = find(
      "update_item",
      update { AttributeUpdates = {}, ExpressionAttributeNames = { ["#a"] = "a" } }
    )
    assert.are.equal(
      "AttributeUpdates: cannot be used together with ExpressionAttributeNames",
      err.message
    )
  end)
end)

describe("tokens that no expression can use", function()
  local cases = {
    { "update_item", update { ExpressionAttributeNames = {} }, "ExpressionAttributeNames" },
    { "put_item", put { ExpressionAttributeValues = {} }, "ExpressionAttributeValues" },
    {
      "transact_write_items",
      { TransactItems = { { Put = put { ExpressionAttributeValues = {} } } } },
      "TransactItems[1].Put.ExpressionAttributeValues",
    },
  }
  for i, case in ipairs(cases) do
    it("are refused, case " .. i, function()
      local err = find(case[1], case[2])
      assert.are.equal("unused_tokens", err.code)
      assert.are.equal(case[3], err.path)
      assert.are.equal(case[3] .. ": there is no expression to use it", err.message)
    end)
  end

  it("are not those of a search", function()
    assert.are_not.equal(
      "unused_tokens",
      (find(
        "search_vectors",
        { SearchConditionExpression = "a = :a", ExpressionAttributeValues = {} }
      ) or {}).code
    )
  end)
end)

describe("what is wrong with a member itself", function()
  it("goes before", function()
    local err =
      find("update_item", update { Expected = {}, UpdateExpression = 5, ReturnValues = "NONE" })
    assert.are.equal("type", err.code)
  end)
end)

describe("roles of members", function()
  it("must be known words", function()
    local shapes = { A = { type = "structure", members = { b = "B" } }, B = { type = "string" } }
    assert.is_userdata(core.model(shapes, { b = "tokens", other = "expression" }))
    assert.has_error(function()
      core.model(shapes, { b = "king" })
    end)
  end)
end)
