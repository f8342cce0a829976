-- SPDX-License-Identifier: MIT
-- The store: what was written is read back, in order, from the table and from its indexes.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local keys = require "dynamo.embedded.keys"
local stores = require "dynamo.embedded.store"
local tables = require "support.embedded_tables"
local wire = require "dynamo.embedded.wire"

local put, values = tables.put, tables.values

local function open(endpoint)
  return assert(stores.open { endpoint = endpoint or "memory:" })
end

local function item(p, s, more)
  local tree = { p = { S = p }, s = { N = tostring(s) } }
  for name, value in pairs(more or {}) do
    tree[name] = value
  end
  return tree
end

-- Returns a store and its table of one partition, sort keys 1 to 9.
local function nine(indexes)
  local store = open()
  local record = store:create_table("T", tables.document(indexes))
  for _, s in ipairs { 4, 9, 1, 7, 3, 8, 2, 6, 5 } do
    put(store, record, item("a", s, { g = { S = "g" .. s % 2 }, o = { S = "o" .. (10 - s) } }))
  end
  return store, record
end

describe("items", function()
  it("are read back, written over and deleted", function()
    local store = open()
    local record = store:create_table("T", tables.document())
    local tree = item("a", 1, { b = { B = "AAE=" } })
    local key = store:key(record, tree)
    assert.is_nil(store:get(record, key))
    put(store, record, tree)
    local json, size = store:get(record, key)
    assert.same({ wire.write(tree), #json }, { json, size })
    put(store, record, item("a", 1))
    assert.equal(wire.write(item("a", 1)), (store:get(record, key)))
    store:delete(record, key)
    store:delete(record, key)
    assert.is_nil(store:get(record, key))
  end)

  it("are read in order, both ways, from behind a key", function()
    local store, record = nine()
    local lower, upper = keys.range({ S = "a" }, "BETWEEN", { N = "3" }, { N = "7" })
    local function read(ask)
      ask.lower, ask.upper = lower, upper
      local rows, is_more = store:range(record, ask)
      return values(rows, "s"), is_more
    end
    assert.same({ "3", "4", "5", "6", "7" }, (read {}))
    assert.same({ "7", "6", "5", "4", "3" }, (read { backward = true }))
    local after = store:key(record, item("a", 5))
    assert.same({ { "6", "7" }, false }, { read { after = after } })
    assert.same({ { "6" }, true }, { read { after = after, max_rows = 1 } })
    assert.same({ { "4", "3" }, false }, { read { after = after, backward = true } })
    assert.same({ "3", "4", "5", "6", "7" }, (read { after = store:key(record, item("a", 1)) }))
    assert.same({ { "3" }, true }, { read { max_bytes = 1 } })
  end)

  it("are each in one segment of a scan", function()
    local store = open()
    local record = store:create_table("T", tables.document())
    for i = 1, 100 do
      put(store, record, item("p" .. i, 1))
    end
    local seen, most = {}, 0
    for segment = 0, 3 do
      local lower, upper = keys.segment(segment, 4)
      local rows = store:range(record, { lower = lower, upper = upper })
      most = math.max(most, #rows)
      for _, p in ipairs(values(rows, "p")) do
        assert.is_nil(seen[p])
        seen[p] = true
      end
    end
    for i = 1, 100 do
      assert.is_true(seen["p" .. i])
    end
    assert.is_true(most < 60)
    assert.equal(100, (store:statistics(record)))
  end)
end)

describe("an index", function()
  local function read(store, record, name, partition, ask)
    ask = ask or {}
    ask.index = name
    ask.lower, ask.upper = keys.range { S = partition }
    return store:range(record, ask)
  end

  it("follows its items", function()
    local store, record = nine { byG = { "g", "o" } }
    assert.same({ "9", "7", "5", "3", "1" }, values(read(store, record, "byG", "g1"), "s"))
    put(store, record, item("a", 7, { g = { S = "g1" } })) -- sparse: no o
    put(store, record, item("a", 9, { g = { S = "g2" }, o = { S = "x" } }))
    put(store, record, item("a", 3, { g = { N = "1" }, o = { S = "x" } })) -- another type
    store:delete(record, store:key(record, item("a", 1)))
    assert.same({ "5" }, values(read(store, record, "byG", "g1"), "s"))
    assert.same({ "9" }, values(read(store, record, "byG", "g2"), "s"))
    assert.equal(6, (store:statistics(record, "byG")))
  end)

  it("is read page by page, both ways, with equal keys", function()
    local store, record = nine { byG = { "g" } }
    for _, backward in ipairs { false, true } do
      local seen, ask = {}, { backward = backward, max_rows = 2 }
      repeat
        local rows, is_more = read(store, record, "byG", "g1", ask)
        for i, row in ipairs(rows) do
          seen[#seen + 1] = values(rows, "s")[i]
          ask.after, ask.after_base = row[3], row[4]
        end
      until not is_more
      local expected = { "1", "3", "5", "7", "9" }
      if backward then expected = { "9", "7", "5", "3", "1" } end
      assert.same(expected, seen)
    end
  end)

  it("that comes later is filled, and one that goes is forgotten", function()
    local store, record = nine()
    record = store:change_table(record, tables.document { byG = { "g" } })
    assert.equal(5, #read(store, record, "byG", "g1"))
    record = store:change_table(record, tables.document { byO = { "o" } })
    assert.same({ "3" }, values(read(store, record, "byO", "o7"), "s"))
    assert.is_nil(record.indexes.byG)
    put(store, record, item("a", 3))
    assert.same({}, (read(store, record, "byO", "o7")))
  end)

  it("of times to live is by the time", function()
    local store = open()
    local record = store:create_table("T", tables.document(nil, "t"))
    for s, t in ipairs { "300", "100", "200" } do
      put(store, record, item("a", s, { t = { N = t } }))
    end
    put(store, record, item("a", 4, { t = { S = "100" } }))
    local upper = keys.sort_bytes { N = "200" } .. "\0"
    local rows = store:range(record, { index = " ttl", upper = upper })
    assert.same({ "2", "3" }, values(rows, "s"))
  end)
end)

describe("a write", function()
  it("that raises has written nothing", function()
    local store, record = nine { byG = { "g" } }
    local ok, raised = pcall(store.write, store, function()
      put(store, record, item("a", 100, { g = { S = "new" } }))
      store:drop_table(record)
      store:create_table("U", tables.document())
      error { "mine" }
    end)
    assert.same({ false, { "mine" } }, { ok, raised })
    record = store:table "T"
    assert.is_nil(store:table "U")
    assert.equal(9, (store:statistics(record)))
    assert.equal(9, (store:statistics(record, "byG")))
  end)

  it("gives what its function gives", function()
    local store = open()
    assert.same({ 1, nil, 3 }, {
      store:write(function(...)
        return ...
      end, 1, nil, 3),
    })
  end)
end)

describe("tables", function()
  it("are listed in order, and end with all that is theirs", function()
    local store = open()
    for _, name in ipairs { "c", "a", "b" } do
      store:create_table(name, tables.document { byG = { "g" } })
    end
    assert.same({ "a", "b", "c" }, (store:table_names(nil, 10)))
    assert.same({ "b" }, (store:table_names("a", 1)))
    put(store, store:table "b", item("a", 1))
    store:drop_table(store:table "b")
    local record = store:create_table("b", tables.document())
    assert.equal(0, (store:statistics(record)))
    store:reset()
    assert.same({}, (store:table_names(nil, 10)))
  end)

  it("have the document that was given", function()
    local store = open()
    local document = tables.document()
    document.note = { "x", 1.5 }
    local record = store:create_table("T", document)
    assert.same({ "x", 1.5 }, { record.document.note[1], record.document.note[2] })
    assert.same({ name = "s", type = "N" }, record.sort)
  end)
end)

describe("memory", function()
  it("is a store's own, or shared by name", function()
    open():create_table("T", tables.document())
    assert.is_nil(open():table "T")
    local one, other = open "memory:shared", open "memory:shared"
    one:create_table("T", tables.document())
    assert.is_truthy(other:table "T")
    assert.is_nil(open("memory:else"):table "T")
    one:close()
    assert.is_truthy(other:table "T")
  end)
end)

describe("changes", function()
  it("are kept in order, of each stream its own", function()
    local store = open()
    store:open_stream("arn:1", "T", { label = "x" })
    store:open_stream("arn:2", "U", {})
    local first = store:log("arn:1", 10, "a")
    store:log("arn:2", 11, "b")
    local last = store:log("arn:1", 12, "c")
    assert.same({ { first, 10, "a" }, { last, 12, "c" } }, store:changes("arn:1", 0, 10))
    assert.same({ { last, 12, "c" } }, store:changes("arn:1", first, 10))
    assert.equal(last, store:last_sequence())
    assert.equal(0, store:trimmed())
    store:trim(12)
    assert.equal(last - 1, store:trimmed())
    assert.same({ { last, 12, "c" } }, store:changes("arn:1", 0, 10))
    assert.is_true(store:log("arn:1", 13, "d") > last)
    assert.equal("x", store:stream("arn:1").document.label)
    assert.equal(2, #store:streams(nil, nil, 10))
    assert.equal("arn:2", store:streams("U", nil, 10)[1].arn)
  end)
end)

describe("a token", function()
  it("is known for its time", function()
    local store = open()
    assert.is_nil(store:token("t", 0))
    store:keep_token("t", 100, "print", "answer")
    assert.same({ "print", "answer" }, { store:token("t", 100) })
    assert.is_nil(store:token("t", 101))
    store:trim(101)
    assert.is_nil(store:token("t", 0))
  end)
end)
