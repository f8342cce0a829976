-- SPDX-License-Identifier: MIT
-- Extensions, merge strategies and the modes of ignore_nulls against emulators.
local dynamo = require "dynamo"
local emulator = require "support.emulator"

local extension = dynamo.extension
local null = dynamo.null
local FAILED = "ConditionalCheckFailedException"

emulator.each("extensions", function(host)
  local name, count

  setup(function()
    name, count = host:create { { "id", "S" } }, 0
  end)

  -- Returns the table with options of db:table.
  local function table_with(o)
    local all = { key = { "id" } }
    for option, value in pairs(o) do
      all[option] = value
    end
    return host.db:table(name, all)
  end

  local function extended(...)
    return table_with { extensions = { ... } }
  end

  local function fresh()
    count = count + 1
    return "item-" .. count
  end

  -- Returns what is stored, whatever extensions make of it.
  local function read(id)
    return (host.db:table(name):get({ id = id }, { consistent_read = true }))
  end

  local function assert_failed(done, _, err)
    assert.is_nil(done)
    assert.equal(FAILED, err.code)
    return err
  end

  describe("version", function()
    local docs

    setup(function()
      docs = extended(extension.version())
    end)

    host:it("counts the writes of an item", function()
      local id = fresh()
      local _, _, info = assert(docs:put { id = id, a = 1 })
      assert.equal(1, info.version)
      _, _, info = assert(docs:upsert { id = id, a = 2, version = 1 })
      assert.equal(2, info.version)
      _, _, info = assert(docs:patch { id = id, a = 3, version = 2 })
      assert.equal(3, info.version)
      _, _, info = assert(docs:update({ id = id }, "SET a = a + 1", { version = 3 }))
      assert.equal(4, info.version)
      _, _, info = assert(docs:replace { id = id, a = 5, version = 4 })
      assert.equal(5, info.version)
      assert.same({ id = id, a = 5, version = 5 }, read(id))
    end)

    host:it("counts beyond what a double or an integer holds", function()
      for _, text in ipairs { "9007199254740991", "9223372036854775806" } do
        local id, number = fresh(), dynamo.number(text)
        assert(host.db:table(name):put { id = id, version = number })
        for i = 1, 3 do
          local item = assert(docs:get { id = id })
          assert(docs:put(item))
          assert.is_true(dynamo.equal(number + i, read(id).version))
        end
      end
    end)

    host:it("hands the new version back with the attributes", function()
      local id = fresh()
      local item = assert(docs:upsert({ id = id, a = 1 }, { return_values = "ALL_NEW" }))
      assert.equal(1, item.version)
      item.a = 2
      item = assert(docs:upsert(item, { return_values = "ALL_NEW" }))
      assert.same({ id = id, a = 2, version = 2 }, item)
    end)

    host:it("refuses a write on what was not read", function()
      local id = fresh()
      assert(docs:put { id = id, a = 1 })
      assert_failed(docs:put { id = id, a = 2 })
      assert_failed(docs:upsert { id = id, a = 2, version = 7 })
      assert_failed(docs:patch { id = id, a = 2, version = 0 })
      assert_failed(docs:update({ id = id }, "SET a = 2", { version = 2 }))
      assert.same({ id = id, a = 1, version = 1 }, read(id))
    end)

    host:it("brings the item of the other writer", "failed_item", function()
      local id = fresh()
      assert(docs:put { id = id, a = 1 })
      assert.same(
        { id = id, a = 1, version = 1 },
        assert_failed(docs:upsert { id = id, a = 2, version = 7 }).item
      )
    end)

    host:it("takes over an item that is stored at the start", function()
      local id = fresh()
      assert(host.db:table(name):put { id = id, version = 0 })
      assert(docs:upsert { id = id, version = 0 })
      assert.equal(1, read(id).version)
      id = fresh()
      assert(docs:upsert { id = id, version = 0, a = 1 })
      assert.equal(1, read(id).version)
    end)

    host:it("guards a delete that knows the version", function()
      local id = fresh()
      assert(docs:put { id = id })
      assert_failed(docs:delete({ id = id }, { version = 2 }))
      assert_failed(docs:delete { id = id, version = 3 })
      assert.is_table(read(id))
      assert(docs:delete { id = id, version = 1 })
      assert.is_nil(read(id))
      assert(docs:put { id = id })
      assert(docs:delete { id = id })
      assert.is_nil(read(id))
    end)

    host:it("moves on what an update without a version writes", function()
      local id = fresh()
      assert(docs:put { id = id, a = 1 })
      assert(docs:update({ id = id }, "SET a = a + 1"))
      assert.same({ id = id, a = 2, version = 2 }, read(id))
      assert_failed(docs:upsert { id = id, a = 5, version = 1 })
    end)

    host:it("goes with the user's condition", function()
      local id = fresh()
      assert(docs:put { id = id, a = 1 })
      assert_failed(docs:upsert({ id = id, version = 1, b = 1 }, { condition = "a = 2" }))
      assert_failed(docs:upsert({ id = id, version = 2, b = 1 }, { condition = "a = 1 OR a = 3" }))
      assert(docs:upsert({ id = id, version = 1, b = 1 }, { condition = "a = 1 OR a = 3" }))
    end)

    host:it("guards a write that is sent once", "transactions", function()
      local id = fresh()
      assert(docs:put({ id = id, a = 1 }, { once = true }))
      local _, _, info = assert(docs:upsert({ id = id, a = 2, version = 1 }, { once = true }))
      assert.equal(2, info.version)
      assert_failed(docs:upsert({ id = id, a = 2, version = 1 }, { once = true }))
    end)

    host:it("loses none of 1,000 updates of two clients that race", function()
      local id, updates, conflicts = fresh(), 1000, 0
      assert(docs:put { id = id, hits = 0 })
      -- One client: reads, lets the other go on, and writes what it read plus one.
      local function writer()
        local own =
          host:client():table(name, { key = { "id" }, extensions = { extension.version() } })
        local done = 0
        while done < updates / 2 do
          local item = assert(own:get({ id = id }, { consistent_read = true }))
          coroutine.yield()
          item.hits = item.hits + 1
          local written, message, err = own:upsert(item)
          if written then
            done = done + 1
          else
            assert(err.code == FAILED, message)
            conflicts = conflicts + 1
          end
        end
      end
      local writers, turn = { coroutine.create(writer), coroutine.create(writer) }, 0
      while writers[1] do
        turn = (turn * 7 + 3) % 64 -- an uneven order, the same in every run
        local i = turn % #writers + 1
        assert(coroutine.resume(writers[i]))
        if coroutine.status(writers[i]) == "dead" then table.remove(writers, i) end
      end
      assert.same({ id = id, hits = updates, version = updates + 1 }, read(id))
      assert.is_true(conflicts > 0)
    end)
  end)

  describe("counter", function()
    host:it("counts updates, whatever the item says", function()
      local pages, id = extended(extension.counter { attribute = "edits", start = 1 }), fresh()
      for expected = 1, 3 do
        assert(pages:upsert { id = id, a = expected, edits = 77 })
        assert.same({ id = id, a = expected, edits = expected }, read(id))
      end
      assert(pages:update({ id = id }, "SET a = 4"))
      assert.equal(4, read(id).edits)
      assert(pages:put { id = id })
      assert.same({ id = id, edits = 1 }, read(id))
    end)

    host:it("counts down from 100 by five", function()
      local pages, id =
        extended(extension.counter { attribute = "n", start = 100, delta = -5 }), fresh()
      for _, expected in ipairs { 100, 95, 90 } do
        assert(pages:upsert { id = id, a = 1 })
        assert.equal(expected, read(id).n)
      end
    end)
  end)

  describe("timestamps", function()
    host:it("say when an item was created and updated", function()
      local now = 1700000000
      local users, id =
        extended(extension.timestamps {
          clock = function()
            return now
          end,
        }), fresh()
      assert(users:upsert { id = id })
      local first = "2023-11-14T22:13:20Z"
      assert.same({ id = id, createdAt = first, updatedAt = first }, read(id))
      now = now + 1
      assert(users:update({ id = id }, "SET a = 1"))
      assert.same(
        { id = id, a = 1, createdAt = first, updatedAt = "2023-11-14T22:13:21Z" },
        read(id)
      )
    end)

    host:it("let the newer write win", function()
      local now = 1000
      local users, id =
        extended(extension.timestamps {
          clock = function()
            return now
          end,
          format = "epoch",
          updated = "at",
        }), fresh()
      assert(users:upsert({ id = id, a = 1 }, { if_newer = "at" }))
      now = 999
      assert_failed(users:upsert({ id = id, a = 2 }, { if_newer = "at" }))
      assert_failed(users:update({ id = id }, "SET a = 3", { if_newer = "at" }))
      now = 1001
      assert(users:put({ id = id, a = 4 }, { if_newer = "at" }))
      assert.same({ id = id, a = 4, at = 1001, createdAt = 1001 }, read(id))
    end)
  end)

  describe("uuid", function()
    host:it("makes the key of a new item", function()
      local users = extended(extension.uuid { attribute = "id" })
      local _, _, info = assert(users:insert { name = "Ann" })
      assert.matches("^%x+%-%x+%-4%x+%-%x+%-%x+$", info.uuid)
      assert.same({ id = info.uuid, name = "Ann" }, read(info.uuid))
      local _, _, other = assert(users:insert { name = "Bob" })
      assert.are_not.equal(info.uuid, other.uuid)
    end)

    host:it("is kept by updates, or is new in each", function()
      local kept, new =
        extension.uuid { attribute = "ref" },
        extension.uuid { attribute = "etag", write = "always" }
      local users, id = extended(kept, new), fresh()
      assert(users:upsert { id = id })
      local before = read(id)
      assert(users:upsert { id = id })
      local after = read(id)
      assert.equal(before.ref, after.ref)
      assert.are_not.equal(before.etag, after.etag)
    end)
  end)

  describe("ttl", function()
    host:it("puts the end off with every write", function()
      local now = 1000
      local sessions, id =
        extended(extension.ttl {
          attribute = "expires",
          seconds = 60,
          clock = function()
            return now
          end,
        }), fresh()
      assert(sessions:put { id = id })
      assert.equal(1060, read(id).expires)
      now = 2000
      assert(sessions:update({ id = id }, "SET a = 1"))
      assert.equal(2060, read(id).expires)
      assert(sessions:update({ id = id }, "SET expires = 5"))
      assert.equal(5, read(id).expires)
      local done, message, err = sessions:upsert { id = id, expires = 1700000000000 }
      assert.is_nil(done)
      assert.equal("validation", err.kind)
      assert.matches("looks like milliseconds", message, 1, true)
    end)

    host:it("hides an item that has expired", function()
      local now = 1000
      local sessions, id =
        extended(extension.ttl {
          attribute = "expires",
          seconds = 60,
          hide_expired = true,
          clock = function()
            return now
          end,
        }), fresh()
      assert(sessions:put { id = id })
      assert.same({ id = id, expires = 1060 }, sessions:get { id = id })
      now = 1060
      local item, message, info = sessions:get { id = id }
      assert.same({ nil, nil, 1 }, { item, message, info.attempts })
      assert.equal("ItemNotFound", select(3, sessions:get({ id = id }, { required = true })).code)
      assert.same({ id = id }, sessions:get({ id = id }, { projection = "id" }))
      assert.same(
        { id = id, expires = 1060 },
        sessions:delete({ id = id }, { return_values = "ALL_OLD" })
      )
    end)
  end)

  describe("a chain", function()
    host:it("runs the client's extensions before the table's", function()
      local function named(word)
        return {
          name = word,
          before_write = function(context)
            context.item.trace = (context.item.trace or "") .. word
            return { item = context.item }
          end,
        }
      end
      local client, id = host:client { extensions = { named "client " } }, fresh()
      assert(client:table(name, { key = { "id" }, extensions = { named "table" } }):put { id = id })
      assert.equal("client table", read(id).trace)
      id = fresh()
      assert(client:table(name, { key = { "id" } }):put { id = id })
      assert.equal("client ", read(id).trace)
    end)

    host:it("of all of them works as one", function()
      local users, id =
        extended(
          extension.uuid { attribute = "ref" },
          extension.timestamps {
            format = "epoch",
            clock = function()
              return 1000
            end,
          },
          extension.ttl { attribute = "expires", seconds = 60, base = "updatedAt" },
          extension.counter { attribute = "edits" },
          extension.version()
        ), fresh()
      assert(users:insert { id = id })
      local item =
        assert(users:upsert({ id = id, version = 1, a = 1 }, { return_values = "ALL_NEW" }))
      item.ref = item.ref and "a uuid"
      assert.same({
        id = id,
        a = 1,
        ref = "a uuid",
        createdAt = 1000,
        updatedAt = 1000,
        expires = 1060,
        edits = 1,
        version = 2,
      }, item)
    end)

    host:it("hands on what is read", "failed_item", function()
      local secret = {
        name = "secret",
        before_write = function(context)
          context.item.name = context.item.name and context.item.name:reverse()
          return { item = context.item }
        end,
        after_read = function(context)
          context.item.name = context.item.name and context.item.name:reverse()
          return { item = context.item }
        end,
      }
      local users, id = extended(secret), fresh()
      assert(users:put { id = id, name = "Ann B" })
      assert.equal("B nnA", read(id).name)
      assert.equal("Ann B", users:get({ id = id }).name)
      local old = assert(users:upsert({ id = id, name = "Cyd E" }, { return_values = "ALL_OLD" }))
      assert.equal("Ann B", old.name)
      assert.equal("Cyd E", assert_failed(users:insert { id = id }).item.name)
    end)
  end)

  describe("merge", function()
    local marks = {
      name = "marks",
      before_write = function()
        return { update = "SET a = 'extension', b = 'extension'" }
      end,
    }
    -- The request writes a and profile.name; the extension a and b.
    local REQUEST = "SET a = 'request', profile.name = 'request'"

    local function with(merge, more)
      local extensions = { marks, more }
      return table_with { extensions = extensions, merge = merge }
    end

    -- Writes what an update of this table meets.
    local function stored()
      local id = fresh()
      assert(host.db:table(name):put { id = id, profile = { name = "old", city = "old" } })
      return id
    end

    for _, merge in ipairs { "strict", "default" } do
      host:it(merge .. " sends nothing, and names both", function()
        local id = stored()
        local noun = with(merge ~= "default" and merge or nil)
        local done, message, err = noun:update({ id = id }, REQUEST)
        assert.is_nil(done)
        assert.equal("overlapping_paths", err.code)
        assert.equal(
          "a (request) overlaps a (extension marks): an update may write a place once",
          message
        )
        done, message = noun:upsert { id = id, b = 1 }
        assert.is_nil(done)
        assert.matches("b (extension marks) overlaps b (item)", message, 1, true)
        assert.is_nil(read(id).a)
        assert(noun:update({ id = id }, "SET profile.name = 'new', c = 1"))
        assert.equal("extension", read(id).a)
      end)
    end

    host:it("priority lets the request go first, then the extensions", function()
      local stamp = {
        name = "stamp",
        before_write = function(context)
          context.item.a, context.item.b, context.item.c = "item", "item", "item"
          context.item.profile = context.operation == "update" and { all = "item" } or nil
          return { item = context.item }
        end,
      }
      local id = stored()
      assert(with("priority", stamp):update({ id = id }, REQUEST))
      assert.same({
        id = id,
        a = "request",
        b = "extension",
        c = "item",
        profile = { name = "request", city = "old" },
      }, read(id))
      id = stored()
      assert(with("priority"):upsert { id = id, a = "item", d = "item" })
      assert.same({
        id = id,
        a = "extension",
        b = "extension",
        d = "item",
        profile = { name = "old", city = "old" },
      }, read(id))
    end)

    host:it("concatenate leaves an overlap to the service", function()
      local id = stored()
      local noun = with("concatenate")
      assert(noun:update({ id = id }, "SET profile.name = 'request'"))
      assert.same(
        { id = id, a = "extension", b = "extension", profile = { name = "request", city = "old" } },
        read(id)
      )
      local done, _, err = noun:update({ id = id }, REQUEST)
      assert.is_nil(done)
      assert.equal("ValidationException", err.code)
    end)
  end)

  describe("ignore_nulls", function()
    local STORED = { a = "old", b = "old", m = { x = "old", y = "old" } }
    local cases = {
      {
        nil,
        { a = "new", b = null, m = { x = "new", y = null, z = {} } },
        { a = "new", b = null, m = { x = "new", y = null, z = {} } },
      },
      {
        "remove",
        { a = "new", b = null, m = { x = "new", y = null } },
        { a = "new", m = { x = "new", y = null } },
      },
      {
        "ignore",
        { a = "new", b = null, m = { x = "new", y = null } },
        { a = "new", b = "old", m = { x = "new", y = null } },
      },
      {
        "maps",
        { a = "new", b = null, m = { x = "new", y = null } },
        { a = "new", b = "old", m = { x = "new" } },
      },
      {
        "scalars",
        { a = "new", b = null, m = { x = "new", y = null } },
        { a = "new", b = "old", m = { x = "new", y = "old" } },
      },
    }
    for _, case in ipairs(cases) do
      for _, verb in ipairs { "upsert", "patch" } do
        host:it(("%s of %s"):format(case[1] or "absent", verb), function()
          local users, id = table_with {}, fresh()
          local item, given = { id = id }, { id = id }
          for attribute, value in pairs(STORED) do
            item[attribute] = value
          end
          for attribute, value in pairs(case[2]) do
            given[attribute] = value
          end
          assert(users:put(item))
          assert(users[verb](users, given, { ignore_nulls = case[1] }))
          local expected = { id = id }
          for attribute, value in pairs(case[3]) do
            expected[attribute] = value
          end
          assert.same(expected, read(id))
        end)
      end
    end

    host:it("scalars needs the map to be there", function()
      local done, _, err = table_with({}):upsert(
        { id = fresh(), m = { x = 1 } },
        { ignore_nulls = "scalars" }
      )
      assert.is_nil(done)
      assert.equal("ValidationException", err.code)
    end)

    host:it("removes nothing that an extension writes", function()
      local users, id =
        extended {
          name = "marks",
          before_write = function()
            return { update = "SET a = 'extension'" }
          end,
        }, fresh()
      assert(users:upsert({ id = id, a = null, b = null }, { ignore_nulls = "remove" }))
      assert.same({ id = id, a = "extension" }, read(id))
    end)
  end)

  describe("attributes", function()
    host:it("that are written if absent keep what is stored", function()
      local users, id = table_with { attributes = { born = { write = "if_absent" } } }, fresh()
      assert(users:upsert { id = id, born = 1, a = 1 })
      assert(users:upsert { id = id, born = 2, a = 2 })
      assert.same({ id = id, born = 1, a = 2 }, read(id))
    end)
  end)
end)
