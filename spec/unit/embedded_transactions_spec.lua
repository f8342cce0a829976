-- SPDX-License-Identifier: MIT
-- Transactions of the embedded store: all or nothing, with the reason of each action.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local dynamo = require "dynamo"
local stores = require "dynamo.embedded.store"
local tables = require "dynamo.embedded.table_control"
local transactions = require "dynamo.embedded.transactions"

local TABLE = {
  TableName = "Users",
  KeySchema = { { AttributeName = "id", KeyType = "HASH" } },
  AttributeDefinitions = { { AttributeName = "id", AttributeType = "S" } },
  BillingMode = "PAY_PER_REQUEST",
}

local db, users, now

before_each(function()
  now = 1764268000
  local store = assert(dynamo.embedded {
    clock = function()
      return now
    end,
  })
  db = dynamo.new { transport = store, retry_mode = "off" }
  assert(db:create_table(TABLE))
  users = db:table("Users", { key = { "id" } })
end)

local function add(id, token, by)
  return db:transact_write_items {
    ClientRequestToken = token,
    TransactItems = {
      {
        Update = {
          TableName = "Users",
          Key = { id = id },
          UpdateExpression = "ADD n :n",
          ExpressionAttributeValues = { [":n"] = by or 1 },
        },
      },
    },
  }
end

-- Returns the codes of the reasons of a cancelled transaction.
local function codes(err)
  local found = {}
  for i, reason in ipairs(err.reasons) do
    found[i] = reason.code
  end
  return table.concat(found, " ")
end

describe("a transaction that writes", function()
  it("does all that it has", function()
    assert(users:put { id = "1", n = 1 })
    assert(users:put { id = "2" })
    assert(
      db:transaction()
        :check(users, { id = "1" }, "n = 1")
        :delete(users, { id = "2" })
        :insert(users, { id = "3" })
        :update(users, { id = "4" }, "SET a = 1")
        :commit()
    )
    assert.is_nil(users:get { id = "2" })
    assert.is_truthy(users:get { id = "3" })
    assert.equal(1, users:get({ id = "4" }).a)
  end)

  it("does nothing where one condition fails, and has a reason for each action", function()
    assert(users:put { id = "3" })
    assert(users:put { id = "1", n = 1 })
    local ok, _, err = db:transaction()
      :put(users, { id = "2" })
      :check(users, { id = "1" }, "n = 2")
      :insert(users, { id = "3" })
      :commit()
    assert.is_nil(ok)
    assert.equal("TransactionCanceledException", err.code)
    assert.equal("None ConditionalCheckFailed ConditionalCheckFailed", codes(err))
    assert.equal(1, err.reasons[2].item.n)
    assert.is_nil(users:get { id = "2" })
  end)

  it(
    "has a reason for a wrong type of one action, and none for a request that is wrong as a whole",
    function()
      assert(users:put { id = "1", n = "text" })
      local _, _, err = add "1"
      assert.same({ "TransactionCanceledException", "ValidationError" }, { err.code, codes(err) })
      _, _, err = db:transact_write_items {
        TransactItems = { { Put = { TableName = "Users", Item = { id = 1 } } } },
      }
      assert.same({ "TransactionCanceledException", "ValidationError" }, { err.code, codes(err) })
      _, _, err = db:transact_write_items {
        TransactItems = { { Put = { TableName = "Users", Item = { id = "" } } } },
      }
      assert.equal("ValidationException", err.code)
      local store = assert(stores.open { endpoint = "memory:" })
      local twice = { Delete = { TableName = "Users", Key = { id = { S = "1" } } } }
      tables.CreateTable(store, TABLE, 0)
      local request = { TransactItems = { twice, twice } }
      local _, raised = pcall(transactions.TransactWriteItems, store, request, 0)
      assert.equal(
        "Transaction request cannot include multiple operations on one item",
        raised.message
      )
      _, _, err = db:transact_write_items {
        TransactItems = { { Delete = { TableName = "None", Key = { id = "1" } } } },
      }
      assert.equal("ResourceNotFoundException", err.code)
    end
  )

  it("with a token is done once in ten minutes", function()
    assert(add("1", "token"))
    now = now + 599
    assert(add("1", "token"))
    assert.equal(1, users:get({ id = "1" }).n)
    local _, _, err = add("1", "token", 2)
    assert.equal("IdempotentParameterMismatchException", err.code)
    now = now + 2
    assert(add("1", "token"))
    assert.equal(2, users:get({ id = "1" }).n)
  end)

  it("that was cancelled may be tried again with its token", function()
    assert(users:put { id = "1", n = "text" })
    assert.is_nil((add("1", "token")))
    assert(users:put { id = "1", n = 1 })
    assert(add("1", "token"))
    assert.equal(2, users:get({ id = "1" }).n)
  end)

  it("is of four megabytes, no more", function()
    local store = assert(stores.open { endpoint = "memory:" })
    tables.CreateTable(store, TABLE, 0)
    local actions = {}
    for i = 1, 11 do
      local item = { id = { S = tostring(i) }, x = { S = ("x"):rep(399000) } }
      actions[i] = { Put = { TableName = "Users", Item = item } }
    end
    local request = { TransactItems = actions }
    local ok, raised = pcall(transactions.TransactWriteItems, store, request, 0)
    assert.is_false(ok)
    assert.equal("ValidationException", raised.code)
    actions[11] = nil
    transactions.TransactWriteItems(store, request, 0)
  end)

  it("consumes twice what its writes would alone", function()
    local answer = assert(db:transact_write_items {
      ReturnConsumedCapacity = "TOTAL",
      TransactItems = {
        { Put = { TableName = "Users", Item = { id = "1" } } },
        { Put = { TableName = "Users", Item = { id = "2" } } },
      },
    })
    assert.equal(4, answer.ConsumedCapacity[1].CapacityUnits)
  end)
end)

describe("a transaction that reads", function()
  it("gets each item, or that there is none", function()
    assert(users:put { id = "1", a = 1, b = 2 })
    local answer = assert(db:transact_get_items {
      ReturnConsumedCapacity = "TOTAL",
      TransactItems = {
        { Get = { TableName = "Users", Key = { id = "1" }, ProjectionExpression = "b" } },
        { Get = { TableName = "Users", Key = { id = "none" } } },
      },
    })
    assert.same({ b = 2 }, answer.Responses[1].Item)
    assert.is_nil(answer.Responses[2].Item)
    assert.equal(4, answer.ConsumedCapacity[1].CapacityUnits)
  end)

  it("is cancelled where a key is wrong", function()
    local _, _, err = db:transact_get_items {
      TransactItems = { { Get = { TableName = "Users", Key = { x = "1" } } } },
    }
    assert.equal("TransactionCanceledException", err.code)
    assert.equal("ValidationError", codes(err))
  end)
end)
