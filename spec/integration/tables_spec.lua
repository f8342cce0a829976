-- SPDX-License-Identifier: MIT
-- Tables made, described, waited for and paged through, against real servers.
local emulator = require "support.emulator"

emulator.each("tables", function(host)
  -- Returns a table object of a name that nothing has, dropped at the end.
  local function fresh(o)
    local name = host.definition({ { "id", "S" } }).TableName
    host.tables[#host.tables + 1] = name
    return host.db:table(name, o), name
  end

  -- Returns index name -> { key attributes, projection } of a description.
  local function indexes_of(list)
    local found = {}
    for _, index in ipairs(list or {}) do
      local keys = {}
      for i, element in ipairs(index.KeySchema) do
        keys[i] = element.AttributeName .. " " .. element.KeyType
      end
      found[index.IndexName] = { table.concat(keys, ", "), index.Projection.ProjectionType }
    end
    return found
  end

  host:it("are created, with indexes, and are active then", function()
    local orders = fresh()
    local description, message, info = orders:create {
      partition_key = { customerId = "S" },
      sort_key = { orderedAt = "N" },
      indexes = {
        byDate = { partition_key = { day = "S" }, sort_key = { orderedAt = "N" } },
        byTotal = { sort_key = { total = "N" }, projection = { "note" } },
        byState = { partition_key = { state = "B" }, projection = "KEYS_ONLY" },
      },
    }
    assert.is_table(description, message)
    assert.equal("ACTIVE", description.TableStatus)
    assert.is_true(info.polls >= 1)
    assert.same({
      byDate = { "day HASH, orderedAt RANGE", "ALL" },
      byState = { "state HASH", "KEYS_ONLY" },
    }, indexes_of(description.GlobalSecondaryIndexes))
    assert.same(
      { byTotal = { "customerId HASH, total RANGE", "INCLUDE" } },
      indexes_of(description.LocalSecondaryIndexes)
    )
    -- The key is known now: insert needs it.
    assert(orders:insert { customerId = "c", orderedAt = 1 })
    assert.equal(1, assert(orders:get { customerId = "c", orderedAt = 1 }).orderedAt)
  end)

  host:it("are described", function()
    local users, name = fresh()
    local _, _, missing = users:describe()
    assert.equal("ResourceNotFoundException", missing.code)
    assert(users:create { partition_key = { userId = "S" } })
    local description, _, info = users:describe()
    assert.equal(name, description.TableName)
    assert.is_string(info.request_id)
    assert(users:insert { userId = "1" })
    local _, message, err = users:create { partition_key = { userId = "S" } }
    assert.equal("ResourceInUseException", err.code, message)
    assert.equal("no", err.maybe_applied)
  end)

  host:it("have units to read and write, where that is asked for", function()
    local units = fresh()
    local description = assert(units:create {
      partition_key = { id = "S" },
      billing = { read = 3, write = 2 },
      indexes = { other = { partition_key = { o = "S" }, billing = { read = 1, write = 1 } } },
    })
    assert.equal(3, description.ProvisionedThroughput.ReadCapacityUnits)
    local index = description.GlobalSecondaryIndexes[1]
    assert.equal(1, index.ProvisionedThroughput.WriteCapacityUnits)
  end)

  host:it("are created without waiting, waited for, and waited for until they are gone", function()
    local made, name = fresh { key = { "id" } }
    local description = assert(made:create { partition_key = { id = "S" }, wait = false })
    assert.equal(name, description.TableName)
    assert.equal("ACTIVE", assert(made:wait("active", { timeout = 60 })).TableStatus)
    assert.equal(
      "ACTIVE",
      assert(host.db:wait("table_exists", { TableName = name })).Table.TableStatus
    )
    assert(host.db:delete_table { TableName = name })
    assert.is_true(made:wait "deleted")
    assert.is_true(host.db:wait("table_not_exists", { TableName = name }, { timeout = 60 }))
  end)

  host:it("have a time to live", "update_ttl", function()
    local sessions, name = fresh()
    assert(sessions:create { partition_key = { id = "S" }, ttl = "expires" })
    local function described()
      local answer = assert(host.db:describe_time_to_live { TableName = name })
      return answer.TimeToLiveDescription
    end
    assert.equal("expires", described().AttributeName)
    assert.equal("ENABLED", described().TimeToLiveStatus)
    assert(sessions:ttl("expires", { enabled = false }))
    assert.equal("DISABLED", described().TimeToLiveStatus)
    assert(sessions:ttl "ends")
    assert.equal("ends", described().AttributeName)
  end)

  host:it("are listed, and operations paged through", function()
    local names = {}
    for i = 1, 3 do
      names[i] = host:create { { "id", "S" } }
    end
    local found = {}
    for name in host.db:tables():items() do
      found[name] = (found[name] or 0) + 1
    end
    for _, name in ipairs(names) do
      assert.equal(1, found[name])
    end
    local result = host.db:pages("list_tables", { Limit = 1 }, { limit = 2 })
    assert.equal(2, #assert(result:all()))
    assert.equal(2, result:info().pages)
    local items = {}
    for i = 1, 25 do
      items[i] = { PutRequest = { Item = { id = ("%02d"):format(i) } } }
    end
    assert(host.db:batch_write_item { RequestItems = { [names[1]] = items } })
    local scanned = host.db:pages("Scan", { TableName = names[1], Limit = 4 })
    local seen, pages = {}, 0
    for page in scanned:pages() do
      pages = pages + 1
      for _, item in ipairs(page) do
        seen[#seen + 1] = item.id
      end
    end
    table.sort(seen)
    assert.equal(25, #seen)
    assert.equal("25", seen[25])
    assert.equal(7, pages)
    assert.equal(25, scanned:info().scanned_count)
    local _, message, err = host.db
      :pages("query", {
        TableName = names[1],
        KeyConditionExpression = "nonsense",
      })
      :next()
    assert.equal("ValidationException", err.code, message)
    assert.equal("nonsense", err.params.KeyConditionExpression)
  end)
end)
