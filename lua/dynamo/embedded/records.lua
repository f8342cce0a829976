-- SPDX-License-Identifier: MIT
-- The tables of a store, as records:
--   id          integer: its items are in the SQLite table t<id>
--   name        string
--   document    what its creator said of it, see `create`; whoever changes it writes it by `change`
--   partition, sort
--               { name, type } of its key; sort is nil for a key of one attribute
--   indexes     name -> { id, name, partition, sort }; " ttl", of times to live, has a sort alone
--   index_list  the same, by id
--   sql         texts of its statements, see dynamo.embedded.items
-- A record is kept until a table changes; what others make of one may be kept in it, in `made`.
local codec = require "dynamo.codec"

local M = {}

M.TTL = " ttl" -- no name of an index

local Catalogue = {}
Catalogue.__index = Catalogue

-- ---- what a document says -----------------------------------------------------------------------

-- Returns the attribute of a key that plays a role: { name, type }, or nil.
local function role_of(key_schema, types, role)
  for _, element in ipairs(key_schema) do
    if element.KeyType == role then
      return { name = element.AttributeName, type = types[element.AttributeName] }
    end
  end
end

local function types_of(description)
  local types = {}
  for _, definition in ipairs(description.AttributeDefinitions or {}) do
    types[definition.AttributeName] = definition.AttributeType
  end
  return types
end

-- Returns the indexes that a document has: name -> { partition, sort }.
local function indexes_of(document)
  local description, found = document.description, {}
  local types = types_of(description)
  for _, kind in ipairs { "GlobalSecondaryIndexes", "LocalSecondaryIndexes" } do
    for _, index in ipairs(description[kind] or {}) do
      found[index.IndexName] = {
        partition = role_of(index.KeySchema, types, "HASH"),
        sort = role_of(index.KeySchema, types, "RANGE"),
      }
    end
  end
  if document.ttl then found[M.TTL] = { sort = { name = document.ttl, type = "N" } } end
  return found
end

-- Whether two keys, or attributes of keys, are the same.
local function same_attribute(a, b)
  if not a or not b then return a == b end
  return a.name == b.name and a.type == b.type
end

local function same_key(a, b)
  return same_attribute(a.partition, b.partition) and same_attribute(a.sort, b.sort)
end

-- ---- records -----------------------------------------------------------------------------------

-- Fills the indexes of a record with what the store has of them.
local function add_indexes(self, record)
  local rows, count = self.database:list(
    "SELECT id, name FROM indexes WHERE table_id = ? ORDER BY id",
    1000,
    2 ^ 30,
    record.id
  )
  local wanted = indexes_of(record.document)
  for row = 0, count - 1 do
    local id, name = rows[row * 2 + 1], rows[row * 2 + 2]
    local index = wanted[name]
    index.id, index.name = id, name
    record.indexes[name] = index
    record.index_list[#record.index_list + 1] = index
  end
end

-- Returns the record of a table that the store has.
local function new_record(self, id, name, text)
  local document = assert(codec.from_json(text))
  local types = types_of(document.description)
  local record = {
    id = id,
    name = name,
    document = document,
    partition = role_of(document.description.KeySchema, types, "HASH"),
    sort = role_of(document.description.KeySchema, types, "RANGE"),
    indexes = {},
    index_list = {},
    sql = {},
    made = {},
  }
  add_indexes(self, record)
  return record
end

-- Drops the records where another process changed a table.
local function freshen(self)
  if self.database.is_memory then return end
  local version = self.database:row "SELECT value FROM meta WHERE name = 'catalogue'"
  if version ~= self.version then
    self.version, self.records = version, {}
  end
end

-- Notes that tables changed.
local function changed(self)
  self.records = {}
  if self.database.is_memory then return end
  self.database:row "UPDATE meta SET value = value + 1 WHERE name = 'catalogue'"
end

--- Returns the record of a table, or nil.
function Catalogue:find(name)
  freshen(self)
  local record = self.records[name]
  if record then return record end
  local id, document = self.database:row("SELECT id, document FROM tables WHERE name = ?", name)
  if not id then return nil end
  record = new_record(self, id, name, document)
  self.records[name] = record
  return record
end

--- Returns up to `limit` names of tables in order, those behind `after`.
function Catalogue:names(after, limit)
  return (
    self.database:list(
      "SELECT name FROM tables WHERE name > ? ORDER BY name",
      limit,
      2 ^ 30,
      after or ""
    )
  )
end

--- Forgets all records: after a transaction that was rolled back.
function Catalogue:forget()
  self.records, self.version = {}, nil
end

-- ---- changes -----------------------------------------------------------------------------------

local function create_index(self, table_id, name, index)
  local keys = assert(codec.to_json(index))
  self.database:row(
    "INSERT INTO indexes(table_id, name, keys) VALUES(?, ?, ?)",
    table_id,
    name,
    keys
  )
  local id = self.database:row "SELECT last_insert_rowid()"
  self.database:run(
    ("CREATE TABLE i%d(key BLOB, base BLOB, PRIMARY KEY(key, base)) WITHOUT ROWID"):format(id)
  )
end

local function drop_index(self, id)
  self.database:forget()
  self.database:run(("DROP TABLE i%d"):format(id))
  self.database:row("DELETE FROM indexes WHERE id = ?", id)
end

--- Makes a table and returns its record.
-- @tparam string name
-- @tparam table document plain JSON: description (as DescribeTable gives it: KeySchema,
--   AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes), ttl (nil, or the name of
--   the attribute by which items expire), and whatever else
function Catalogue:create(name, document)
  local text = assert(codec.to_json(document))
  self.database:row("INSERT INTO tables(name, document) VALUES(?, ?)", name, text)
  local id = self.database:row "SELECT last_insert_rowid()"
  self.database:run(
    ("CREATE TABLE t%d(id INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, item BLOB NOT NULL, size INTEGER NOT NULL, links BLOB)"):format(
      id
    )
  )
  for index_name, index in pairs(indexes_of(document)) do
    create_index(self, id, index_name, index)
  end
  changed(self)
  return self:find(name)
end

--- Writes a table's document anew, with the indexes that it has from now on.
-- @tparam table record
-- @tparam table document
-- @treturn table the new record
-- @treturn boolean whether an index came, and is to be filled (dynamo.embedded.items)
function Catalogue:change(record, document)
  local wanted, has_come = indexes_of(document), false
  for name, index in pairs(record.indexes) do
    if not wanted[name] or not same_key(wanted[name], index) then
      drop_index(self, index.id)
    else
      wanted[name] = nil
    end
  end
  for name, index in pairs(wanted) do
    create_index(self, record.id, name, index)
    has_come = true
  end
  local text = assert(codec.to_json(document))
  self.database:row("UPDATE tables SET document = ? WHERE id = ?", text, record.id)
  changed(self)
  return self:find(record.name), has_come
end

--- Drops a table with its items and indexes.
function Catalogue:drop(record)
  for _, index in ipairs(record.index_list) do
    drop_index(self, index.id)
  end
  self.database:forget()
  self.database:run(("DROP TABLE t%d"):format(record.id))
  self.database:row("DELETE FROM tables WHERE id = ?", record.id)
  changed(self)
end

--- Returns the catalogue of a database.
function M.new(database)
  return setmetatable({ database = database, records = {}, version = nil }, Catalogue)
end

return M
