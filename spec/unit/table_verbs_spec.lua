-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }

-- Returns a table of a client that plays `steps`, and the transport.
local function users_of(steps, key)
  local db, fake = fake_client.new(steps or { OK })
  return db:table("Users", { key = key or { "userId" } }), fake
end

-- Returns the parameters that the nth request carries, wire-typed.
local function sent(fake, n)
  return assert(core.document(fake.requests[n or #fake.requests].body))
end

local ADA = { userId = "1", name = "Ada", age = 36 }
local WIRE_ADA = { userId = { S = "1" }, name = { S = "Ada" }, age = { N = "36" } }

describe("what a verb sends", function()
  local FREE = "attribute_not_exists(#n0)"
  local cases = {
    { "get", { { userId = "1" } }, { Key = { userId = { S = "1" } } } },
    {
      "get",
      {
        { userId = "1" },
        { consistent_read = true, projection = "a, #b", names = { ["#b"] = "b" } },
      },
      {
        Key = { userId = { S = "1" } },
        ConsistentRead = true,
        ProjectionExpression = "#n0, #n1",
        ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "b" },
      },
    },
    { "put", { ADA }, { Item = WIRE_ADA } },
    {
      "put",
      { ADA, { condition = "age < :a", values = { [":a"] = 36 } } },
      {
        Item = WIRE_ADA,
        ConditionExpression = "#n0 < :v0",
        ExpressionAttributeNames = { ["#n0"] = "age" },
        ExpressionAttributeValues = { [":v0"] = { N = "36" } },
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
      },
    },
    {
      "insert",
      { ADA },
      {
        Item = WIRE_ADA,
        ConditionExpression = FREE,
        ExpressionAttributeNames = { ["#n0"] = "userId" },
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
      },
    },
    {
      "replace",
      { ADA, { condition = "a = b OR c = d", return_values_on_condition_check_failure = "NONE" } },
      {
        Item = WIRE_ADA,
        ConditionExpression = "(#n0 = #n1 OR #n2 = #n3) AND attribute_exists(#n4)",
        ExpressionAttributeNames = {
          ["#n0"] = "a",
          ["#n1"] = "b",
          ["#n2"] = "c",
          ["#n3"] = "d",
          ["#n4"] = "userId",
        },
        ReturnValuesOnConditionCheckFailure = "NONE",
      },
    },
    {
      "upsert",
      { ADA },
      {
        Key = { userId = { S = "1" } },
        UpdateExpression = "SET #n0 = :v0, #n1 = :v1",
        ExpressionAttributeNames = { ["#n0"] = "age", ["#n1"] = "name" },
        ExpressionAttributeValues = { [":v0"] = { N = "36" }, [":v1"] = { S = "Ada" } },
      },
    },
    {
      "upsert",
      { { userId = "1" } },
      {
        Item = { userId = { S = "1" } },
        ConditionExpression = FREE,
        ExpressionAttributeNames = { ["#n0"] = "userId" },
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
      },
    },
    {
      "upsert",
      {
        { userId = "1", a = core.null },
        {
          return_values = "ALL_NEW",
          condition = "#n0 > :v0",
          names = { ["#n0"] = "x" },
          values = { [":v0"] = 1 },
        },
      },
      {
        Key = { userId = { S = "1" } },
        UpdateExpression = "SET #n0 = :v0",
        ReturnValues = "ALL_NEW",
        ConditionExpression = "#n1 > :v1",
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
        ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "x" },
        ExpressionAttributeValues = { [":v0"] = { NULL = true }, [":v1"] = { N = "1" } },
      },
    },
    {
      "patch",
      { { userId = "1", a = 1 } },
      {
        Key = { userId = { S = "1" } },
        UpdateExpression = "SET #n0 = :v0",
        ConditionExpression = "attribute_exists(#n1)",
        ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "userId" },
        ExpressionAttributeValues = { [":v0"] = { N = "1" } },
        ReturnValuesOnConditionCheckFailure = "ALL_OLD",
      },
    },
    {
      "update",
      { { userId = "1" }, "ADD visits :one", { values = { [":one"] = 1 } } },
      {
        Key = { userId = { S = "1" } },
        UpdateExpression = "ADD #n0 :v0",
        ExpressionAttributeNames = { ["#n0"] = "visits" },
        ExpressionAttributeValues = { [":v0"] = { N = "1" } },
      },
    },
    { "delete", { { userId = "1" } }, { Key = { userId = { S = "1" } } } },
    {
      "delete",
      { { userId = "1" }, { return_consumed_capacity = "TOTAL" } },
      { Key = { userId = { S = "1" } }, ReturnConsumedCapacity = "TOTAL" },
    },
  }
  for i, case in ipairs(cases) do
    it(("is right for %s, case %d"):format(case[1], i), function()
      local users, fake = users_of()
      local result, message = users[case[1]](users, (table.unpack or unpack)(case[2]))
      assert.is_nil(message)
      local expected = case[1] == "get" and "nil" or case[3].ReturnValues and "table" or "boolean"
      assert.are.equal(expected, type(result))
      case[3].TableName = "Users"
      assert.are.same(case[3], sent(fake))
    end)
  end

  it("splits a composite key off", function()
    local users, fake = users_of(nil, { "pk", "sk" })
    assert.is_true((users:upsert { pk = "a", sk = 1, b = true }))
    assert.are.same({ pk = { S = "a" }, sk = { N = "1" } }, sent(fake).Key)
    assert.are.equal("SET #n0 = :v0", sent(fake).UpdateExpression)
  end)

  it("leaves the caller's tables as they are", function()
    local users = users_of()
    local item, names, values = { userId = "1", a = 1 }, { ["#x"] = "x" }, { [":x"] = 1 }
    local o = { condition = "#x = :x", names = names, values = values }
    for _, verb in ipairs { "put", "insert", "replace", "upsert", "patch" } do
      assert.is_true((users[verb](users, item, o)))
    end
    assert.are.same({ userId = "1", a = 1 }, item)
    assert.are.same({ ["#x"] = "x" }, names)
    assert.are.same({ [":x"] = 1 }, values)
    assert.are.same({ condition = "#x = :x", names = names, values = values }, o)
  end)

  it("is the same text in every run", function()
    local item = { userId = "1" }
    for i = 1, 20 do
      item["a" .. i] = i
    end
    local users, fake = users_of()
    users:upsert(item)
    local again = { userId = "1" }
    for i = 20, 1, -1 do
      again["a" .. i] = i
    end
    users:upsert(again)
    assert.are.equal(fake.requests[1].body, fake.requests[2].body)
  end)
end)

describe("what a verb returns", function()
  local function response(body)
    return { status = 200, body = body }
  end

  it("of get is the item, or nil alone", function()
    local users = users_of { response '{"Item":{"userId":{"S":"1"}}}', OK }
    assert.are.same({ userId = "1" }, users:get { userId = "1" })
    local item, message, info = users:get { userId = "1" }
    assert.is_nil(item)
    assert.is_nil(message)
    assert.are.equal(1, info.attempts)
  end)

  local cases = {
    { nil, "{}", true },
    { "NONE", "{}", true },
    { "ALL_OLD", '{"Attributes":{"a":{"N":"1"}}}', { a = 1 } },
    { "ALL_OLD", "{}", {} },
  }
  for i, case in ipairs(cases) do
    it("of a write is what return_values asked for, case " .. i, function()
      local users = users_of { response(case[2]) }
      local result, message, info = users:put(ADA, { return_values = case[1] })
      assert.are.same(case[3], result)
      assert.is_nil(message)
      assert.are.equal(1, info.attempts)
    end)
  end

  it("of a failed condition is the item as it is", function()
    local users = users_of {
      {
        status = 400,
        body = '{"__type":"ConditionalCheckFailedException","message":"m",'
          .. '"Item":{"userId":{"S":"1"}}}',
      },
    }
    local result, message, err = users:insert(ADA)
    assert.is_nil(result)
    assert.are.equal("ConditionalCheckFailedException: m", message)
    assert.are.equal("ConditionalCheckFailedException", err.code)
    assert.are.same({ userId = "1" }, err.item)
    assert.are.equal("no", err.maybe_applied)
  end)
end)

describe("a verb refuses, with the path in the user's words,", function()
  local cases = {
    { "get", { {} }, "Key.userId", "is missing" },
    { "get", { { userId = "1", x = 2 } }, "Key.x", "not a key attribute" },
    { "get", { { userId = "" } }, "Key.userId", "must not be empty" },
    { "delete", { { userid = "1" } }, "Key.userId", "is missing" },
    { "update", { { userId = {} }, "SET a = b" }, "Key.userId", "must be a string" },
    { "put", { { name = "Ada" } }, "Item.userId", "is missing" },
    {
      "put",
      { { userId = "1", tags = { 1, 2, { name = print } } } },
      "Item.tags[3].name",
      "function",
    },
    { "insert", { { userId = "1", a = print } }, "Item.a", "function" },
    { "upsert", { { name = "Ada" } }, "Item.userId", "is missing" },
    {
      "upsert",
      { { userId = "1", tags = { 1, 2, { name = print } } } },
      "Item.tags[3].name",
      "function",
    },
    { "upsert", { { userId = "1", ["my tag"] = { print } } }, 'Item["my tag"][1]', "function" },
    { "upsert", { { userId = "1", [1] = "x" } }, "Item[1]", "must be a string" },
    { "upsert", { { userId = "1", [""] = "x" } }, 'Item[""]', "must be a string" },
    { "patch", { { userId = "1" } }, "Item", "nothing to set" },
    { "patch", { { userId = "1", a = print } }, "Item.a", "function" },
    {
      "upsert",
      { { userId = "1", a = 1 }, { values = { [":v9"] = print }, condition = "a = :v9" } },
      "values.:v9",
      "function",
    },
    { "update", { { userId = "1" }, "REMOVE " .. ("a, "):rep(4097) .. "a" }, "a", "overlaps" },
  }
  for i, case in ipairs(cases) do
    it(("%s %s, case %d"):format(case[1], case[3], i), function()
      local users, fake = users_of()
      local result, message, err = users[case[1]](users, (table.unpack or unpack)(case[2]))
      assert.is_nil(result)
      assert.are.equal("validation", err.kind)
      assert.are.equal(case[3], err.path)
      assert.are.equal(1, (message:find(case[3], 1, true)))
      assert.matches(case[4], message, 1, true)
      assert.are.equal("no", err.maybe_applied or case[1] == "get" and "no")
      assert.are.equal(0, #fake.requests)
    end)
  end

  for i, name in ipairs { "", "a b", ("x"):rep(256), "../x", "a\r\nb" } do
    it("a wrong table name, case " .. i, function()
      local db, fake = fake_client.new { OK }
      local result, _, err = db:table(name):get { userId = "1" }
      assert.is_nil(result)
      assert.are.equal("TableName", err.path)
      assert.are.equal(0, #fake.requests)
    end)
  end
end)
