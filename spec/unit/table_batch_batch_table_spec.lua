-- SPDX-License-Identifier: MIT
-- A table as a batch knows it.
local batch_tables = require "dynamo.table.batch.batch_table"
local fake_client = require "support.fake_client"

local ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/Users"

-- Returns what a table of a name knows, and the transport of its client.
local function noun_of(name, steps, key)
  local db, fake = fake_client.new(steps or { { status = 200, body = "{}" } })
  return require("dynamo.table").noun(db:table(name, { key = key })), fake
end

describe("a table of a batch", function()
  it("has its name in JSON, and its key", function()
    local target = assert(batch_tables.new(noun_of("Users", nil, { "id" }), "x", "Users.", {}))
    assert.are.same(
      { "Users", '"Users":', "x", "Users.", "id" },
      { target.name, target.prefix, target.object, target.label, target.names[1] }
    )
  end)

  it("asks for its key if it has to, unless nothing may be sent", function()
    local describes = {
      status = 200,
      body = [[{"Table":{"KeySchema":[
      {"AttributeName":"id","KeyType":"HASH"}]}}]],
    }
    local noun, fake = noun_of("Users", { describes })
    local none, _, err = batch_tables.new(noun, true, "", { explain = true })
    assert.is_nil(none)
    assert.are.same({ "no_key", 0 }, { err.code, #fake.requests })
    assert.are.equal("id", assert(batch_tables.new(noun, true, "", {})).names[1])
  end)

  it("is found by its name, be it in its ARN", function()
    local users = assert(batch_tables.new(noun_of("Users", nil, { "id" }), true, "", {}))
    local by_arn = assert(batch_tables.new(noun_of(ARN, nil, { "id" }), true, "", {}))
    assert.are.equal(users, batch_tables.find({ users }, "Users"))
    assert.are.equal(by_arn, batch_tables.find({ by_arn }, "Users"))
    assert.are.equal(by_arn, batch_tables.find({ by_arn }, ARN))
    assert.is_nil(batch_tables.find({ users, by_arn }, "User"))
  end)
end)
