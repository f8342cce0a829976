-- SPDX-License-Identifier: MIT
-- What the embedded store takes of one core, in memory and in a file: run by the Lua to be measured, at
-- the repository's root, with its LUA_PATH and LUA_CPATH (bench/README.md):
--
--   luajit bench/embedded.lua [items]
--
-- Each row is a call of the library, from its arguments to its result; nothing of it is a network's.
local dynamo = require "dynamo"

local ITEMS = tonumber(arg[1] or 20000)
local FILE = os.tmpname()

local function open(endpoint)
  local db = assert(dynamo.new { endpoint = endpoint })
  assert(db:create_table {
    TableName = "Things",
    KeySchema = {
      { AttributeName = "p", KeyType = "HASH" },
      { AttributeName = "s", KeyType = "RANGE" },
    },
    AttributeDefinitions = {
      { AttributeName = "p", AttributeType = "S" },
      { AttributeName = "s", AttributeType = "N" },
    },
    BillingMode = "PAY_PER_REQUEST",
  })
  return db, db:table("Things", { key = { "p", "s" } })
end

-- Item i: about 1 KB in ten attributes, a hundred items a partition.
local function item_of(i)
  local item = { p = "p-" .. math.floor(i / 100), s = i % 100, count = 0 }
  for name = 1, 8 do
    item["attribute" .. name] = ("x"):rep(110)
  end
  return item
end

local function key_of(i)
  return { p = "p-" .. math.floor(i / 100), s = i % 100 }
end

-- Calls f(i) for so many of the items, spread over all, and prints what one call takes.
local function measure(name, calls, f)
  collectgarbage()
  local began = os.clock()
  for i = 1, calls do
    f(i * 7919 % ITEMS)
  end
  local each = (os.clock() - began) / calls
  print(("  %-22s %8.1f us %10.0f a second"):format(name, each * 1e6, 1 / each))
end

local function run(endpoint)
  local began = os.clock()
  local db, things = open(endpoint)
  assert(things:put(item_of(0)) and things:get(key_of(0)))
  print(("%s (first answers after %.1f ms)"):format(endpoint, (os.clock() - began) * 1000))
  measure("put 1 KB, new", ITEMS, function(i)
    assert(things:put(item_of(i)))
  end)
  measure("put 1 KB, in place", ITEMS, function(i)
    assert(things:put(item_of(i)))
  end)
  measure("get 1 KB", ITEMS, function(i)
    assert(things:get(key_of(i)))
  end)
  measure("update by text", ITEMS / 2, function(i)
    assert(
      things:update(key_of(i), "SET seen = ? ADD #c ?", i, 1, { names = { ["#c"] = "count" } })
    )
  end)
  measure("query of 100", ITEMS / 100, function(i)
    assert(#things:query("p = ?", key_of(i).p):all() == 100)
  end)
  measure("transaction of 4", ITEMS / 20, function(i)
    local transaction = db:transaction()
    for n = 0, 3 do
      transaction:put(things, item_of((i + n * 1000) % ITEMS))
    end
    assert(transaction:commit())
  end)
  db:close()
end

print(("%s, %d items"):format(rawget(_G, "jit") and jit.version or _VERSION, ITEMS))
run "memory:"
os.remove(FILE)
run("file:" .. FILE)
for _, suffix in ipairs { "", "-wal", "-shm" } do
  os.remove(FILE .. suffix)
end
