-- SPDX-License-Identifier: MIT
-- A mixed load on a store, of which every step is told by its number alone: so whoever knows how many
-- steps were done knows all that must be there.
local stores = require "dynamo.embedded.store"
local tables = require "support.embedded_tables"
local wire = require "dynamo.embedded.wire"

local M = {}

local ITEMS, MOST_WRITES = 20, 4

-- Returns a function of whole numbers from 0 to limit - 1.
local function random_of(seed)
  local state = seed
  for _ = 1, 3 do
    state = (state * 16807 + 12345) % 2147483647
  end
  return function(limit)
    state = state * 16807 % 2147483647
    return math.floor(state / 65536) % limit
  end
end

--- Returns what a step writes: a list of { s, tree } with tree nil for a delete.
function M.step(number)
  local random, writes, seen = random_of(number), {}, {}
  for _ = 1, random(MOST_WRITES) + 1 do
    local s = random(ITEMS)
    if not seen[s] then
      local tree = {
        p = { S = "p" .. s % 3 },
        s = { N = tostring(s) },
        g = { S = "g" .. random(4) },
        step = { N = tostring(number) },
        x = { S = ("x"):rep(random(3000)) },
      }
      writes[#writes + 1] =
        { s = s, tree = random(5) > 0 and tree or nil, key = { p = tree.p, s = tree.s } }
      seen[s] = true
    end
  end
  return writes
end

--- Opens the store of a load.
function M.open(path)
  local store = assert(stores.open { endpoint = "file:" .. path, wait = 60 })
  if not store:table "T" then store:create_table("T", tables.document { byG = { "g" } }) end
  return store
end

-- Does a step, in one transaction, with a change of the log for each write.
local function do_step(store, number)
  local record = store:table "T"
  for place, write in ipairs(M.step(number)) do
    local key = store:key(record, write.key)
    if write.tree then
      local json = wire.write(write.tree)
      store:put(record, key, write.tree, json, #json)
    else
      store:delete(record, key)
    end
    store:log("arn", number, ("%d.%d"):format(number, place))
  end
end

--- Does a step.
function M.apply(store, number)
  store:write(do_step, store, number)
end

--- Makes a step in a model: { items = { [s] = tree }, changes = { text, ... } }.
function M.model(model, number)
  for place, write in ipairs(M.step(number)) do
    model.items[write.s] = write.tree
    model.changes[#model.changes + 1] = ("%d.%d"):format(number, place)
  end
end

-- ---- what a store holds ------------------------------------------------------------------------

local function sorted(list)
  table.sort(list)
  return list
end

-- Returns the items of the table, or of an index, as JSON in order.
local function all(store, index)
  local found = {}
  for i, row in ipairs(store:range(store:table "T", { index = index, max_rows = 1000 })) do
    found[i] = row[1]
  end
  return sorted(found)
end

local function all_changes(store)
  local found, after = {}, 0
  repeat
    local changes = store:changes("arn", after, 1000)
    for _, change in ipairs(changes) do
      found[#found + 1], after = change[3], change[1]
    end
  until not changes[1]
  return found
end

--- Returns what a store holds: items, index (the items that it leads to), index_rows, changes, and SQLite's word on
-- the file.
function M.held(store)
  return {
    items = all(store),
    index = all(store, "byG"),
    index_rows = store.database:row("SELECT count(*) FROM i" .. store:table("T").indexes.byG.id),
    changes = all_changes(store),
    check = store.database:row "PRAGMA integrity_check",
  }
end

--- Returns what a store must hold by a model.
function M.expected(model)
  local items = {}
  for s = 0, ITEMS - 1 do
    if model.items[s] then items[#items + 1] = wire.write(model.items[s]) end
  end
  return {
    items = sorted(items),
    index = items,
    index_rows = #items,
    changes = model.changes,
    check = "ok",
  }
end

return M
