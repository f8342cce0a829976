-- SPDX-License-Identifier: MIT
-- Transactions against emulators: all or nothing, whose reasons, under one token.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

emulator.each("a transaction", function(host)
  local name, users, orders, looked_up
  local db = host.db
  local count = 0

  setup(function()
    name = host:create { { "id", "S" } }
    users = db:table(name, { key = { "id" } })
    looked_up = db:table(name)
    orders =
      db:table(host:create { { "userId", "S" }, { "at", "N" } }, { key = { "userId", "at" } })
  end)

  -- Returns the nth of keys that nobody else uses.
  local key
  before_each(function()
    count = count + 1
    function key(n)
      return ("t%d-%d"):format(count, n)
    end
  end)

  local function read(id)
    return users:get(id, { consistent_read = true })
  end

  local function it(what, feature, body)
    host:it(what, body and feature or "transactions", body or feature)
  end

  it("takes every verb that writes, and check", function()
    for n = 1, 7 do
      assert(users:put { id = key(n), n = n, open = true })
    end
    local done, message, info = db:transaction()
      :insert(users, { id = key(11), n = 11 })
      :put(users, { id = key(1), put = true })
      :replace(users, { id = key(2), replaced = true })
      :upsert(users, { id = key(3), upserted = true })
      :upsert(users, { id = key(12), upserted = true })
      :patch(users, { id = key(4), patched = true })
      :update(users, key(5), "SET n = n + ?, seen = ?", 10, "today")
      :delete(users, key(6))
      :check(users, key(7), "open = ? AND n > ?", true, 1)
      :put(orders, { userId = key(1), at = 1.5, total = dynamo.number "12.50" })
      :commit()
    assert.is_nil(message)
    assert.is_true(done)
    assert.equal(1, info.attempts)
    assert.same({ id = key(11), n = 11 }, read(key(11)))
    assert.same({ id = key(1), put = true }, read(key(1)))
    assert.same({ id = key(2), replaced = true }, read(key(2)))
    assert.same({ id = key(3), n = 3, open = true, upserted = true }, read(key(3)))
    assert.same({ id = key(12), upserted = true }, read(key(12)))
    assert.same({ id = key(4), n = 4, open = true, patched = true }, read(key(4)))
    assert.same({ id = key(5), n = 15, open = true, seen = "today" }, read(key(5)))
    assert.is_nil(read(key(6)))
    assert.same({ id = key(7), n = 7, open = true }, read(key(7)))
    assert.equal("12.5", tostring(orders:get({ userId = key(1), at = 1.5 }).total))
  end)

  it("does nothing where one action fails, and says which", function()
    assert(users:put { id = key(2), n = 2 })
    assert(users:put { id = key(4), n = 4 })
    local done, message, err = db:transaction()
      :put(users, { id = key(1) })
      :insert(users, { id = key(2) })
      :replace(users, { id = key(3) })
      :update(users, key(4), "ADD n ?", 1, { condition = { "n > ?", 100 } })
      :check(orders, { userId = key(5), at = 1 }, "attribute_exists(userId)")
      :commit()
    assert.is_nil(done)
    assert.same({ "service", "TransactionCanceledException", "no", 2 }, {
      err.kind,
      err.code,
      err.maybe_applied,
      err.action,
    }, message)
    local codes, verbs, tables = {}, {}, {}
    for i, reason in ipairs(err.reasons) do
      codes[i], verbs[i], tables[i] = reason.code, reason.verb, reason.table
    end
    local FAILED = "ConditionalCheckFailed"
    assert.same({ "None", FAILED, FAILED, FAILED, FAILED }, codes)
    assert.same({ "put", "insert", "replace", "update", "check" }, verbs)
    assert.equal(tables[1], tables[4])
    assert.is_true(tables[5] ~= tables[1])
    assert.equal("there is an item with this key already", err.reasons[2].message)
    assert.equal("there is no item with this key", err.reasons[3].message)
    assert.same({ id = key(2), n = 2 }, err.reasons[2].item)
    assert.same({ id = key(2), n = 2 }, err.item)
    assert.is_nil(err.reasons[3].item)
    assert.same({ id = key(4), n = 4 }, err.reasons[4].item)
    assert.is_nil(read(key(1)))
    assert.same({ id = key(2), n = 2 }, read(key(2)))
    assert.same({ id = key(4), n = 4 }, read(key(4)))
  end)

  it("is done once under one token", "tokens", function()
    local function add(amount)
      return db:transaction():update(users, key(1), "ADD n ?", amount)
    end
    local token = name .. key(1) -- the emulator knows those of other runs
    assert(add(5):commit { token = token })
    assert(add(5):commit { token = token })
    assert.equal(5, read(key(1)).n)
    local done, _, err = add(6):commit { token = token }
    assert.is_nil(done)
    assert.equal("IdempotentParameterMismatchException", err.code)
    assert(add(5):commit())
    assert.equal(10, read(key(1)).n)
  end)

  it("looks up the keys that it was not told", function()
    assert(
      db:transaction()
        :insert(looked_up, { id = key(1), n = 1 })
        :upsert(looked_up, { id = key(2), n = 2 })
        :commit()
    )
    assert.equal(2, read(key(2)).n)
    local _, message =
      db:transaction():put(looked_up, { id = key(1) }):delete(looked_up, { id = key(1) }):commit()
    assert.matches("actions[2]: the same item as actions[1]", message, 1, true)
  end)

  it("takes a hundred actions", function()
    local transaction = db:transaction()
    for n = 1, 100 do
      transaction:put(users, { id = key(n), n = n })
    end
    assert(transaction:commit())
    assert.same({ 1, 100 }, { read(key(1)).n, read(key(100)).n })
  end)

  it("reads a hundred items", "hundred_gets", function()
    local gets = {}
    for n = 1, 100 do
      if n % 2 == 1 then assert(users:put { id = key(n), n = n }) end
      gets[n] = { users, key(n) }
    end
    local items = assert(db:transact_get(gets))
    for n = 1, 100 do
      assert.same(n % 2 == 1 and { id = key(n), n = n } or nil, items[n])
    end
  end)

  it("takes what extensions make of an item", function()
    local docs = db:table(host:create { { "id", "S" } }, {
      key = { "id" },
      extensions = { dynamo.extension.version() },
    })
    local doc = { id = key(1), text = "one" }
    local done, _, info = db:transaction():put(docs, doc):put(users, { id = key(1) }):commit()
    assert.is_true(done)
    assert.same({ { version = 1 } }, info.actions)
    local _, _, err = db:transaction():put(users, { id = key(2) }):put(docs, doc):commit()
    assert.equal(2, err.action)
    assert.equal("ConditionalCheckFailed", err.reasons[2].code)
    assert.is_nil(read(key(2)))
    doc.version = 1
    assert(db:transaction():put(docs, doc):put(users, { id = key(2) }):commit())
    assert.equal(2, docs:get(key(1)).version)
  end)

  it("gives what is unique to one of many that come at once", "atomic_transactions", function()
    local won = {}
    local count_of, message = dynamo.each({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, function(n)
      local done, _, err = db:transaction()
        :insert(users, { id = key(n), address = key(100) })
        :insert(users, { id = key(100), owner = key(n) })
        :update(users, key(101), "ADD n ?", 1)
        :commit { retry_conflicts = true }
      if done then won[#won + 1] = n end
      assert(done or err.action == 2, tostring(err))
      return true
    end, { in_flight = 12 })
    assert.equal(12, count_of, message)
    assert.equal(1, #won)
    assert.equal(key(won[1]), read(key(100)).owner)
    assert.equal(1, read(key(101)).n)
    for n = 1, 12 do
      assert.equal(n == won[1], read(key(n)) ~= nil)
    end
  end)

  it("is sent as explain shows it", function()
    local transaction = db:transaction():insert(users, { id = key(1) }):delete(users, key(2))
    local request = assert(transaction:explain { return_consumed_capacity = "TOTAL" })
    assert.matches('"TransactItems":[{"Put":', request.body, 1, true)
    assert.matches('"ReturnConsumedCapacity":"TOTAL"', request.body, 1, true)
    assert.is_nil(read(key(1)))
    assert(transaction:commit())
    assert.is_table(read(key(1)))
  end)

  it("reads items of several tables at one moment", function()
    assert(users:put { id = key(1), n = 1, list = { 1, 2 }, more = "more" })
    assert(orders:put { userId = key(1), at = 1, total = 5 })
    local items, _, info = db:transact_get {
      { users, { id = key(1) } },
      { orders, { userId = key(1), at = 2 } },
      { orders, { userId = key(1), at = 1.0 } },
      { users, key(9) },
    }
    assert.equal(1, info.attempts)
    assert.same({ id = key(1), n = 1, list = { 1, 2 }, more = "more" }, items[1])
    assert.is_nil(items[2])
    assert.same({ userId = key(1), at = 1, total = 5 }, items[3])
    assert.is_nil(items[4])
    assert.equal(4, items.n)
  end)

  it("reads what a projection says", "projected_transactions", function()
    assert(users:put { id = key(1), n = 1, list = { 1, 2 }, more = "more" })
    local items = assert(db:transact_get {
      { users, key(1), { projection = "id, #n, list[1]", names = { ["#n"] = "n" } } },
      { users, key(2), { projection = "id" } },
    })
    assert.same({ id = key(1), n = 1, list = { 2 } }, items[1])
    assert.is_nil(items[2])
  end)
end)
