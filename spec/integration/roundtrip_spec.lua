-- SPDX-License-Identifier: MIT
-- What is written is what is read: random items of every type, through each emulator and back.
-- No emulator needs an exception: each keeps all 38 digits and NUL. A set has no order.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local random_value = require "support.random_value"
local scale = require "support.scale"

local ITEMS, SEED, DEPTH = scale(300), 20120810, 4

-- Returns a random item with the key `id`.
local function random_item(random, id)
  local item = random_value.map(random, DEPTH)
  item.id = id
  return item
end

local function assert_same_item(item, back)
  assert.is_true(random_value.same(item, back), dynamo.encode_item(item))
  assert.is_true(dynamo.equal(item, back))
  assert.equal(dynamo.encode_item(item), dynamo.encode_item(back))
end

emulator.each("random items", function(host)
  local db = host.db
  local name, things

  setup(function()
    name = host:create { { "id", "N" } }
    things = db:table(name, { key = { "id" } })
  end)

  host:it("come back as they went", function()
    local random = random_value.source(SEED)
    for id = 1, ITEMS do
      local item = random_item(random, id)
      assert(things:put(item))
      assert_same_item(item, assert(things:get({ id = id }, { consistent_read = true })))
    end
  end)

  host:it("come back through UpdateItem as they went", function()
    local random = random_value.source(SEED + 1)
    for id = -1, -ITEMS / 10, -1 do
      local item = random_item(random, id)
      item.attribute = "so that there is one to set"
      assert_same_item(item, assert(things:upsert(item, { return_values = "ALL_NEW" })))
    end
  end)

  host:it("are found again by their key", function()
    local random = random_value.source(SEED + 2)
    for _ = 1, ITEMS / 10 do
      local key = { id = random_value.number(random) }
      assert(things:put(key))
      assert_same_item(key, assert(things:get(key)))
      assert(things:delete(key))
      assert.is_nil(things:get(key))
    end
  end)

  host:it('come back written with numbers = "exact"', function()
    local exact = host:client { numbers = "exact" }:table(name, { key = { "id" } })
    local random = random_value.source(SEED + 3)
    for id = 1, ITEMS / 10 do
      local item = random_item(random, id)
      assert(exact:put(item))
      local back = assert(exact:get { id = id })
      assert.equal("userdata", type(back.id))
      assert_same_item(item, back)
    end
  end)

  host:it("come back in a batch as they went", function()
    local random = random_value.source(SEED + 4)
    local requests, items, keys = {}, {}, {}
    for i = 1, 25 do
      local id = 1000 + i
      items[id] = random_item(random, id)
      requests[i], keys[i] = { PutRequest = { Item = items[id] } }, { id = id }
    end
    local written = assert(db:batch_write_item { RequestItems = { [name] = requests } })
    assert.is_nil(next(written.UnprocessedItems))
    local read = assert(db:batch_get_item { RequestItems = { [name] = { Keys = keys } } })
    assert.equal(25, #read.Responses[name])
    for _, back in ipairs(read.Responses[name]) do
      assert_same_item(items[back.id], back)
    end
  end)
end)
