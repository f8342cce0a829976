-- SPDX-License-Identifier: MIT
-- users:search over a fake transport: no emulator has vector indexes.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local json = require "dkjson"

local ANSWER = [[{"ConsumedCapacity":{"VectorSearchRequestBytes":4096},"SearchResults":[
  {"Item":{"id":{"S":"a"},"n":{"N":"1.5"}},"Score":0.25},
  {"Item":{"id":{"S":"b"}},"Score":1}]}]]
local OK = { status = 200, body = ANSWER, headers = { ["x-amzn-requestid"] = "REQ" } }
local BY = { index_name = "byTaste" }

-- Asserts that `f` raises at a line of its own, and returns the message.
local function misuse(f)
  local ok, message = pcall(f)
  assert.is_false(ok, "nothing raised")
  assert.matches("^[^\n]*table_search_spec%.lua:%d+: ", message)
  return message:match ": (.*)$"
end

local function world(step, o)
  local db, fake = fake_client.new { step or OK }
  return db:table("Wines", o), fake, db
end

describe("users:search", function()
  it("sends exactly what it is asked for", function()
    local wines, fake = world()
    assert(wines:search({ 0.1, -2, dynamo.number "3.25" }, {
      index_name = "byTaste",
      top = 5,
      filter = { "city = ? AND year BETWEEN ? AND ?", "Ulm", 2001, 2005 },
      projection = "id, year",
      return_consumed_capacity = "TOTAL",
    }))
    assert.are.equal("DynamoDB_20120810.SearchVectors", fake:header(1, "x-amz-target"))
    assert.are.same({
      TableName = "Wines",
      IndexName = "byTaste",
      SearchVector = { { N = "0.1" }, { N = "-2" }, { N = "3.25" } },
      TopK = 5,
      SearchConditionExpression = "#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
      ProjectionExpression = "#n2, #n1",
      ExpressionAttributeNames = { ["#n0"] = "city", ["#n1"] = "year", ["#n2"] = "id" },
      ExpressionAttributeValues = {
        [":v0"] = { S = "Ulm" },
        [":v1"] = { N = "2001" },
        [":v2"] = { N = "2005" },
      },
      ReturnConsumedCapacity = "TOTAL",
    }, json.decode(fake.requests[1].body))
  end)

  it("asks for ten where it is not told how many", function()
    local wines, fake = world()
    assert(wines:search({ 1 }, BY))
    assert.are.equal(
      '{"IndexName":"byTaste","SearchVector":[{"N":"1"}],"TableName":"Wines","TopK":10}',
      fake.requests[1].body
    )
  end)

  it("goes to the hosts of searches", function()
    local wines, fake = world()
    assert(wines:search({ 1 }, BY))
    assert.are.equal(
      assert(dynamo.resolve_endpoint { region = "eu-west-1", search = true }).url,
      "https://" .. fake:header(1, "host")
    )
  end)

  it("returns items with their scores, and what it cost", function()
    local wines = world()
    local found, message, info = wines:search({ 1, 2 }, BY)
    assert.are.same(
      { { item = { id = "a", n = 1.5 }, score = 0.25 }, { item = { id = "b" }, score = 1 } },
      found
    )
    assert.is_nil(message)
    assert.are.same({ VectorSearchRequestBytes = 4096 }, info.consumed_capacity)
    assert.are.equal("REQ", info.request_id)
    assert.are.same({}, (world { status = 200, body = "{}" }):search({ 1 }, BY))
  end)

  it("hands on items as the extensions do, and hides what they hide", function()
    local extension = {
      name = "hider",
      after_read = function(context)
        assert.are.equal("search", context.operation)
        if context.item.id == "a" then return { item = context.item, hidden = true } end
        context.item.seen = true
        return { item = context.item }
      end,
    }
    local wines = world(OK, { extensions = { extension } })
    assert.are.same({ { item = { id = "b", seen = true }, score = 1 } }, (wines:search({ 1 }, BY)))
  end)

  it("hands on what the service refuses", function()
    local refusal =
      { status = 400, body = '{"__type":"ns#ResourceNotFoundException","message":"no index"}' }
    local found, message, err = world(refusal):search({ 1 }, BY)
    assert.is_nil(found)
    assert.are.equal("ResourceNotFoundException: no index", message)
    assert.are.equal("service", err.kind)
  end)

  for _, case in ipairs {
    { {}, "vector", "vector: there is no number in it" },
    { { 1, "2" }, "vector[2]", "vector[2] must be a number" },
    { { 1, 0 / 0 }, "vector[2]", "vector[2]: NaN is not a DynamoDB number" },
    { { dynamo.null }, "vector[1]", "vector[1] must be a number" },
  } do
    it("refuses data that are no vector, and sends nothing: " .. case[3], function()
      local wines, fake = world()
      local found, message, err = wines:search(case[1], BY)
      assert.is_nil(found)
      assert.are.same({ "validation", case[2] }, { err.kind, err.path })
      assert.are.equal(case[3], message:sub(1, #case[3]))
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("names the value of a filter that no item can hold", function()
    local wines, fake = world()
    local o = { index_name = "byTaste", filter = { "a = ?", print } }
    local found, message, err = wines:search({ 1 }, o)
    assert.is_nil(found)
    assert.are.equal("filter[2]", err.path)
    assert.matches("^filter%[2%]: ", message)
    assert.are.equal(0, #fake.requests)
  end)

  for _, case in ipairs {
    { "the vector must be a list of numbers, not a nil", nil, BY },
    { "the vector must be a list of numbers, not a string", "x", BY },
    { "the vector: a list has no holes", { 1, nil, 3 }, BY },
    { "index_name is missing", { 1 }, {} },
    { "index_name is missing", { 1 }, nil },
    { "top must be a whole number", { 1 }, { index_name = "byTaste", top = 0 } },
    { 'did you mean "index_name"?', { 1 }, { indx_name = "byTaste" } },
    { "filter", { 1 }, { index_name = "byTaste", filter = "a = " } },
    { "filter must be", { 1 }, { index_name = "byTaste", filter = true } },
    { "unknown option", { 1 }, { index_name = "byTaste", top_k = 3 } },
    { "unknown option", { 1 }, { index_name = "byTaste", search_vector = { 1 } } },
  } do
    it("raises where it is called wrongly: " .. case[1], function()
      local wines, fake = world()
      local message = misuse(function()
        local _ = wines:search(case[2], case[3])
        return _
      end)
      assert.matches("table:search: ", message, 1, true)
      assert.matches(case[1], message, 1, true)
      assert.are.equal(0, #fake.requests)
    end)
  end

  it("takes no argument too many", function()
    local wines = world()
    assert.matches(
      "one argument too many",
      misuse(function()
        local _ = wines:search({ 1 }, BY, 1)
        return _
      end)
    )
  end)

  it("shows what it would send", function()
    local wines, fake = world()
    local request = assert(wines:explain("search", { 0.5 }, { index_name = "byTaste", top = 3 }))
    assert.are.equal(
      '{"IndexName":"byTaste","SearchVector":[{"N":"0.5"}],"TableName":"Wines","TopK":3}',
      request.body
    )
    assert.are.equal(0, #fake.requests)
    local _, message = wines:explain("search", { "a" }, BY)
    assert.are.equal("vector[1] must be a number", message)
  end)
end)
