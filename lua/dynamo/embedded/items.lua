-- SPDX-License-Identifier: MIT
-- The items of a table, and its indexes, which are kept with them: an index has the keys of the items
-- that it holds and nothing else of them. What an item's index keys are stands in its row as `links`:
-- "<id of the index>:<length>:<key>" for each, so that a write knows what to take back.
local keys = require "dynamo.embedded.keys"
local wire = require "dynamo.embedded.wire"

local M = {}

local ROW_LIMIT, BYTE_LIMIT = 1000, 1024 * 1024
local FILL_ROWS = 500

-- ---- statements --------------------------------------------------------------------------------

local TEXTS = {
  get = "SELECT item, size FROM t%d WHERE key = ?",
  put = "INSERT INTO t%d(key, item, size, links) VALUES(?, ?, ?, ?) ON CONFLICT(key) DO UPDATE "
    .. "SET item = excluded.item, size = excluded.size, links = excluded.links",
  delete = "DELETE FROM t%d WHERE key = ?",
  links = "SELECT 1, links FROM t%d WHERE key = ?",
  set_links = "UPDATE t%d SET links = ? WHERE key = ?",
  forward = "SELECT item, size, key FROM t%d WHERE key >= ? AND key < ? ORDER BY key",
  backward = "SELECT item, size, key FROM t%d WHERE key >= ? AND key < ? ORDER BY key DESC",
  statistics = "SELECT count(*), total(size) FROM t%d",
}
local INDEX_TEXTS = {
  add = "INSERT OR IGNORE INTO i%d(key, base) VALUES(?, ?)",
  remove = "DELETE FROM i%d WHERE key = ? AND base = ?",
  forward = "SELECT t.item, t.size, i.key, i.base FROM i%d i CROSS JOIN t%d t ON t.key = i.base "
    .. "WHERE (i.key, i.base) > (?, ?) AND i.key < ? ORDER BY i.key, i.base",
  backward = "SELECT t.item, t.size, i.key, i.base FROM i%d i CROSS JOIN t%d t ON t.key = i.base "
    .. "WHERE (i.key, i.base) < (?, ?) AND i.key >= ? ORDER BY i.key DESC, i.base DESC",
  statistics = "SELECT count(*), total(t.size) FROM i%d i CROSS JOIN t%d t ON t.key = i.base",
}

-- Returns the text of a record's statement.
local function sql(record, name)
  local text = record.sql[name]
  if not text then
    text = TEXTS[name]:format(record.id)
    record.sql[name] = text
  end
  return text
end

-- Returns the text of an index's statement.
local function index_sql(record, index, name)
  local place = name .. index.id
  local text = record.sql[place]
  if not text then
    text = INDEX_TEXTS[name]:format(index.id, record.id)
    record.sql[place] = text
  end
  return text
end

-- ---- keys of indexes ---------------------------------------------------------------------------

-- Returns the value of a key's attribute, if the item has it with the right type.
local function value_of(tree, attribute)
  local value = tree[attribute.name]
  if value and value[attribute.type] and value[attribute.type] ~= "" then return value end
end

--- Returns an item's key in an index, or nil: it is not in it.
-- @tparam table index of a record
-- @tparam table tree the item's attributes, wire-typed
function M.index_key(index, tree)
  local sort = index.sort and value_of(tree, index.sort)
  if index.sort and not sort then return nil end
  if not index.partition then return keys.sort_bytes(sort) end
  local partition = value_of(tree, index.partition)
  return partition and keys.of(partition, sort) or nil
end

-- Returns the links of an item, nil for none.
local function links_of(record, tree)
  local parts = {}
  for _, index in ipairs(record.index_list) do
    local key = M.index_key(index, tree)
    if key then parts[#parts + 1] = ("%d:%d:"):format(index.id, #key) .. key end
  end
  return parts[1] and table.concat(parts)
end

-- Returns the keys that links say: id of the index -> key.
local function read_links(links)
  local found, at = {}, 1
  while links and at <= #links do
    local _, last, id, length = links:find("^(%d+):(%d+):", at)
    found[tonumber(id)] = links:sub(last + 1, last + tonumber(length))
    at = last + 1 + tonumber(length)
  end
  return found
end

-- Makes the indexes agree with an item whose links change.
local function relink(database, record, base, old, new)
  local before, now = read_links(old), read_links(new)
  for _, index in ipairs(record.index_list) do
    local had, has = before[index.id], now[index.id]
    if had and had ~= has then database:row(index_sql(record, index, "remove"), had, base) end
    if has and had ~= has then database:row(index_sql(record, index, "add"), has, base) end
  end
end

-- ---- one item ----------------------------------------------------------------------------------

--- Returns an item's JSON and its size in bytes; or nil.
function M.get(database, record, key)
  local item, size = database:row(sql(record, "get"), key)
  return item or nil, size
end

--- Writes an item.
-- @tparam table tree its attributes, wire-typed
-- @tparam string json the same as text
-- @tparam integer size in bytes, as billed
function M.put(database, record, key, tree, json, size)
  local links
  if record.index_list[1] then
    links = links_of(record, tree)
    local _, old = database:row(sql(record, "links"), key)
    if old ~= links then relink(database, record, key, old, links) end
  end
  database:row(sql(record, "put"), key, json, size, links)
end

--- Deletes an item, if there is one.
function M.delete(database, record, key)
  if record.index_list[1] then
    local _, old = database:row(sql(record, "links"), key)
    if old then relink(database, record, key, old, nil) end
  end
  database:row(sql(record, "delete"), key)
end

-- ---- many items --------------------------------------------------------------------------------

-- Returns the rows of a range of the table itself.
local function table_rows(database, record, ask, max_rows, max_bytes)
  local lower, upper, after = ask.lower or keys.FIRST, ask.upper or keys.LAST, ask.after
  if after and ask.backward then
    upper = after < upper and after or upper
  elseif after then
    after = after .. "\0"
    lower = after > lower and after or lower
  end
  local text = sql(record, ask.backward and "backward" or "forward")
  return database:list(text, max_rows, max_bytes, lower, upper)
end

-- Returns the rows of a range of an index.
local function index_rows(database, record, ask, max_rows, max_bytes)
  local index = record.indexes[ask.index]
  local lower, upper, after, base =
    ask.lower or keys.FIRST, ask.upper or keys.LAST, ask.after, ask.after_base
  if ask.backward then
    if not after or after >= upper then
      after, base = upper, ""
    end
    local text = index_sql(record, index, "backward")
    return database:list(text, max_rows, max_bytes, after, base, lower)
  end
  if not after or after < lower then
    after, base = lower, ""
  end
  return database:list(index_sql(record, index, "forward"), max_rows, max_bytes, after, base, upper)
end

--- Reads items in the order of their keys.
-- @tparam table ask index (a name; nil: the table), lower and upper (nil: from the first, to the
--   last), backward (boolean), after and after_base (the key of the item behind which to begin, and
--   with an index that item's key in the table), max_rows and max_bytes (of JSON and keys, where to
--   stop: nil for 1,000 and 1 MiB)
-- @treturn table { { json, size, key, base }, ... }; base, with an index, is the key in the table
-- @treturn boolean whether there are more
function M.range(database, record, ask)
  local read, width = ask.index and index_rows or table_rows, ask.index and 4 or 3
  local max_rows, max_bytes = ask.max_rows or ROW_LIMIT, ask.max_bytes or BYTE_LIMIT
  local rows, count, is_more = read(database, record, ask, max_rows, max_bytes)
  local found = {}
  for row = 1, count do
    local at = (row - 1) * width
    found[row] = { rows[at + 1], rows[at + 2], rows[at + 3], width == 4 and rows[at + 4] or nil }
  end
  return found, is_more
end

--- Returns how many items there are, and their bytes, by reading all.
-- @tparam ?string index a name; nil: of the table
function M.statistics(database, record, index)
  if not index then return database:row(sql(record, "statistics")) end
  return database:row(index_sql(record, record.indexes[index], "statistics"))
end

-- ---- after indexes changed ---------------------------------------------------------------------

-- Makes the indexes agree with one item, whatever they had of it.
local function fill_one(database, record, json, key)
  local tree = assert(wire.read(json))
  local links = links_of(record, tree)
  relink(database, record, key, nil, links)
  database:row(sql(record, "set_links"), links, key)
end

--- Fills the indexes of a table anew.
function M.fill(database, record)
  local after, is_more = nil, true
  while is_more do
    local found
    found, is_more = M.range(database, record, { after = after, max_rows = FILL_ROWS })
    for _, row in ipairs(found) do
      fill_one(database, record, row[1], row[3])
      after = row[3]
    end
  end
end

return M
