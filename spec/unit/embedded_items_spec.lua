-- SPDX-License-Identifier: MIT
-- Items and indexes, against a model that keeps all in one Lua table and sorts it for each question.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local keys = require "dynamo.embedded.keys"
local scale = require "support.scale"
local stores = require "dynamo.embedded.store"
local tables = require "support.embedded_tables"
local wire = require "dynamo.embedded.wire"

local state = 7

-- Returns a whole number from 0 to limit - 1.
local function random(limit)
  state = state * 16807 % 2147483647
  return math.floor(state / 65536) % limit
end

local TEXTS = { "", "a", "a\0", "a\0b", "ab", "b", "\195\191", "\240\144\128\128" }

local function random_item()
  local tree = { p = { S = "p" .. random(3) }, s = { N = tostring(random(9) - 4) } }
  if random(4) > 0 then tree.g = { S = "g" .. random(2) } end
  if random(4) > 0 then tree.o = { S = TEXTS[random(#TEXTS) + 1] } end
  if random(9) == 0 then tree.g = { N = "1" } end
  return tree
end

-- Returns the items of the model that an index holds for a partition, as JSON, by their sort key. Those
-- whose sort keys are equal are in the order of the table's keys, which no service promises.
local function expected(model, store, record, partition)
  local rows = {}
  for _, tree in pairs(model) do
    local has_key = tree.g and tree.g.S == partition and tree.o and tree.o.S ~= ""
    if has_key then rows[#rows + 1] = { tree.o.S, store:key(record, tree), wire.write(tree) } end
  end
  table.sort(rows, function(a, b)
    if a[1] ~= b[1] then return keys.sort_bytes { S = a[1] } < keys.sort_bytes { S = b[1] } end
    return a[2] < b[2]
  end)
  local found = {}
  for i, row in ipairs(rows) do
    found[i] = row[3]
  end
  return found
end

-- Returns what the index holds for a partition, read in pages of some size.
local function held(store, record, partition, backward)
  local ask = { index = "byG", backward = backward, max_rows = random(4) + 1 }
  ask.lower, ask.upper = keys.range { S = partition }
  local found, is_more = {}, true
  while is_more do
    local rows
    rows, is_more = store:range(record, ask)
    for _, row in ipairs(rows) do
      table.insert(found, backward and 1 or #found + 1, row[1])
      ask.after, ask.after_base = row[3], row[4]
    end
  end
  return found
end

describe("an index", function()
  it(
    "agrees with its table after any writes, forwards and backwards, in pages of any size",
    function()
      local store = assert(stores.open { endpoint = "memory:" })
      local record = store:create_table("T", tables.document { byG = { "g", "o" } })
      local model = {}
      for _ = 1, scale(300) do
        local tree = random_item()
        local key = store:key(record, tree)
        if random(4) == 0 then
          model[key] = nil
          store:write(store.delete, store, record, key)
        else
          model[key] = tree
          tables.put(store, record, tree)
        end
        local partition = "g" .. random(2)
        local wanted = expected(model, store, record, partition)
        assert.same(wanted, held(store, record, partition, false))
        assert.same(wanted, held(store, record, partition, true))
      end
    end
  )
end)
