-- SPDX-License-Identifier: MIT
-- What a verb sends can be had without a client: nothing here is able to send.
local definition = require "dynamo.table.definition"
local dynamo = require "dynamo"
local parts = require "dynamo.table.prepare"
local operations = require "dynamo.operations"
local prepare = require "dynamo.table.prepare_write"
local replay = require "dynamo.call.replay_class"
local request = require "dynamo.call.request"

local NAMES = { "id" }
local KEY = { id = "x" }

-- Returns an ask of a table without a client.
local function ask_of(o)
  o = o or {}
  local noun = definition.noun({}, "Users", { key = NAMES })
  local options = o.options or {}
  return {
    noun = noun,
    verb = { name = "x" },
    params = { TableName = "Users" },
    options = options,
    arguments = o.arguments,
  }
end

-- Prepares a verb; returns what it does, and its ask.
local function prepared(verb, subject, expression, o)
  local ask = ask_of(o)
  assert.is_nil(parts.read(ask, expression))
  local operation, params = prepare[verb](ask, NAMES, subject)
  return operation, params, ask
end

describe("a write is prepared", function()
  local ITEM = { id = "x", a = 1 }
  local FREE = "attribute_not_exists(#n0)"
  local cases = {
    { "put", ITEM, nil, "put_item", { Item = ITEM } },
    {
      "insert",
      ITEM,
      nil,
      "put_item",
      {
        Item = ITEM,
        ConditionExpression = FREE,
        ExpressionAttributeNames = { ["#n0"] = "id" },
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
      },
    },
    { "delete", KEY, nil, "delete_item", { Key = KEY } },
    {
      "upsert",
      ITEM,
      nil,
      "update_item",
      {
        Key = KEY,
        UpdateExpression = "SET #n0 = :v0",
        ExpressionAttributeNames = { ["#n0"] = "a" },
        ExpressionAttributeValues = { [":v0"] = 1 },
      },
    },
    {
      "upsert",
      KEY,
      nil,
      "put_item",
      {
        Item = KEY,
        ConditionExpression = FREE,
        ExpressionAttributeNames = { ["#n0"] = "id" },
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
      },
    },
    {
      "update",
      KEY,
      "SET b = 1",
      "update_item",
      {
        Key = KEY,
        UpdateExpression = "SET #n0 = :v0",
        ExpressionAttributeNames = { ["#n0"] = "b" },
        ExpressionAttributeValues = { [":v0"] = 1 },
      },
    },
  }
  for i, case in ipairs(cases) do
    it(("as an operation and its parameters: %s, case %d"):format(case[1], i), function()
      local operation, params = prepared(case[1], case[2], case[3])
      case[5].TableName = "Users"
      assert.are.equal(operations.by_method[case[4]], operation)
      assert.are.same(case[5], params)
    end)
  end

  it("or is refused, with an error", function()
    local operation, err, _ = prepared("patch", KEY)
    assert.is_nil(operation)
    assert.are.equal("nothing_to_set", err.code)
    _, err = prepared("update", KEY, "SET id = 1")
    assert.are.equal("key_written", err.code)
    _, err = prepared("insert", { a = 1 })
    assert.are.equal("Item.id", err.path)
  end)

  it("with what a kept builder is sent as, shared", function()
    local builder = dynamo.update():set("a", 1)
    local _, one = prepared("update", KEY, builder)
    local _, other = prepared("update", KEY, builder)
    assert.are.equal(one.ExpressionAttributeNames, other.ExpressionAttributeNames)
    assert.are.equal(one.ExpressionAttributeValues, other.ExpressionAttributeValues)
    builder:set("b", 2)
    local _, third = prepared("update", KEY, builder)
    assert.are.equal("SET #n0 = :v0, #n1 = :v1", third.UpdateExpression)
    assert.are.same({ [":v0"] = 1 }, one.ExpressionAttributeValues)
  end)
end)

describe("the class of what was prepared", function()
  local cases = {
    { "IDEMPOTENT", "put", { id = "x" } },
    { "CONDITIONAL", "insert", { id = "x" } },
    { "IDEMPOTENT", "delete", KEY },
    { "CONDITIONAL", "delete", KEY, nil, { options = { condition = "a = 1" } } },
    { "IDEMPOTENT", "upsert", { id = "x", a = 1 } },
    { "CONDITIONAL", "patch", { id = "x", a = 1 } },
    { "IDEMPOTENT", "update", KEY, { "SET a = ?", 5 } },
    { "IDEMPOTENT", "update", KEY, { "ADD a ?", dynamo.set { 1 } } },
    { "UNSAFE", "update", KEY, { "ADD a ?", 1 } },
    { "UNSAFE", "update", KEY, "SET a = a + 1" },
    {
      "CONDITIONAL",
      "update",
      KEY,
      { "SET v = ?, n = n + 1", 4 },
      { options = { condition = { "v = ?", 3 } } },
    },
    {
      "UNSAFE",
      "update",
      KEY,
      { "SET v = ?, n = n + 1", 4 },
      { options = { condition = { "v = ?", 4 } } },
    },
  }
  for i, case in ipairs(cases) do
    it(("is told by its trees: %s, case %d"):format(case[2], i), function()
      local operation, params, ask = prepared(case[2], case[3], case[4], case[5])
      assert.are.equal(case[1], prepare.replay_class(ask))
      local body = assert(request.body(operation, params, false, function() end))
      assert.are.equal(case[1], replay.class(operation, body)) -- as the body says
    end)
  end
end)
