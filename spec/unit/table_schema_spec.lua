-- SPDX-License-Identifier: MIT
local fake_client = require "support.fake_client"
local schema = require "dynamo.table.schema"

describe("schema.problem", function()
  for i, key in ipairs { { "pk" }, { "pk", "sk" } } do
    it("takes key names, case " .. i, function()
      assert.is_nil(schema.problem(key))
    end)
  end
  local bad =
    { {}, { "" }, { "a", "a" }, { "a", "b", "c" }, { 1 }, { "a", 2 }, { "a", "" }, "a", 5 }
  for i, key in ipairs(bad) do
    it("refuses other things, case " .. i, function()
      assert.is_string(schema.problem(key))
    end)
  end
end)

describe("a table that was not told its key", function()
  local DESCRIPTION = [[{"Table":{"KeySchema":[{"AttributeName":"sk","KeyType":"RANGE"},
    {"AttributeName":"pk","KeyType":"HASH"}]}}]]
  local OK = { status = 200, body = "{}" }

  it("asks once", function()
    local db, fake = fake_client.new { { status = 200, body = DESCRIPTION }, OK }
    local users = db:table("Users")
    assert.is_true((users:upsert { pk = "a", sk = "b", n = 1 }))
    assert.is_true((users:upsert { pk = "a", sk = "b", n = 1 }))
    assert.are.equal(3, #fake.requests)
    assert.are.equal("DynamoDB_20120810.DescribeTable", fake:header(1, "x-amz-target"))
    assert.matches('"Key":{"pk":{"S":"a"},"sk":{"S":"b"}}', fake.requests[2].body, 1, true)
  end)

  it("does not ask where the service can tell", function()
    local db, fake = fake_client.new { OK }
    local users = db:table("Users")
    users:get { pk = "a" }
    users:put { pk = "a" }
    users:delete { pk = "a" }
    users:update({ pk = "a" }, "REMOVE b")
    assert.are.equal(4, #fake.requests)
  end)

  it("hands on why it cannot know, and asks again", function()
    local missing = { status = 400, body = '{"__type":"ResourceNotFoundException","message":"no"}' }
    local db, fake = fake_client.new { missing, { status = 200, body = DESCRIPTION }, OK }
    local users = db:table("Users")
    local result, message, err = users:insert { pk = "a", sk = "b" }
    assert.is_nil(result)
    assert.are.equal("ResourceNotFoundException: no", message)
    assert.are.equal("describe_table", err.operation)
    assert.is_true((users:insert { pk = "a", sk = "b" }))
    assert.are.equal(3, #fake.requests)
  end)

  it("takes a description without keys for damage", function()
    local db = fake_client.new { { status = 200, body = '{"Table":{}}' } }
    local _, _, err = db:table("Users"):insert { pk = "a" }
    assert.are.equal("integrity", err.kind)
  end)
end)

describe("the key of an index", function()
  local DESCRIPTION = [[{"Table":{"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
    "LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[
      {"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"a","KeyType":"RANGE"}]}],
    "GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[
      {"AttributeName":"b","KeyType":"HASH"},{"AttributeName":"c","KeyType":"HASH"}]}]}}]]

  it("is found with that of the table, once", function()
    local db, fake = fake_client.new { { status = 200, body = DESCRIPTION } }
    local noun = require("dynamo.table").noun(db:table("Users", { indexes = { told = { "x" } } }))
    assert.are.same({ "b", "c" }, (schema.index_names(noun, "global")))
    assert.are.same({ "pk", "a" }, (schema.index_names(noun, "local")))
    assert.are.same({ "x" }, (schema.index_names(noun, "told")))
    assert.are.same({ "pk" }, (schema.names(noun)))
    assert.are.equal(1, #fake.requests)
    local names, message, err = schema.index_names(noun, "globl")
    assert.is_nil(names)
    assert.are.equal('index_name: the table has no index "globl", did you mean "global"?', message)
    assert.are.same({ "validation", "index_name" }, { err.kind, err.path })
  end)

  it("does not change what the table was told of its own", function()
    local db = fake_client.new { { status = 200, body = DESCRIPTION } }
    local noun = require("dynamo.table").noun(db:table("Users", { key = { "told" } }))
    assert(schema.index_names(noun, "local"))
    assert.are.same({ "told" }, noun.key)
  end)
end)
