-- SPDX-License-Identifier: MIT
-- The store: tables, their items in the order of their keys, indexes that agree with them, the log of
-- changes and the tokens of transactions, in a database of SQLite's.
--
-- What goes wrong with the store itself is raised as a trouble (dynamo.embedded.trouble: kind, code,
-- message, sent), wherever below; only `open` returns it. Everything that reads more than once goes
-- through `read`, everything that writes through `write`; what these are given does not yield.
--
--   store.open(ask)                       -> store | nil, trouble
--       ask.endpoint  "memory:" (private), "memory:NAME" (shared within this Lua state), "file:PATH"
--       ask.durable   true: what is acknowledged outlives a loss of power (an fsync for each write)
--       ask.wait      seconds to wait for another process that writes (5)
--       ask.sleep     function of seconds, for where a wait may not block; nil: one that blocks
--   store:close()
--   store:read(f, ...)                    -> what f(...) returns, of one moment
--   store:write(f, ...)                   -> what f(...) returns; all of it is written, or, if it
--                                            raises, nothing, and it is raised on. Within another
--                                            read or write: part of that
--   store:backup(path)                    copies everything into a new file
--   store:reset()                         empties it: no tables, no changes, no tokens
--
--   store:table(name)                     -> record | nil     (fields: dynamo.embedded.records)
--   store:table_names(after, limit)       -> { name, ... } in order, behind `after` (nil: from the first)
--   store:create_table(name, document)    -> record           (document: dynamo.embedded.records)
--   store:change_table(record, document)  -> record; indexes that came, or whose key changed, are filled
--   store:drop_table(record)
--   store:statistics(record, index)       -> how many items, their bytes; reads all of them
--
--   store:key(record, tree)               -> the key of an item, from a tree with its key attributes
--   store:index_key(record, index, tree)  -> its key in an index (a name), or nil: it is not in that
--   store:get(record, key)                -> JSON, size | nil
--   store:put(record, key, tree, json, size)   the tree and its JSON are the same item
--   store:delete(record, key)
--   store:range(record, ask)              -> { { json, size, key, base }, ... }, is_more
--       ask: index, lower, upper, backward, after, after_base, max_rows, max_bytes (dynamo.embedded.items);
--       lower and upper of dynamo.embedded.keys: keys.range(partition value, comparison, value, last),
--       keys.segment(segment, total)
--
--   store:open_stream(arn, table_name, document)   document: plain JSON
--   store:stream(arn)                     -> { arn, table_name, document } | nil
--   store:streams(table_name, after, limit)  -> list of these in the order of their ARNs
--   store:log(arn, time, record)          appends a change (text); -> its sequence, 1 and up
--   store:changes(arn, after, limit)      -> { { sequence, time, record }, ... }, those behind `after`
--   store:last_sequence()                 -> the last change's of all streams, 0 for none
--   store:trimmed()                       -> that of the last change which was dropped, 0 for none
--   store:trim(time)                      drops some changes older than that, and old tokens
--
--   store:token(token, time)              -> fingerprint, answer | nil: not known since `time`
--   store:keep_token(token, time, fingerprint, answer)
local change_log = require "dynamo.embedded.change_log"
local databases = require "dynamo.embedded.database"
local items = require "dynamo.embedded.items"
local keys = require "dynamo.embedded.keys"
local records = require "dynamo.embedded.records"
local tokens = require "dynamo.embedded.tokens"

local M = {}

local Store = {}
Store.__index = Store

-- ---- opening -----------------------------------------------------------------------------------

local WAIT = 5 -- seconds

-- "memory:NAME" -> its database, while anybody has it open.
local shared = setmetatable({}, { __mode = "v" })

-- Returns the path for SQLite that an endpoint means.
local function path_of(endpoint)
  if endpoint:find "^memory:" then return ":memory:" end
  local path = endpoint:match "^file:(.+)$"
  return path:find "^:" and "./" .. path or path -- none of SQLite's own names
end

local function open_database(ask)
  if shared[ask.endpoint] then return shared[ask.endpoint] end
  local database, failed = databases.open {
    path = path_of(ask.endpoint),
    where = ask.endpoint,
    durable = ask.durable,
    wait = ask.wait or WAIT,
    sleep = ask.sleep,
  }
  if not database then return nil, failed end
  database.catalogue = records.new(database)
  if ask.endpoint:find "^memory:." then shared[ask.endpoint] = database end
  return database
end

--- Opens a store: see above.
function M.open(ask)
  local database, failed = open_database(ask)
  if not database then return nil, failed end
  return setmetatable({ database = database, endpoint = ask.endpoint }, Store)
end

--- Ends it. One that is shared lives on in memory while another has it.
function Store:close()
  if not shared[self.endpoint] then self.database:close() end
end

-- ---- transactions ------------------------------------------------------------------------------

function Store:read(f, ...)
  return self.database:read(f, ...)
end

function Store:write(f, ...)
  return self.database:write(f, ...)
end

function Store:backup(path)
  self.database:backup(path)
end

-- ---- tables ------------------------------------------------------------------------------------

function Store:table(name)
  return self.database.catalogue:find(name)
end

function Store:table_names(after, limit)
  return self.database.catalogue:names(after, limit)
end

local function create(self, name, document)
  return self.database.catalogue:create(name, document)
end

function Store:create_table(name, document)
  return self:write(create, self, name, document)
end

local function change(self, record, document)
  local changed, is_to_fill = self.database.catalogue:change(record, document)
  if is_to_fill then items.fill(self.database, changed) end
  return changed
end

function Store:change_table(record, document)
  return self:write(change, self, record, document)
end

local function drop(self, record)
  self.database.catalogue:drop(record)
end

function Store:drop_table(record)
  self:write(drop, self, record)
end

local function reset(self)
  for _, name in ipairs(self:table_names(nil, 2 ^ 30)) do
    drop(self, self:table(name))
  end
  self.database:run "DELETE FROM streams; DELETE FROM changes; DELETE FROM tokens"
end

function Store:reset()
  self:write(reset, self)
end

function Store:statistics(record, index)
  return items.statistics(self.database, record, index)
end

-- ---- items -------------------------------------------------------------------------------------

function Store.key(_, record, tree)
  local sort = record.sort
  return keys.of(tree[record.partition.name], sort and tree[sort.name])
end

function Store.index_key(_, record, index, tree)
  return items.index_key(record.indexes[index], tree)
end

function Store:get(record, key)
  return items.get(self.database, record, key)
end

function Store:put(record, key, tree, json, size)
  items.put(self.database, record, key, tree, json, size)
end

function Store:delete(record, key)
  items.delete(self.database, record, key)
end

function Store:range(record, ask)
  return items.range(self.database, record, ask)
end

-- ---- changes and tokens ------------------------------------------------------------------------

function Store:open_stream(arn, table_name, document)
  change_log.open(self.database, arn, table_name, document)
end

function Store:stream(arn)
  return change_log.find(self.database, arn)
end

function Store:streams(table_name, after, limit)
  return change_log.list(self.database, table_name, after, limit)
end

function Store:log(arn, time, record)
  return change_log.append(self.database, arn, time, record)
end

function Store:changes(arn, after, limit)
  return change_log.read(self.database, arn, after, limit)
end

function Store:last_sequence()
  return change_log.last(self.database)
end

function Store:trimmed()
  return change_log.trimmed(self.database)
end

function Store:trim(time)
  change_log.trim(self.database, time)
  tokens.trim(self.database, time)
end

function Store:token(token, time)
  return tokens.find(self.database, token, time)
end

function Store:keep_token(token, time, fingerprint, answer)
  tokens.keep(self.database, token, time, fingerprint, answer)
end

return M
