-- SPDX-License-Identifier: MIT
-- Read, change, write back, against real servers: what differs is written and nothing else, and nobody's
-- write is lost.
local dynamo = require "dynamo"
local emulator = require "support.emulator"
local scale = require "support.scale"

local CLIENTS = 8
local INCREMENTS = scale(200)

local EXACT = "12345678901234567890.123456789012345678"

emulator.each("modify", function(host)
  local things, name

  setup(function()
    name = host:create { { "id", "S" } }
    things = host.db:table(name, { key = { "id" } })
  end)

  local function stored(id)
    return assert(host.db.typed:get_item {
      TableName = name,
      Key = { id = { S = id } },
      ConsistentRead = true,
    }).Item
  end

  local function item_of(id)
    local item, message = things:get({ id = id }, { consistent_read = true, required = true })
    return assert(item, message)
  end

  -- Returns a table whose requests are counted, and the list of them.
  local function recorded()
    local db, sent = host:recorded_client()
    return db:table(name, { key = { "id" } }), sent
  end

  host:it("makes an item where there is none", function()
    local seen = "nothing"
    local done, message, info = things:modify("new", function(item)
      seen = item
      return { a = 1, tags = dynamo.set { "x" } }
    end)
    assert.is_true(done, message)
    assert.is_nil(seen)
    assert.equal(1, info.rounds)
    assert.is_true(info.written)
    assert.same({ id = { S = "new" }, a = { N = "1" }, tags = { SS = { "x" } } }, stored "new")
    assert(things:modify("key alone", function()
      return {}
    end))
    assert.same({ id = { S = "key alone" } }, stored "key alone")
  end)

  host:it("writes what differs, and leaves what others wrote", function()
    assert(things:put { id = "d", a = 1, c = "gone", same = { 1 } })
    local result = assert(things:modify("d", function(item)
      assert(things:update("d", "SET beside = 'theirs'"))
      item.a = item.a + 1
      item.c = nil
      item.new = dynamo.null
      return item
    end, { return_values = "ALL_NEW" }))
    local expected = {
      id = "d",
      a = 2,
      new = dynamo.null,
      same = { 1 },
      beside = "theirs",
    }
    assert.is_true(dynamo.equal(expected, result), dynamo.show(result))
    assert.is_true(dynamo.equal(expected, item_of "d"))
  end)

  host:it("sends nothing where nothing differs, or nil was returned", function()
    assert(things:put { id = "same", n = 1, s = dynamo.set { 2, 1 } })
    local own, sent = recorded()
    for _, f in ipairs {
      function() end,
      function(item)
        return item
      end,
      function()
        return { id = "same", n = dynamo.number "1.0", s = dynamo.set { 1, 2 } }
      end,
    } do
      local done, _, info = own:modify("same", f)
      assert.is_true(done)
      assert.is_false(info.written)
    end
    assert.same({ "GetItem", "GetItem", "GetItem" }, sent)
    local whole = assert(own:modify("same", function() end, { return_values = "ALL_NEW" }))
    assert.is_true(dynamo.equal({ id = "same", n = 1, s = dynamo.set { 1, 2 } }, whole))
    assert.same({}, (own:modify("nobody", function() end, { return_values = "ALL_OLD" })))
    assert.same({}, (own:modify("same", function() end, { return_values = "UPDATED_NEW" })))
  end)

  host:it("goes round again where what it changes was changed, or made, meanwhile", function()
    for _, case in ipairs {
      { { id = "r", n = 1 }, "SET n = 10", { id = "r", n = 11, m = 1 } },
      { { id = "r", n = 1 }, "SET m = 5", { id = "r", n = 2, m = 6 } },
      { { id = "r", n = 1 }, "REMOVE n", { id = "r", n = 1, m = 1 } },
    } do
      assert(things:put(case[1]))
      local calls = 0
      local done, message, info = things:modify("r", function(item)
        calls = calls + 1
        if calls == 1 then assert(things:update("r", case[2])) end
        item.n, item.m = (item.n or 0) + 1, (item.m or 0) + 1
        return item
      end)
      assert.is_true(done, message)
      assert.equal(2, calls)
      assert.equal(2, info.rounds)
      assert.same(case[3], item_of "r")
    end
  end)

  host:it("goes round again where the item came, or went, meanwhile", function()
    for _, was_there in ipairs { true, false } do
      assert(things:put { id = "e" })
      if not was_there then assert(things:delete "e") end
      local calls = 0
      assert(things:modify("e", function(item)
        calls = calls + 1
        if calls == 1 and was_there then assert(things:delete "e") end
        if calls == 1 and not was_there then assert(things:put { id = "e", theirs = true }) end
        item = item or { made = true }
        item.n = 1
        return item
      end))
      assert.equal(2, calls)
      local expected = was_there and { id = "e", made = true, n = 1 }
        or { id = "e", theirs = true, n = 1 }
      assert.same(expected, item_of "e")
    end
  end)

  host:it("gives up after `attempts`, and says so", function()
    assert(things:put { id = "busy", n = 0 })
    local calls = 0
    local done, message, err = things:modify("busy", function(item)
      calls = calls + 1
      assert(things:update("busy", "SET n = n + 1"))
      item.n = item.n + 100
      return item
    end, { attempts = 3 })
    assert.is_nil(done)
    assert.equal("ConditionalCheckFailedException", err.code)
    assert.equal("no", err.maybe_applied)
    assert.truthy(message:find("in each of 3 rounds others wrote first", 1, true), message)
    assert.equal(3, calls)
    assert.equal(3, err.rounds)
    assert.same({ id = "busy", n = 3 }, item_of "busy")
  end)

  host:it("guards and writes every kind of value, exactly", "exact_writes", function()
    local item = {
      id = "kinds",
      big = dynamo.number(EXACT),
      float = 0.1,
      text = "a\0b",
      bytes = dynamo.binary "\255\0",
      yes = true,
      none = dynamo.null,
      list = dynamo.list { 1, "x", dynamo.list {}, {} },
      map = { deep = { n = dynamo.number "1e-120" } },
      ss = dynamo.set { "b", "a" },
      ns = dynamo.set { dynamo.number(EXACT), 3 },
      bs = dynamo.set { dynamo.binary "x" },
    }
    assert(things:put(item))
    local before = stored "kinds"
    -- Each attribute is guarded by the value that was read, and written back as something else.
    assert(things:modify("kinds", function(read)
      local changed = { id = "kinds" }
      for attribute, value in pairs(read) do
        if attribute ~= "id" then changed[attribute] = dynamo.list { value } end
      end
      return changed
    end))
    assert(things:modify("kinds", function(read)
      local changed = { id = "kinds" }
      for attribute, value in pairs(read) do
        if attribute ~= "id" then changed[attribute] = value[1] end
      end
      return changed
    end))
    assert.is_true(dynamo.equal(dynamo.from_typed(before), dynamo.from_typed(stored "kinds")))
    assert.same(before.big, stored("kinds").big)
  end)

  host:it("has words that are reserved, and names with dots", function()
    assert(things:put { id = "names", status = 1, ["a.b"] = 1, name = "x" })
    assert(things:modify("names", function(item)
      item.status, item["a.b"], item.name, item.size = 2, 2, nil, 1
      return item
    end))
    assert.same({ id = "names", status = 2, ["a.b"] = 2, size = 1 }, item_of "names")
  end)

  host:it("guards by the version where there is one", function()
    local docs =
      host.db:table(name, { key = { "id" }, extensions = { dynamo.extension.version() } })
    local wide = { id = "v" }
    for i = 1, 20 do
      wide["attribute" .. i] = 1
    end
    local _, _, info = docs:modify("v", function()
      return wide
    end)
    assert.equal(1, info.version)
    local calls = 0
    local _, _, second = docs:modify("v", function(item)
      calls = calls + 1
      if calls == 1 then assert(docs:update("v", "SET beside = 1")) end
      item.attribute1, item.version = 2, 77
      return item
    end)
    assert.equal(2, calls)
    assert.equal(3, second.version)
    local item = item_of "v"
    assert.equal(3, item.version)
    assert.equal(2, item.attribute1)
    assert.equal(1, item.beside)
  end)

  host:it(
    "guards and writes lists and maps that the function changed in place",
    "equal_documents",
    function()
      assert(
        things:put { id = "nested", map = { deep = { n = 1 } }, list = { 1, { 2 } }, same = {} }
      )
      local calls = 0
      assert(things:modify("nested", function(item)
        calls = calls + 1
        if calls == 1 then assert(things:update("nested", "SET map.deep.theirs = 5")) end
        item.map.deep.n = 2
        table.insert(item.list, 1, "first")
        item.list[3][1] = 3
        return item
      end))
      assert.equal(2, calls)
      assert.same({
        id = "nested",
        map = { deep = { n = 2, theirs = 5 } },
        list = { "first", 1, { 3 } },
        same = {},
      }, item_of "nested")
    end
  )

  host:it("takes an expired item that a get hides for none, and writes over it", function()
    local now = 1000
    local sessions = host.db:table(name, {
      key = { "id" },
      extensions = {
        dynamo.extension.ttl {
          attribute = "expires",
          seconds = 60,
          hide_expired = true,
          clock = function()
            return now
          end,
        },
      },
    })
    assert(things:put { id = "t", expires = 900, old = true, kept = 1 })
    local seen = "nothing"
    assert(sessions:modify("t", function(item)
      seen = item
      return { kept = 1, new = true }
    end))
    assert.is_nil(seen)
    assert.same({ id = "t", expires = 1060, kept = 1, new = true }, item_of "t")
  end)

  host:it("finds the key by itself", function()
    local own = host.db:table(name)
    assert(own:modify({ id = "found" }, function()
      return { n = 1 }
    end))
    assert.same({ id = "found", n = 1 }, item_of "found")
  end)

  host:it("is done once, with a token", "transactions", function()
    assert(things:put { id = "once", n = 1 })
    assert(things:modify("once", function(item)
      item.n = item.n + 1
      return item
    end, { once = true }))
    assert.same({ id = "once", n = 2 }, item_of "once")
  end)

  host:it("loses no increment of eight clients, and doubles none", "atomic_updates", function()
    assert(things:put { id = "counter", n = 0 })
    local left, rounds = INCREMENTS, 0
    assert(dynamo.each(function()
      left = left - 1
      return left >= 0 and left or nil
    end, function()
      local done, message, info = things:modify("counter", function(item)
        item.n = item.n + 1
        return item
      end, { attempts = 1000 })
      rounds = rounds + info.rounds
      return done, message, info
    end, { in_flight = CLIENTS }))
    assert.same({ id = "counter", n = INCREMENTS }, item_of "counter")
    assert.is_true(rounds >= INCREMENTS)
  end)
end)
