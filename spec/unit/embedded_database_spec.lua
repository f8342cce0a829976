-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local databases = require "dynamo.embedded.database"
local sqlite = require "dynamo.sqlite"
local stores = require "dynamo.embedded.store"
local tables = require "support.embedded_tables"
local trouble = require "dynamo.embedded.trouble"

local path

before_each(function()
  path = os.tmpname()
end)

after_each(function()
  for _, suffix in ipairs { "", "-wal", "-shm" } do
    os.remove(path .. suffix)
  end
end)

local function open(more)
  local ask = { endpoint = "file:" .. path }
  for name, value in pairs(more or {}) do
    ask[name] = value
  end
  return stores.open(ask)
end

-- Runs SQL in the file, past the store.
local function alter(sql)
  local database = assert(sqlite.open(path))
  assert(database:run(sql))
  database:close()
end

-- Returns the trouble that f raises.
local function trouble_of(f, ...)
  local ok, raised = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(trouble.is(raised), tostring(raised))
  return raised
end

describe("a file", function()
  it("keeps what was written", function()
    local store = open()
    tables.put(
      store,
      store:create_table("T", tables.document()),
      { p = { S = "a" }, s = { N = "1" } }
    )
    store:close()
    store = open { durable = true }
    assert.equal(1, (store:statistics(store:table "T")))
    store:close()
  end)

  it("of a later version is refused, and left as it is", function()
    open():close()
    alter "PRAGMA user_version = 2"
    local store, failed = open()
    assert.is_nil(store)
    assert.same({ "config", "StoreNewer" }, { failed.kind, failed.code })
    assert.is_truthy(failed.message:find(path, 1, true))
  end)

  it("of another program is refused, and left as it is", function()
    alter "CREATE TABLE theirs(a)"
    local _, failed = open()
    assert.same({ "config", "StoreDamaged" }, { failed.kind, failed.code })
    alter "SELECT * FROM theirs"
  end)

  it("that is no database is refused, and left as it is", function()
    local text = ("no database "):rep(1000)
    local file = io.open(path, "wb")
    file:write(text)
    file:close()
    local _, failed = open()
    assert.same({ "config", "StoreDamaged" }, { failed.kind, failed.code })
    assert.equal(text, io.open(path, "rb"):read "*a")
  end)

  it("in no folder cannot be opened", function()
    local _, failed = stores.open { endpoint = "file:/nowhere/at/all.db" }
    assert.same({ "config", "StoreNotOpened" }, { failed.kind, failed.code })
  end)

  it("whose middle is damaged says so, where it is read", function()
    local store = open()
    local record = store:create_table("T", tables.document())
    for i = 1, 200 do
      tables.put(
        store,
        record,
        { p = { S = "a" }, s = { N = tostring(i) }, x = { S = ("x"):rep(900) } }
      )
    end
    store:close()
    local file = io.open(path, "r+b")
    file:seek("set", 5 * 8192)
    file:write(("\255"):rep(15 * 8192))
    file:close()
    store = open()
    local raised = trouble_of(function()
      store:statistics(store:table "T")
    end)
    assert.equal("StoreDamaged", raised.code)
    store:close()
  end)

  it("without room takes nothing, and has what it had", function()
    local store = open()
    local record = store:create_table("T", tables.document())
    local pages = store.database:row "PRAGMA page_count"
    store.database:row(("PRAGMA max_page_count = %d"):format(pages + 1))
    local raised = trouble_of(store.write, store, function()
      for i = 1, 100 do
        tables.put(
          store,
          record,
          { p = { S = "a" }, s = { N = tostring(i) }, x = { S = ("x"):rep(900) } }
        )
      end
    end)
    assert.same({ "transport", "StoreFull", "none" }, { raised.kind, raised.code, raised.sent })
    assert.equal(0, (store:statistics(store:table "T")))
    store:close()
  end)
end)

describe("two that write one file", function()
  it("wait for each other, by the sleep that was given", function()
    local slept = {}
    local one = assert(open { wait = 0.02 })
    local other = assert(open {
      wait = 0.02,
      sleep = function(seconds)
        slept[#slept + 1] = seconds
        if #slept == 3 then one.database:run "COMMIT" end
      end,
    })
    one.database:run "BEGIN IMMEDIATE"
    local record = other:create_table("T", tables.document())
    assert.same({ 0.001, 0.002, 0.004 }, slept)
    assert.is_truthy(record)
    one:close()
    other:close()
  end)

  it("give up after a while", function()
    local one, slept = assert(open()), 0
    local other = assert(open {
      wait = 0.1,
      sleep = function(seconds)
        slept = slept + seconds
      end,
    })
    one.database:run "BEGIN IMMEDIATE"
    local raised = trouble_of(other.create_table, other, "T", tables.document())
    assert.same({ "transport", "StoreBusy", "none" }, { raised.kind, raised.code, raised.sent })
    assert.is_true(slept >= 0.1 and slept < 0.2)
    one:close()
    other:close()
  end)

  it("see each other's tables come, change and go", function()
    local one, other = assert(open()), assert(open())
    one:create_table("T", tables.document())
    assert.is_truthy(other:table "T")
    one:change_table(one:table "T", tables.document { byG = { "g" } })
    local function indexes()
      return other:read(function()
        return other:table("T").index_list[1]
      end)
    end
    assert.equal("byG", indexes().name)
    one:drop_table(one:table "T")
    assert.is_nil(other:table "T")
    one:close()
    other:close()
  end)
end)

describe("a backup", function()
  it("is a store with all that there was", function()
    local store = assert(stores.open { endpoint = "memory:" })
    tables.put(
      store,
      store:create_table("T", tables.document()),
      { p = { S = "a" }, s = { N = "1" } }
    )
    os.remove(path)
    store:backup(path)
    local copy = assert(open())
    assert.equal(1, (copy:statistics(copy:table "T")))
    copy:close()
    assert.is_true(
      trouble.is(trouble_of(store.backup, store, path)),
      "a file that is there is kept"
    )
  end)
end)

it("without SQLite, says what to install", function()
  local loaded = package.loaded["dynamo.sqlite"]
  package.loaded["dynamo.sqlite"] = nil
  package.preload["dynamo.sqlite"] = function()
    error "no such file"
  end
  local database, failed = databases.open { path = ":memory:", where = "memory:", wait = 1 }
  package.loaded["dynamo.sqlite"], package.preload["dynamo.sqlite"] = loaded, nil
  assert.is_nil(database)
  assert.same({ "config", "NoSqlite" }, { failed.kind, failed.code })
  assert.is_truthy(failed.message:find "libsqlite3%-dev")
  assert.is_truthy(failed.message:find "libsqlite3%-0")
end)
