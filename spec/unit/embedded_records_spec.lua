-- SPDX-License-Identifier: MIT
-- Records of tables: what a document says of keys and indexes.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local databases = require "dynamo.embedded.database"
local records = require "dynamo.embedded.records"
local tables = require "support.embedded_tables"

local database, known

before_each(function()
  database = assert(databases.open { path = ":memory:", where = "memory:", wait = 1 })
  known = records.new(database)
end)

local function names(record)
  local found = {}
  for i, index in ipairs(record.index_list) do
    found[i] = index.name
  end
  table.sort(found)
  return table.concat(found, " ")
end

-- Returns how many SQLite tables of indexes there are.
local function index_tables()
  return database:row "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name GLOB 'i[0-9]*'"
end

describe("a record", function()
  it("has the key and the indexes of its document", function()
    local record = known:create("T", tables.document({ byG = { "g", "o" } }, "t"))
    assert.same(
      { { name = "p", type = "S" }, { name = "s", type = "N" } },
      { record.partition, record.sort }
    )
    assert.same({ name = "o", type = "S" }, record.indexes.byG.sort)
    assert.same({ name = "t", type = "N" }, record.indexes[records.TTL].sort)
    assert.is_nil(record.indexes[records.TTL].partition)
    assert.equal(record, known:find "T")
    assert.is_nil(known:find "U")
  end)

  it("is made anew when its table changes, with what others made of it gone", function()
    local record = known:create("T", tables.document())
    record.made.thing = 1
    local changed, has_come = known:change(record, tables.document { byG = { "g" } })
    assert.is_true(has_come)
    assert.same({ "byG", 1 }, { names(changed), index_tables() })
    assert.is_nil(changed.made.thing)
    changed, has_come = known:change(changed, tables.document { byG = { "g" } })
    assert.is_false(has_come)
    local id = changed.indexes.byG.id
    changed, has_come = known:change(changed, tables.document { byG = { "o" } }) -- another key
    assert.is_true(has_come)
    assert.is_true(changed.indexes.byG.id > id)
    changed, has_come = known:change(changed, tables.document())
    assert.is_false(has_come)
    assert.same({ "", 0 }, { names(changed), index_tables() })
  end)

  it("goes with its table", function()
    known:drop(known:create("T", tables.document({ byG = { "g" } }, "t")))
    assert.is_nil(known:find "T")
    assert.equal(0, index_tables())
    assert.same({}, (known:names(nil, 10)))
  end)
end)
