-- SPDX-License-Identifier: MIT
-- Batch writes of lists.
local core = require "dynamo.core"
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local service = require "support.batch_service"

local REFUSED = { status = 400, body = '{"__type":"x#ValidationException","message":"no"}' }

describe("users:batch_write", function()
  it("sends 25 at a time, puts before deletes", function()
    local users, sent, fake = service.new()
    local done, message, info =
      users:batch_write { put = service.items(1, 30), delete = { 31, 32 } }
    assert.is_true(done)
    assert.is_nil(message)
    assert.are.same({ 32, 0, 2, 2 }, { info.done, info.folded, info.requests, #fake.requests })
    assert.are.same({ 25, 7 }, { #sent[1].Users, #sent[2].Users })
    assert.are.same({ Key = { id = { N = "32" } } }, sent[2].Users[7].DeleteRequest)
  end)

  it("of nothing sends nothing", function()
    local users, _, fake = service.new()
    local done, _, info = users:batch_write { put = {}, delete = {} }
    assert.are.same({ true, 0, 0 }, { done, info.done, #fake.requests })
  end)

  it("keeps the later of two puts of one key", function()
    local users, sent = service.new()
    local _, _, info = users:batch_write { put = { { id = 1, a = 1 }, { id = 1.0, a = 2 } } }
    assert.are.same({ 1, 1 }, { info.done, info.folded })
    assert.are.same({ id = { N = "1" }, a = { N = "2" } }, sent[1].Users[1].PutRequest.Item)
    assert.are.equal(1, #sent[1].Users)
  end)

  it("asks for what its options say", function()
    local users, _, fake = service.new()
    assert(users:batch_write({ put = service.items(1, 1) }, {
      return_consumed_capacity = "INDEXES",
      return_item_collection_metrics = "SIZE",
    }))
    local body = core.document(fake.requests[1].body)
    assert.are.equal("INDEXES", body.ReturnConsumedCapacity)
    assert.are.equal("SIZE", body.ReturnItemCollectionMetrics)
  end)

  it("hands on what the service tells of collections", function()
    local metrics = [[{"ItemCollectionMetrics":{"Users":[
      {"ItemCollectionKey":{"id":{"N":"1"}},"SizeEstimateRangeGB":[0,1]}]}}]]
    local users = service.new { { status = 200, body = metrics } }
    local _, _, info = users:batch_write { put = service.items(1, 26) }
    assert.are.equal(2, #info.item_collection_metrics.Users)
  end)

  -- Asserts that lists are refused, and nothing is sent or lost.
  local function refusal(lists, o)
    local users, _, fake = service.new(nil, o)
    local done, message, err = users:batch_write(lists)
    assert.is_nil(done)
    assert.are.equal(message, err.message)
    assert.are.same({ "validation", "no", 0 }, { err.kind, err.maybe_applied, #fake.requests })
    assert.are.same(lists.put or {}, err.unprocessed.put)
    assert.are.same(lists.delete or {}, err.unprocessed.delete)
    assert.are.same({ put = {}, delete = {} }, err.unknown)
    return message, err
  end

  it("refuses by place, and sends nothing", function()
    local function bad()
      return { id = 3, list = { 1, { a = 1 / 0 } } }
    end
    local message, err = refusal { put = { { id = 1 }, { id = 2 }, bad() } }
    assert.are.equal("put[3].list[2].a", err.path)
    assert.matches("put[3].list[2].a: an infinity", message, 1, true)
    assert.matches("delete[2]: key must be a table", (refusal { delete = { 1, false } }), 1, true)
    assert.matches("put[1]: item must be a table", (refusal { put = { "u-1" } }), 1, true)
    assert.matches("put[2].id is missing", (refusal { put = { { id = 1 }, {} } }), 1, true)
    assert.are.equal(
      "delete[1]: the same key as put[2], and the two have no order; a writer (users:writer) keeps one",
      (refusal { put = { { id = 2 }, { id = 1 } }, delete = { 1 } })
    )
  end)

  it("hands back what a batch after the failed one had", function()
    local users = service.new { service.DONE, REFUSED }
    local done, _, err = users:batch_write(
      { put = service.items(1, 60), delete = { 61 } },
      { in_flight = 1 }
    )
    assert.is_nil(done)
    assert.are.equal("ValidationException", err.code)
    assert.are.same({ 25, 35, 1 }, { err.done, #err.unprocessed.put, #err.unprocessed.delete })
    assert.are.equal("yes", err.maybe_applied)
    assert.are.equal(26, err.unprocessed.put[1].id)
  end)

  it("needs the key, and finds it out", function()
    local describes = {
      status = 200,
      body = [[{"Table":{"KeySchema":[
      {"AttributeName":"id","KeyType":"HASH"}]}}]],
    }
    local db, fake = fake_client.new { describes, service.DONE }
    assert.is_true((db:table("Users"):batch_write { put = { { id = 1 } } }))
    assert.are.equal(2, #fake.requests)
    local none, _, err =
      fake_client.new({ REFUSED }):table("Users"):batch_write { put = { { id = 1 } } }
    assert.is_nil(none)
    assert.are.same({ "describe_table", { { id = 1 } } }, { err.operation, err.unprocessed.put })
    local _, why = db:table("Others"):explain("batch_write", { put = { { id = 1 } } })
    assert.matches("the key is not known, and explain sends nothing", why, 1, true)
  end)

  it("refuses a table's name that is none", function()
    local db, fake = fake_client.new { service.DONE }
    local done, message = db:table("a b", { key = { "id" } }):batch_write { put = { { id = 1 } } }
    assert.is_nil(done)
    assert.matches("TableName: not a table name", message, 1, true)
    assert.are.equal(0, #fake.requests)
  end)

  it("shows what it would send", function()
    local users, _, fake = service.new()
    local request =
      assert(users:explain("batch_write", { put = service.items(1, 60), delete = { 61 } }))
    assert.are.equal(2, #request.after)
    local last = core.document(request.after[2].body).RequestItems.Users
    assert.are.equal(11, #last)
    assert.is_nil(users:explain("batch_write", { put = { {} } }))
    assert.are.equal(0, #fake.requests)
  end)
end)

describe("db:batch_write", function()
  local function two_tables(steps)
    local db, fake = fake_client.new(steps)
    local users = db:table("Users", { key = { "id" } })
    local orders = db:table("Orders", { key = { "customer", "at" } })
    return db, users, orders, fake
  end

  it("writes to several tables at once, and again what is left of each", function()
    local db, users, orders, fake = two_tables { service.leave(2), service.DONE }
    local lists = { put = { { customer = "c", at = 1 }, { customer = "c", at = 2 } } }
    local done, _, info =
      db:batch_write { [users] = { put = service.items(1, 2), delete = { 3 } }, [orders] = lists }
    assert.is_true(done)
    assert.are.same({ 5, 2 }, { info.done, info.requests })
    local first, second = core.document(fake.requests[1].body), core.document(fake.requests[2].body)
    assert.are.same({ 3, 2 }, { #first.RequestItems.Users, #first.RequestItems.Orders })
    assert.are.same({ 1, 1 }, { #second.RequestItems.Users, #second.RequestItems.Orders })
    assert.are.equal("2", second.RequestItems.Orders[1].PutRequest.Item.at.N)
  end)

  it("hands back by table what another batch takes as it is", function()
    local db, users, orders, fake = two_tables { REFUSED, service.DONE }
    local given = {
      [users] = { put = service.items(1, 1) },
      [orders] = { delete = { { customer = "c", at = 1 } } },
    }
    local done, _, err = db:batch_write(given)
    assert.is_nil(done)
    assert.are.same({ { id = 1 } }, err.unprocessed[users].put)
    assert.is_true((db:batch_write(err.unprocessed)))
    assert.are.equal(fake.requests[1].body, fake.requests[2].body)
    assert.are.same({ put = {}, delete = {} }, err.unknown[orders])
  end)

  it("calls a place by the table's name", function()
    local db, users = two_tables { REFUSED }
    local _, message, err = db:batch_write { [users] = { put = { { id = 1 }, {} } } }
    assert.are.equal("Users.put[2].id is missing; it is a key attribute", message)
    assert.are.same({ { id = 1 }, {} }, err.unprocessed[users].put)
  end)

  it("knows a table by its name and by its ARN", function()
    local db, users = two_tables { service.DONE }
    local same = db:table("arn:aws:dynamodb:eu-west-1:123456789012:table/Users", { key = { "id" } })
    local lists = { [users] = { put = { { id = 1 } } }, [same] = { put = { { id = 1.0 } } } }
    local _, _, info = db:batch_write(lists)
    assert.are.same({ 1, 1 }, { info.done, info.folded })
  end)

  it("takes two objects of one table for one", function()
    local db, users, _, fake = two_tables { service.DONE }
    local same = db:table("Users", { key = { "id" } })
    local _, _, info =
      db:batch_write { [users] = { put = { { id = 1 } } }, [same] = { put = { { id = 2 } } } }
    assert.are.same({ 2, 1 }, { info.done, #fake.requests })
    local _, message =
      db:batch_write { [users] = { put = { { id = 1 } } }, [same] = { delete = { 1 } } }
    assert.matches("the same key as", message, 1, true)
  end)
end)

describe("writes with a rate limit", function()
  local function consumed(units)
    local body = '{"ConsumedCapacity":[{"TableName":"Users","CapacityUnits":%d}]}'
    return { status = 200, body = body:format(units), seconds = 0.5 }
  end

  it("wait until what was consumed is paid for, as it is about to be", function()
    local users, sent, fake = service.new { consumed(50), consumed(25) }
    local options = { rate_limit = 10, in_flight = 1 }
    local done, _, info = users:batch_write({ put = service.items(1, 60) }, options)
    assert.is_true(done)
    -- The first 50 units, less the half second that it took; then the 25 that the second took.
    assert.are.same({ 5, 2 }, fake.sleeps)
    assert.are.equal(10, #sent[3].Users)
    assert.are.equal(100, info.consumed_capacity[1].CapacityUnits)
    assert.is_truthy(fake.requests[1].body:find '"ReturnConsumedCapacity":"TOTAL"')
  end)

  it("go by the size of the items where the service does not say", function()
    local users, _, fake = service.new()
    local options = { rate_limit = 10, in_flight = 1 }
    local large_first = service.items(1, 26)
    large_first[1].text = ("x"):rep(2500)
    assert(users:batch_write({ put = large_first }, options))
    assert.are.equal(1, #fake.sleeps)
    assert.is_true(math.abs(fake.sleeps[1] - 2.7) < 1e-9)
  end)

  it("are not begun once the wait is cancelled, and are certainly not done", function()
    local stop = dynamo.canceller()
    local users, _, fake = service.new {
      function()
        stop:cancel()
        return consumed(50)
      end,
    }
    local options = { rate_limit = 10, in_flight = 1, cancel = stop }
    local done, _, err = users:batch_write({ put = service.items(1, 30) }, options)
    assert.are.same({ nil, "cancelled", 1 }, { done, err.kind, #fake.requests })
    assert.are.same({ 5, 0 }, { #err.unprocessed.put, #err.unknown.put })
  end)

  it("are refused a limit that is none", function()
    local users = service.new()
    local ok, message = pcall(users.batch_write, users, { put = {} }, { rate_limit = 0 })
    assert.is_false(ok)
    assert.matches("rate_limit must be a number of capacity units a second, above 0", message)
  end)
end)
