-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }
local TARGET = "DynamoDB_20120810.TransactWriteItems"

local function users_of(steps)
  local db, fake = fake_client.new(steps or { OK })
  return db:table("Users", { key = { "userId" } }), fake
end

local function cancelled(reason)
  return {
    status = 400,
    body = '{"__type":"TransactionCanceledException","Message":"cancelled",'
      .. '"CancellationReasons":['
      .. reason
      .. "]}",
  }
end

describe("once", function()
  local ITEM = { userId = "1", a = 1 }
  local cases = {
    { "put", { ITEM }, "Put" },
    { "insert", { ITEM }, "Put" },
    { "replace", { ITEM }, "Put" },
    { "upsert", { ITEM }, "Update" },
    { "patch", { ITEM }, "Update" },
    { "update", { { userId = "1" }, "ADD visits ?", 1 }, "Update" },
    { "delete", { { userId = "1" } }, "Delete" },
  }
  for _, case in ipairs(cases) do
    it("sends a transaction of one: " .. case[1], function()
      local users, fake = users_of()
      local arguments = { (table.unpack or unpack)(case[2]) }
      arguments[#arguments + 1] = { once = true, return_consumed_capacity = "TOTAL" }
      local done, message = users[case[1]](users, (table.unpack or unpack)(arguments))
      assert.is_nil(message)
      assert.is_true(done)
      assert.are.equal(TARGET, fake:header(1, "x-amz-target"))
      local request = assert(core.document(fake.requests[1].body))
      assert.are.equal("ffffffff-ffff-4fff-bfff-ffffffffffff", request.ClientRequestToken)
      assert.are.equal("TOTAL", request.ReturnConsumedCapacity)
      local action = request.TransactItems[1][case[3]]
      assert.are.equal("Users", action.TableName)
      assert.is_nil(action.ReturnConsumedCapacity)
      assert.are.equal(1, #request.TransactItems)
    end)
  end

  it("says nothing of attributes that are not to be returned", function()
    local users, fake = users_of()
    assert.is_true((users:put(ITEM, { once = true, return_values = "NONE" })))
    assert.is_nil(fake.requests[1].body:find("ReturnValues", 1, true))
  end)

  it("names the place of a value in the write's own words", function()
    local users, fake = users_of()
    local _, message, err = users:put({ userId = "1", x = 0 / 0 }, { once = true })
    assert.are.equal("Item.x", err.path)
    assert.are.equal(1, (message:find("Item.x", 1, true)))
    assert.is_nil(err.action)
    assert.are.equal(0, #fake.requests)
  end)

  it("sends the same token again after a lost answer", function()
    local lost = { kind = "transport", sent = "complete" }
    local users, fake = users_of { lost, { status = 500, body = "" }, OK }
    local done, _, info = users:update({ userId = "1" }, "ADD visits ?", 1, { once = true })
    assert.is_true(done)
    assert.are.equal(3, info.attempts)
    assert.is_true(info.replayed)
    assert.are.equal(fake.requests[1].body, fake.requests[3].body)
  end)

  it("says that a write whose answer was lost for good may be done", function()
    local users = users_of { { kind = "transport", sent = "complete" } }
    local _, _, err = users:update({ userId = "1" }, "ADD visits ?", 1, { once = true })
    assert.are.equal("unknown", err.maybe_applied)
  end)

  it("fails as the write alone fails", function()
    local users = users_of {
      cancelled [[{"Code":"ConditionalCheckFailed","Message":"no",
      "Item":{"userId":{"S":"1"},"a":{"N":"7"}}}]],
    }
    local done, message, err = users:insert(ITEM, { once = true })
    assert.is_nil(done)
    assert.are.equal("ConditionalCheckFailedException", err.code)
    assert.are.equal("ConditionalCheckFailedException: no", message)
    assert.are.same({ userId = "1", a = 7 }, err.item)
    assert.are.equal("no", err.maybe_applied)
  end)

  for _, reason in ipairs {
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "TransactionConflict",
  } do
    it("is sent again, under its token, after " .. reason, function()
      local again = cancelled(('{"Code":"%s","Message":"m"}'):format(reason))
      local users, fake = users_of { again, again, OK }
      local done, _, info = users:update({ userId = "1" }, "ADD visits ?", 1, { once = true })
      assert.is_true(done)
      assert.are.equal(3, info.attempts)
      assert.are.equal(fake.requests[1].body, fake.requests[3].body)
    end)

    it("says what may cure it after " .. reason, function()
      local users = users_of { cancelled(('{"Code":"%s","Message":"m"}'):format(reason)) }
      local _, _, err = users:update({ userId = "1" }, "ADD visits ?", 1, { once = true })
      assert.are.same(
        { 4, true, true, "no" },
        { err.attempts, err.throttled, err.retryable, err.maybe_applied }
      )
    end)
  end

  it("names the other reasons as writes do", function()
    local names = {
      TransactionConflict = "TransactionConflictException",
      ValidationError = "ValidationException",
      Other = "Other",
    }
    for reason, code in pairs(names) do
      local users = users_of { cancelled(('{"Code":"%s","Message":"m"}'):format(reason)) }
      local _, _, err = users:put(ITEM, { once = true })
      assert.are.equal(code, err.code)
    end
  end)

  it("gives the capacity of the one table", function()
    local users = users_of {
      {
        status = 200,
        body = '{"ConsumedCapacity":[{"TableName":"Users","CapacityUnits":2}]}',
      },
    }
    local _, _, info = users:put(ITEM, { once = true, return_consumed_capacity = "TOTAL" })
    assert.are.equal(2, info.consumed_capacity.CapacityUnits)
  end)

  it("needs something to update", function()
    local users, fake = users_of()
    local _, message, err = users:patch({ userId = "1" }, { once = true })
    assert.are.equal("Item: nothing to set beside the key", message)
    assert.are.equal("nothing_to_set", err.code)
    _, message = users:update({ userId = "1" }, dynamo.update(), { once = true })
    assert.are.equal(
      "expression: there is no action in it; add one, such as :set(path, value)",
      message
    )
    assert.are.equal(0, #fake.requests)
  end)

  it("is explained", function()
    local users, fake = users_of()
    local request = assert(users:explain("put", ITEM, { once = true }))
    assert.matches("TransactItems", request.body, 1, true)
    assert.are.equal(0, #fake.requests)
  end)
end)
