-- SPDX-License-Identifier: MIT
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }
local KEY = { userId = "1" }
local MISSING = {
  status = 400,
  body = '{"__type":"ValidationException","message":'
    .. '"The document path provided in the update expression is invalid for update"}',
}

local function users_of(steps)
  local db, fake = fake_client.new(steps or { OK })
  return db:table("Users", { key = { "userId" } }), fake
end

local function sent(fake, n)
  return assert(core.document(fake.requests[n].body))
end

describe("an update that ensures parents", function()
  local function update()
    return dynamo.update():ensure("a"):ensure("b"):ensure("a.b"):ensure("a"):set("a.b.c", 1)
  end

  it("is one request where they are there", function()
    local users, fake = users_of { OK }
    assert.is_true((users:update(KEY, update())))
    assert.are.equal(1, #fake.requests)
    assert.are.equal("SET #n0.#n1.#n2 = :v0", sent(fake, 1).UpdateExpression)
  end)

  it("makes every missing prefix: maps, and lists where an index follows", function()
    local users, fake = users_of { MISSING, OK, OK, OK, OK }
    assert.is_true((users:update(KEY, dynamo.update():ensure("p.q[0]"):set("p.q[0].r", 1))))
    assert.are.equal(5, #fake.requests)
    assert.are.same({ [":v0"] = { M = {} } }, sent(fake, 2).ExpressionAttributeValues)
    assert.are.equal("SET #n0.#n1 = if_not_exists(#n0.#n1, :v0)", sent(fake, 3).UpdateExpression)
    assert.are.same({ [":v0"] = { L = {} } }, sent(fake, 3).ExpressionAttributeValues)
    assert.are.equal("SET #n0.#n1[0].#n2 = :v0", sent(fake, 5).UpdateExpression)
  end)

  it("makes none after a first try that may have been done", function()
    local lost = { kind = "transport", sent = "complete" }
    local steps = { lost, MISSING, OK, OK, OK }
    local users, fake = users_of(steps)
    local done, _, err = users:update(KEY, dynamo.update():ensure("a"):increment("a.n"))
    assert.is_nil(done)
    assert.are.equal("unknown", err.maybe_applied)
    assert.are.equal(1, #fake.requests)
  end)

  it("makes none for another refusal", function()
    local users, fake = users_of {
      { status = 400, body = '{"__type":"ValidationException","message":"another"}' },
    }
    assert.is_nil((users:update(KEY, update())))
    assert.are.equal(1, #fake.requests)
  end)

  it("makes them where one is missing, the outer ones first, under its condition", function()
    local users, fake = users_of { MISSING, OK, OK, { status = 200, body = '{"Attributes":{}}' } }
    local result, message =
      users:update(KEY, update(), { condition = "v = 1", return_values = "ALL_NEW" })
    assert.is_nil(message)
    assert.are.same({}, result)
    assert.are.equal(4, #fake.requests)
    local first, second, third = sent(fake, 2), sent(fake, 3), sent(fake, 4)
    assert.are.equal(
      "SET #n0 = if_not_exists(#n0, :v0), #n1 = if_not_exists(#n1, :v1)",
      (first.UpdateExpression:gsub("%(#n1, :v0%)", "(#n1, :v1)"))
    )
    assert.are.equal("a", first.ExpressionAttributeNames["#n0"])
    assert.are.equal("SET #n0.#n1 = if_not_exists(#n0.#n1, :v0)", second.UpdateExpression)
    assert.are.equal("SET #n0.#n1.#n2 = :v0", third.UpdateExpression)
    for i, request in ipairs { first, second, third } do
      assert.matches("^#n%d = :v%d$", request.ConditionExpression)
      assert.are.equal(i == 3 and "ALL_NEW" or nil, request.ReturnValues)
      assert.are.equal("ALL_OLD", request.ReturnValuesOnConditionCheckFailure)
    end
  end)

  it("stops at the first that fails", function()
    local failed =
      { status = 400, body = '{"__type":"ConditionalCheckFailedException","message":"m"}' }
    local users, fake = users_of { failed }
    local done, _, err = users:update(KEY, update())
    assert.is_nil(done)
    assert.are.equal("ConditionalCheckFailedException", err.code)
    assert.are.equal(1, #fake.requests)
  end)

  it("sends the parents alone if there is no more", function()
    local users, fake = users_of()
    assert.is_true((users:update(KEY, dynamo.update():ensure("a"))))
    assert.are.equal(1, #fake.requests)
    assert.are.equal("SET #n0 = if_not_exists(#n0, :v0)", sent(fake, 1).UpdateExpression)
  end)

  it("is explained whole", function()
    local users, fake = users_of()
    local request = assert(users:explain("update", KEY, update()))
    assert.are.equal(0, #fake.requests)
    assert.are.equal(2, #request.before)
    assert.matches("if_not_exists", request.before[1].body, 1, true)
    assert.matches("SET #n0.#n1.#n2", request.body, 1, true)
  end)

  it("does not ensure a key attribute", function()
    local users, fake = users_of()
    local _, message = users:update(KEY, dynamo.update():ensure("userId"):set("a", 1))
    assert.matches("userId is in the key of the item", message, 1, true)
    assert.are.equal(0, #fake.requests)
  end)
end)
