-- SPDX-License-Identifier: MIT
-- Batch reads: items where their keys stand.
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local json = require "dkjson"
local service = require "support.batch_service"

local REFUSED = { status = 400, body = '{"__type":"x#ValidationException","message":"no"}' }

-- Returns a step that answers with items, wire-typed.
local function answer(items, name)
  return { status = 200, body = json.encode { Responses = { [name or "Users"] = items } } }
end

local function wire(id, more)
  local item = { id = { N = tostring(id) } }
  for name, value in pairs(more or {}) do
    item[name] = value
  end
  return item
end

describe("users:batch_get", function()
  it("asks for each key once, a hundred at a time, and puts items where keys stand", function()
    local users, sent, fake = service.new { service.leave() }
    local keys = {}
    for id = 1, 150 do
      keys[id] = id
    end
    keys[151], keys[152] = { id = 1 }, dynamo.number "2.0"
    local items, message, info = users:batch_get(keys)
    assert.is_nil(message)
    assert.are.equal(152, items.n)
    for i = 1, 150 do
      assert.are.equal(i, items[i].id)
    end
    assert.are.equal(items[1], items[151])
    assert.are.equal(2, items[152].id)
    assert.are.same({ 2, 2 }, { info.requests, #fake.requests })
    assert.are.same({ 100, 50 }, { #sent[1].Users.Keys, #sent[2].Users.Keys })
  end)

  it("leaves the place of an item empty that is not there", function()
    local users = service.new { answer { wire(2) } }
    local items = users:batch_get { 1, 2, 3 }
    assert.are.same({ [2] = { id = 2 }, n = 3 }, items)
  end)

  it("of no key sends nothing", function()
    local users, _, fake = service.new()
    local items, message, info = users:batch_get {}
    assert.are.same({ n = 0 }, items)
    assert.is_nil(message)
    assert.are.equal(0, info.requests)
    assert.are.equal(0, #fake.requests)
  end)

  it("asks again for what is left, and keeps what came before", function()
    local users, sent = service.new { service.leave(1, 3), service.leave(2), service.leave() }
    local items = assert(users:batch_get { 1, 2, 3 })
    assert.are.same({ { id = 1 }, { id = 2 }, { id = 3 }, n = 3 }, items)
    assert.are.same({ wire(3) }, sent[3].Users.Keys)
  end)

  it("adds the key to a projection that lacks it, and takes it off again", function()
    local users, sent = service.new { answer { wire(2, { a = { S = "x" } }) } }
    local items =
      assert(users:batch_get({ 1, 2 }, { projection = "a, b.c", consistent_read = true }))
    assert.are.same({ [2] = { a = "x" }, n = 2 }, items)
    assert.are.same({
      ConsistentRead = true,
      ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "b", ["#n2"] = "c", ["#n3"] = "id" },
      Keys = { wire(1), wire(2) },
      ProjectionExpression = "#n0, #n1.#n2, #n3",
    }, sent[1].Users)
  end)

  it("leaves a projection alone that has the key", function()
    local users, sent = service.new { answer { wire(1) } }
    local items = assert(users:batch_get({ 1 }, { projection = dynamo.projection("id", "a") }))
    assert.are.same({ { id = 1 }, n = 1 }, items)
    assert.are.equal("#n0, #n1", sent[1].Users.ProjectionExpression)
  end)

  it("hands items through the extensions, which may hide one", function()
    local own = { name = "own" }
    function own.after_read(context)
      assert.are.same({ "get", "Users" }, { context.operation, context.table })
      if context.item.id == 2 then return { hidden = true } end
      context.item.seen = true
      return { item = context.item }
    end
    local users = service.new({ service.leave() }, { extensions = { own } })
    assert.are.same({ { id = 1, seen = true }, n = 2 }, (users:batch_get { 1, 2 }))
  end)

  it("hands back what was read when something fails", function()
    local users = service.new { service.leave(2), REFUSED }
    local items, message, err = users:batch_get { 1, 2, 3 }
    assert.is_nil(items)
    assert.are.equal("ValidationException: no", message)
    assert.are.same({ { id = 1 }, [3] = { id = 3 }, n = 3 }, err.items)
    assert.are.same({ { id = 2 } }, err.unprocessed)
    assert.is_nil(err.maybe_applied)
  end)

  it("stops after a batch that failed, and hands back the keys of those not begun", function()
    local users, _, fake = service.new { REFUSED }
    local keys = {}
    for id = 1, 250 do
      keys[id] = id
    end
    local items, _, err = users:batch_get(keys, { in_flight = 1 })
    assert.is_nil(items)
    assert.are.same({ 250, 1 }, { #err.unprocessed, #fake.requests })
  end)

  it("is bounded where nothing gets done", function()
    local users = service.new { service.leave_all }
    local items, _, err = users:batch_get({ 1 }, { timeout = 3 })
    assert.is_nil(items)
    assert.are.same({ "UnprocessedItems", "batch_get_item" }, { err.code, err.operation })
    assert.are.same({ { id = 1 } }, err.unprocessed)
  end)

  it("refuses a response that has what was not asked for", function()
    for _, step in ipairs {
      answer { wire(7) },
      answer({ wire(1) }, "Others"),
      answer { { a = { S = "x" } } },
      { status = 200, body = '{"UnprocessedKeys":{"Users":{"Keys":[{"id":{"N":"7"}}]}}}' },
    } do
      local users = service.new { step }
      local items, _, err = users:batch_get { 1 }
      assert.is_nil(items)
      assert.are.same({ "integrity", "UnknownItem" }, { err.kind, err.code })
      assert.are.same({ { id = 1 } }, err.unprocessed)
    end
  end)

  it("refuses a bad key by its place, and sends nothing", function()
    local cases = {
      { { { id = 1 }, { other = 1 } }, "keys[2].id", "keys[2].id is missing" },
      { { { id = 1, x = 1 } }, "keys[1].x", "keys[1].x is not a key attribute" },
      { { 1, true }, "keys[2]", "keys[2]: key must be a table, not boolean" },
      { { "" }, "keys[1].id", "keys[1].id must not be empty" },
    }
    for _, case in ipairs(cases) do
      local users, _, fake = service.new()
      local items, message, err = users:batch_get(case[1])
      assert.is_nil(items)
      assert.are.equal(case[3], message:sub(1, #case[3]))
      assert.are.same({ "validation", case[2] }, { err.kind, err.path })
      assert.are.same(case[1], err.unprocessed)
      assert.are.equal(0, #fake.requests)
    end
  end)

  it("sums what was consumed by table", function()
    local function consumed(units)
      return {
        status = 200,
        body = json.encode {
          ConsumedCapacity = {
            { TableName = "Users", CapacityUnits = units, Table = { CapacityUnits = units } },
          },
          UnprocessedKeys = units == 1 and { Users = { Keys = { wire(1) } } } or nil,
        },
      }
    end
    local users, _, fake = service.new { consumed(1), consumed(2.5) }
    local _, _, info = users:batch_get({ 1 }, { return_consumed_capacity = "TOTAL" })
    assert.are.same(
      { { TableName = "Users", CapacityUnits = 3.5, Table = { CapacityUnits = 3.5 } } },
      info.consumed_capacity
    )
    assert.are.equal("TOTAL", core.document(fake.requests[1].body).ReturnConsumedCapacity)
  end)

  it("shows what it would send", function()
    local users, _, fake = service.new()
    local keys = {}
    for id = 1, 201 do
      keys[id] = id
    end
    local request = assert(users:explain("batch_get", keys, { projection = "a" }))
    assert.are.equal("POST", request.method)
    assert.are.equal(2, #request.after)
    assert.are.equal(1, #core.document(request.after[2].body).RequestItems.Users.Keys)
    local nothing, message = users:explain("batch_get", {})
    assert.is_nil(nothing)
    assert.are.equal("batch_get_item: there is nothing to send", message)
    assert.are.equal(0, #fake.requests)
  end)
end)

describe("db:batch_get", function()
  local function two_tables(steps)
    local db, fake = fake_client.new(steps)
    local users = db:table("Users", { key = { "id" } })
    local orders = db:table("Orders", { key = { "customer", "at" } })
    return db, users, orders, fake
  end

  it("reads from several tables at once", function()
    local body = [[{"Responses":{"Users":[{"id":{"N":"2"}}],
      "Orders":[{"customer":{"S":"c"},"at":{"N":"1"},"x":{"BOOL":true}}]}}]]
    local db, users, orders, fake = two_tables { { status = 200, body = body } }
    local key = { customer = "c", at = 1 }
    local items, message, info = db:batch_get { [users] = { 1, 2 }, [orders] = { key } }
    assert.is_nil(message)
    assert.are.same({ [2] = { id = 2 }, n = 2 }, items[users])
    assert.are.same({ { customer = "c", at = 1, x = true }, n = 1 }, items[orders])
    assert.are.same({ 1, 1 }, { info.requests, #fake.requests })
  end)

  it("hands back by table what was not read", function()
    local db, users, orders = two_tables { REFUSED }
    local key = { customer = "c", at = 1 }
    local items, _, err = db:batch_get { [users] = { 1 }, [orders] = { key } }
    assert.is_nil(items)
    assert.are.same({ { id = 1 } }, err.unprocessed[users])
    assert.are.same({ key }, err.unprocessed[orders])
    assert.are.same({ n = 1 }, err.items[users])
  end)

  it("calls a place by the table's name", function()
    local db, users = two_tables { REFUSED }
    local _, message = db:batch_get { [users] = { 1, {} } }
    assert.are.equal("Users[2].id is missing; it is a key attribute", message)
  end)

  it("shows what it would send", function()
    local db, users, orders = two_tables { REFUSED }
    local request = assert(
      db:explain("batch_get", { [users] = { 1 }, [orders] = { { customer = "c", at = 1 } } })
    )
    local asked = core.document(request.body).RequestItems
    assert.are.same({ { wire(1) } }, { asked.Users.Keys })
    assert.are.equal(1, #asked.Orders.Keys)
    assert.is_nil(request.after)
  end)
end)
