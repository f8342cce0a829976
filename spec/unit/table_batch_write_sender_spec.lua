-- SPDX-License-Identifier: MIT
-- What a batch of writes is as a request, and what a response says of it.
local batch_tables = require "dynamo.table.batch.batch_table"
local core = require "dynamo.core"
local queues = require "dynamo.table.batch.write_queue"
local requests = require "dynamo.table.batch.write_request"
local senders = require "dynamo.table.batch.write_sender"
local service = require "support.batch_service"

-- Returns the target of a table of a name.
local function target_of(name)
  local _, _, _, db = service.new()
  local things = db:table(name, { key = { "id" } })
  return assert(batch_tables.new(require("dynamo.table").noun(things), things, "", {}))
end

-- Returns a sender over some tables, which counts what is done.
local function sender_of(...)
  local progress = { done = 0 }
  function progress:add(count)
    self.done = self.done + count
  end
  return {
    queue = queues.new(),
    targets = { ... },
    tail = senders.tail {},
    progress = progress,
    options = {},
  }
end

-- Gives writes to a sender, and returns them as a batch.
local function batch_of(sender, list)
  for _, each in ipairs(list) do
    queues.add(sender.queue, (assert(requests.make(each[1], each[2], each[3], "Item"))))
  end
  return queues.take(sender.queue)
end

describe("the request of a batch of writes", function()
  it("has the writes of each table in order, and the options behind", function()
    local users, orders = target_of "Users", target_of "Orders"
    local sender = sender_of(users, orders)
    sender.tail =
      senders.tail { ReturnConsumedCapacity = "TOTAL", ReturnItemCollectionMetrics = "SIZE" }
    local asked = senders.request(
      sender,
      batch_of(sender, {
        { users, "put", { id = 'a"b' } },
        { orders, "delete", { id = 7 } },
        { users, "delete", "c" },
      })
    )
    assert.are.equal("BatchWriteItem", asked.operation.name)
    assert.are.same({
      RequestItems = {
        Users = {
          { PutRequest = { Item = { id = { S = 'a"b' } } } },
          { DeleteRequest = { Key = { id = { S = "c" } } } },
        },
        Orders = { { DeleteRequest = { Key = { id = { N = "7" } } } } },
      },
      ReturnConsumedCapacity = "TOTAL",
      ReturnItemCollectionMetrics = "SIZE",
    }, (core.document(tostring(asked.body))))
    assert.are.same({ Users = {}, Orders = {} }, asked.params.RequestItems)
  end)

  it("is no longer than what was counted", function()
    local users = target_of "Users"
    local sender, list = sender_of(users), {}
    for id = 1, 25 do
      list[id] = { users, id % 2 == 0 and "put" or "delete", { id = id } }
    end
    local batch, bytes = batch_of(sender, list), 64 * 1024
    for _, write in ipairs(batch) do
      bytes = bytes + write.bytes
    end
    assert.is_true(#senders.request(sender, batch).body <= bytes)
  end)
end)

describe("the response to a batch of writes", function()
  it("settles what it does not name", function()
    local users, orders = target_of "Users", target_of "Orders"
    local sender = sender_of(users, orders)
    local batch = batch_of(sender, {
      { users, "put", { id = 1 } },
      { orders, "put", { id = 1 } },
      { users, "delete", 2 },
    })
    local left = senders.accept(sender, batch, {
      UnprocessedItems = {
        Users = { { DeleteRequest = { Key = { id = 2 } } } },
        Orders = { { PutRequest = { Item = { id = 1.0 } } } },
      },
    })
    assert.are.same({ batch[2], batch[3] }, left)
    assert.are.same({ 1, 2, 1 }, { sender.queue.done, sender.queue.flying, sender.progress.done })
    assert.are.same({}, senders.accept(sender, left, {}))
    assert.are.equal(3, sender.queue.done)
  end)

  it("is refused, and nothing settled, if it names another", function()
    local users = target_of "Users"
    local sender = sender_of(users)
    local batch = batch_of(sender, { { users, "put", { id = 1 } } })
    local left, err = senders.accept(sender, batch, {
      UnprocessedItems = { Users = { { PutRequest = { Item = { id = 2 } } } } },
    })
    assert.is_nil(left)
    assert.are.equal("integrity", err.kind)
    assert.are.same({ 0, 1 }, { sender.queue.done, sender.queue.flying })
  end)
end)
