-- SPDX-License-Identifier: MIT
-- Batches of the embedded store: nothing is done of one that has anything wrong with it.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local batches = require "dynamo.embedded.batches"
local dynamo = require "dynamo"
local stores = require "dynamo.embedded.store"
local tables = require "dynamo.embedded.table_control"

local db

before_each(function()
  db = dynamo.new { endpoint = "memory:", retry_mode = "off" }
  for _, name in ipairs { "Users", "Things" } do
    assert(db:create_table {
      TableName = name,
      KeySchema = { { AttributeName = "id", KeyType = "HASH" } },
      AttributeDefinitions = { { AttributeName = "id", AttributeType = "S" } },
      BillingMode = "PAY_PER_REQUEST",
    })
  end
end)

local function put(item)
  return { PutRequest = { Item = item } }
end

local function delete(id)
  return { DeleteRequest = { Key = { id = id } } }
end

local function write(requests, more)
  local ask = { RequestItems = requests }
  for name, value in pairs(more or {}) do
    ask[name] = value
  end
  return db:batch_write_item(ask)
end

local function ids(name)
  local found = {}
  for i, item in ipairs(db:table(name, { key = { "id" } }):scan():all()) do
    found[i] = item.id
  end
  table.sort(found)
  return table.concat(found, " ")
end

describe("BatchWriteItem", function()
  it("puts and deletes in many tables", function()
    assert(write { Users = { put { id = "1" }, put { id = "2" } }, Things = { put { id = "x" } } })
    local answer =
      assert(write({ Users = { delete "1", delete "none" }, Things = { put { id = "y" } } }, {
        ReturnConsumedCapacity = "TOTAL",
      }))
    assert.same({ "2", "x y" }, { ids "Users", ids "Things" })
    assert.same({}, answer.UnprocessedItems)
    assert.same({ CapacityUnits = 1, TableName = "Things" }, answer.ConsumedCapacity[1])
    assert.same({ CapacityUnits = 2, TableName = "Users" }, answer.ConsumedCapacity[2])
  end)

  it("does nothing where anything is wrong", function()
    local fine = put { id = "1" }
    local CASES = {
      { { Users = { fine, put { id = 1 } } }, "Type mismatch for key" },
      { { Users = { fine, put { x = 1 } } }, "Missing the key" },
      { { Users = { fine, put { id = "" } } }, "empty string value" },
      { { Users = { fine, delete "1" } }, "Provided list of item keys contains duplicates" },
      {
        { Things = { fine }, Users = { { DeleteRequest = { Key = { id = "1", x = 1 } } } } },
        "does not match the schema",
      },
      { { Things = { fine }, Zzz = { fine } }, "Requested resource not found" },
    }
    for _, case in ipairs(CASES) do
      local ok, message = write(case[1])
      assert.is_nil(ok)
      assert.is_truthy(message:find(case[2], 1, true), message)
      assert.same({ "", "" }, { ids "Users", ids "Things" })
    end
  end)
end)

describe("BatchGetItem", function()
  it("gets what there is of many tables, as much as is wanted of each", function()
    assert(
      write { Users = { put { id = "1", a = 1, b = 2 } }, Things = { put { id = "x", a = 1 } } }
    )
    local answer = assert(db:batch_get_item {
      RequestItems = {
        Users = {
          Keys = { { id = "1" }, { id = "none" } },
          ProjectionExpression = "#a",
          ExpressionAttributeNames = { ["#a"] = "a" },
        },
        Things = { Keys = { { id = "x" } }, ConsistentRead = true },
      },
      ReturnConsumedCapacity = "TOTAL",
    })
    assert.same({ { a = 1 } }, { answer.Responses.Users[1] })
    assert.equal(1, #answer.Responses.Users)
    assert.same({ id = "x", a = 1 }, answer.Responses.Things[1])
    assert.same({ CapacityUnits = 1, TableName = "Things" }, answer.ConsumedCapacity[1])
    assert.same({ CapacityUnits = 1, TableName = "Users" }, answer.ConsumedCapacity[2])
  end)

  it("hands back what has no room in 16 MB", function()
    local keys = {}
    for i = 1, 60 do
      keys[i] = { id = tostring(i) }
      assert(
        db:put_item { TableName = "Users", Item = { id = tostring(i), x = ("x"):rep(390000) } }
      )
    end
    local answer = assert(
      db:batch_get_item { RequestItems = { Users = { Keys = keys, ConsistentRead = true } } }
    )
    local got, left = #answer.Responses.Users, #answer.UnprocessedKeys.Users.Keys
    assert.equal(60, got + left)
    assert.is_true(got >= 40 and left >= 10)
    assert.is_true(answer.UnprocessedKeys.Users.ConsistentRead)
  end)

  it("refuses keys that are there twice, and too many", function()
    local store = assert(stores.open { endpoint = "memory:" })
    tables.CreateTable(store, {
      TableName = "Users",
      KeySchema = { { AttributeName = "id", KeyType = "HASH" } },
      AttributeDefinitions = { { AttributeName = "id", AttributeType = "S" } },
      BillingMode = "PAY_PER_REQUEST",
    }, 0)
    local function refused(count, different)
      local keys = {}
      for i = 1, count do
        keys[i] = { id = { S = tostring(i % (different or count)) } }
      end
      local request = { RequestItems = { Users = { Keys = keys } } }
      return select(2, pcall(batches.BatchGetItem, store, request)).message
    end
    assert.equal(
      "1 validation error detected: Value at 'RequestItems.Users.member.Keys' failed to satisfy "
        .. "constraint: Member must have length less than or equal to 100",
      refused(101)
    )
    assert.equal("Provided list of item keys contains duplicates", refused(100, 50))
    local many = {}
    for i = 1, 26 do
      many[i] = { DeleteRequest = { Key = { id = { S = tostring(i) } } } }
    end
    local request = { RequestItems = { Users = many } }
    local _, raised = pcall(batches.BatchWriteItem, store, request, 0)
    assert.truthy(raised.message:find("length less than or equal to 25", 1, true))
    _, raised = pcall(batches.BatchWriteItem, store, { RequestItems = {} }, 0)
    assert.equal("The requestItems parameter is required for BatchWriteItem", raised.message)
  end)
end)
