-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }
local THERE = { status = 400, body = '{"__type":"ConditionalCheckFailedException","message":"m"}' }
local null = core.null

local function users_of(steps)
  local db, fake = fake_client.new(steps)
  return db:table("Users", { key = { "userId" } }), fake
end

-- Returns the operation and the parameters of a request.
local function sent(fake, n)
  local params = assert(core.document(fake.requests[n].body))
  return fake:header(n, "x-amz-target"):match("%.(%w+)$"), params
end

describe("an upsert that sets nothing", function()
  local REMOVES, MODE = { userId = "1", a = null }, { ignore_nulls = "remove" }

  it("puts the key where there is no item", function()
    for _, item in ipairs { { userId = "1" }, REMOVES } do
      local users, fake = users_of { OK }
      assert.is_true((users:upsert(item, MODE)))
      assert.are.equal(1, #fake.requests)
      local name, params = sent(fake, 1)
      assert.are.equal("PutItem", name)
      assert.are.same({ userId = { S = "1" } }, params.Item)
      assert.are.equal("attribute_not_exists(#n0)", params.ConditionExpression)
    end
  end)

  it("leaves an item of the key alone as it is, with one request", function()
    local users, fake = users_of { THERE }
    local done, message, info = users:upsert { userId = "1" }
    assert.is_true(done)
    assert.is_nil(message)
    assert.are.equal(1, info.attempts)
    assert.are.equal(1, #fake.requests)
  end)

  it("removes from an item that is there", function()
    local users, fake = users_of { THERE, OK }
    assert.is_true((users:upsert(REMOVES, MODE)))
    local name, params = sent(fake, 2)
    assert.are.equal("UpdateItem", name)
    assert.are.equal("REMOVE #n0", params.UpdateExpression)
    assert.is_nil(params.ConditionExpression)
  end)

  it("tells of an item that is there by an update that says to do nothing", function()
    for _, o in ipairs { { return_values = "ALL_NEW" }, { condition = "b = 1" } } do
      local users, fake = users_of { THERE, OK }
      assert(users:upsert({ userId = "1" }, o))
      local name, params = sent(fake, 2)
      assert.are.equal("UpdateItem", name)
      assert.are.equal("DELETE #n0 :v0", params.UpdateExpression)
      assert.are.equal("dynamo:nothing", params.ExpressionAttributeNames["#n0"])
      assert.are.same({ SS = { "nothing" } }, params.ExpressionAttributeValues[":v0"])
    end
  end)

  it("is sent again where it may have been done", function()
    local users, fake = users_of { THERE, { status = 500, body = "{}" }, OK }
    assert(users:upsert({ userId = "1" }, { return_values = "ALL_NEW" }))
    assert.are.equal(3, #fake.requests)
  end)

  it("is a transaction each with once", function()
    local cancelled = {
      status = 400,
      body = '{"__type":"TransactionCanceledException",'
        .. '"CancellationReasons":[{"Code":"ConditionalCheckFailed"}]}',
    }
    local users, fake = users_of { cancelled, OK }
    assert.is_true((users:upsert({ userId = "1" }, { once = true, condition = "b = 1" })))
    local name, params = sent(fake, 2)
    assert.are.equal("TransactWriteItems", name)
    assert.are.equal("DELETE #n0 :v0", params.TransactItems[1].Update.UpdateExpression)
    users, fake = users_of { cancelled }
    assert.is_true((users:upsert({ userId = "1" }, { once = true })))
    assert.are.equal(1, #fake.requests)
  end)

  it("holds the user's condition in both requests", function()
    local users, fake = users_of { THERE, THERE }
    local done, _, err = users:upsert(REMOVES, { ignore_nulls = "remove", condition = "b = 1" })
    assert.is_nil(done)
    assert.are.equal("ConditionalCheckFailedException", err.code)
    assert.are.equal(
      "attribute_not_exists(#n0) AND #n1 = :v0",
      select(2, sent(fake, 1)).ConditionExpression
    )
    assert.are.equal("#n1 = :v0", select(2, sent(fake, 2)).ConditionExpression)
  end)

  it("returns what was asked for of an item that it created", function()
    for word, expected in pairs { ALL_NEW = { userId = "1" }, ALL_OLD = {}, UPDATED_NEW = {} } do
      local users = users_of { OK }
      assert.are.same(expected, (users:upsert({ userId = "1" }, { return_values = word })))
    end
  end)

  it("stops at any other error", function()
    local users, fake = users_of { { status = 400, body = '{"__type":"AccessDeniedException"}' } }
    local done, _, err = users:upsert(REMOVES, MODE)
    assert.is_nil(done)
    assert.are.equal("AccessDeniedException", err.code)
    assert.are.equal(1, #fake.requests)
  end)

  it("is explained whole", function()
    local users, fake = users_of { OK }
    local request = assert(users:explain("upsert", REMOVES, MODE))
    assert.matches("REMOVE", request.body, 1, true)
    assert.matches("attribute_not_exists", request.before[1].body, 1, true)
    assert.matches("attribute_not_exists", users:explain("upsert", { userId = "1" }).body, 1, true)
    assert.are.equal(0, #fake.requests)
  end)
end)
