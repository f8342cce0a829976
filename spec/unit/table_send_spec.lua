-- SPDX-License-Identifier: MIT
local fake_client = require "support.fake_client"

local OK = { status = 200, body = "{}" }

-- Returns a table with an extension that marks what is read.
local function users_of(steps)
  local db, fake = fake_client.new(steps or { OK })
  local marks = {
    name = "marks",
    before_write = function()
      return { info = { marked = 7 } }
    end,
    after_read = function(context)
      context.item.read_by = context.operation
      return { item = context.item }
    end,
  }
  return db:table("Users", { key = { "id" }, extensions = { marks } }), fake
end

describe("a verb of a table with extensions", function()
  it("hands on what is read", function()
    local users = users_of { { status = 200, body = '{"Item":{"a":{"N":"1"}}}' } }
    assert.are.same({ a = 1, read_by = "get" }, users:get { id = "1" })
  end)

  it("hands on nothing for no item", function()
    assert.is_nil((users_of():get { id = "1" }))
  end)

  it("hands on the attributes that return_values asked for", function()
    local users = users_of { { status = 200, body = '{"Attributes":{"a":{"N":"1"}}}' } }
    assert.are.same(
      { a = 1, read_by = "upsert" },
      users:upsert({ id = "1", a = 1 }, { return_values = "ALL_NEW" })
    )
    assert.is_true((users:upsert { id = "1", a = 1 }))
  end)

  it("hands on the item that failed the condition", function()
    local users = users_of {
      {
        status = 400,
        body = '{"__type":"ConditionalCheckFailedException","message":"m","Item":{"a":{"N":"1"}}}',
      },
    }
    local _, _, err = users:insert { id = "1" }
    assert.are.same({ a = 1, read_by = "insert" }, err.item)
  end)

  it("adds to the info of a write what extensions say", function()
    local _, _, info = users_of():put { id = "1" }
    assert.are.equal(7, info.marked)
    assert.are.equal(1, info.attempts)
  end)

  it("asks for the key that it was not told", function()
    local db, fake = fake_client.new {
      {
        status = 200,
        body = '{"Table":{"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}}',
      },
      OK,
    }
    local seen
    local users = db:table("Users", {
      extensions = {
        {
          name = "x",
          before_write = function(context)
            seen = context.key
          end,
        },
      },
    })
    assert.is_true((users:delete { id = "1" }))
    assert.are.same({ "id" }, seen)
    assert.are.equal(2, #fake.requests)
  end)
end)
