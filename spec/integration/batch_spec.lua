-- SPDX-License-Identifier: MIT
-- Batches on real servers: what is written is there once, and read where its key stands.
local batch_work = require "support.batch_work"
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local scale = require "support.scale"

local MANY = scale(250)

emulator.each("batches", function(host)
  it(("write %d items, each once, and read them back"):format(MANY), function()
    local name = host:create { { "id", "N" } }
    assert.same(batch_work.expected(MANY), batch_work.run(host.db, name, MANY))
  end)

  it("keep the last of many writes to one key", function()
    local things = host.db:table(host:create { { "id", "S" }, { "at", "N" } })
    assert(things:writer({ in_flight = 4 }, function(w)
      for n = 1, 120 do
        w:put { id = "k", at = n % 3, n = n }
        w:put { id = "filler", at = n }
      end
      w:delete { id = "k", at = 0.0 }
    end))
    local keys =
      { { id = "k", at = 0 }, { id = "k", at = dynamo.number "1.0" }, { id = "k", at = 2 } }
    local items = assert(things:batch_get(keys, { consistent_read = true }))
    assert.is_nil(items[1])
    assert.same({ 118, 119 }, { items[2].n, items[3].n })
  end)

  it("span tables, of which some have sort keys", function()
    local users = host.db:table(host:create { { "id", "S" } }, { key = { "id" } })
    local orders = host.db:table(host:create { { "customer", "S" }, { "at", "N" } })
    assert(host.db:batch_write {
      [users] = { put = { { id = "a", n = 1 }, { id = "b", n = 2 } } },
      [orders] = { put = { { customer = "a", at = 1, total = 5 }, { customer = "a", at = 2 } } },
    })
    local items = assert(host.db:batch_get({
      [users] = { "b", "c", "a" },
      [orders] = { { customer = "a", at = 2 }, { customer = "a", at = 1.0 } },
    }, { consistent_read = true }))
    assert.same({ { id = "b", n = 2 }, [3] = { id = "a", n = 1 }, n = 3 }, items[users])
    assert.same({ 5, 2 }, { items[orders][2].total, items[orders].n })
  end)

  it("read more than a response holds", function()
    local things = host.db:table(host:create { { "id", "N" } }, { key = { "id" } })
    local text, keys = ("x"):rep(390 * 1024), {}
    assert(things:writer({ in_flight = 2 }, function(w)
      for id = 1, 44 do
        keys[id] = id
        w:put { id = id, text = text }
      end
    end))
    local items = assert(things:batch_get(keys))
    for id = 1, 44 do
      assert.equal(#text, items[id] and #items[id].text)
    end
  end)

  it("hand back what a missing table keeps from being done", function()
    local nowhere = host.db:table("missing_" .. host.name, { key = { "id" } })
    local done, _, err = nowhere:batch_write { put = { { id = "1" } }, delete = { "2" } }
    assert.is_nil(done)
    assert.same({ "ResourceNotFoundException", "no" }, { err.code, err.maybe_applied })
    assert.same({ put = { { id = "1" } }, delete = { { id = "2" } } }, err.unprocessed)
    local items, _, failed = nowhere:batch_get { "1" }
    assert.is_nil(items)
    assert.same({ { id = "1" } }, failed.unprocessed)
  end)

  it("tell what they consumed", function()
    local things = host.db:table(host:create { { "id", "N" } }, { key = { "id" } })
    local items = {}
    for id = 1, 60 do
      items[id] = { id = id }
    end
    local o = { return_consumed_capacity = "TOTAL" }
    local _, _, info = assert(things:batch_write({ put = items }, o))
    assert.equal(1, #info.consumed_capacity)
    assert.is_true(info.consumed_capacity[1].CapacityUnits >= 3) -- moto counts requests
  end)
end)
