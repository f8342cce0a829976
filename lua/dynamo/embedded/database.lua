-- SPDX-License-Identifier: MIT
-- The database of a store: opening it, its layout and version, transactions, waiting for others that
-- write. What fails is raised as a trouble (dynamo.embedded.trouble), but by `open`.
local trouble = require "dynamo.embedded.trouble"

local M = {}

-- "dyno", in the file's head: https://www.sqlite.org/pragma.html#pragma_application_id
local APPLICATION_ID = 0x64796e6f
local VERSION = 1
local FIRST_WAIT, LONGEST_WAIT = 0.001, 0.05 -- seconds

local MISSING = "the embedded store needs SQLite, and dynamo/sqlite.so is not here (%s); on Debian: "
  .. "apt-get install libsqlite3-dev, and build it anew (to run, libsqlite3-0 is enough)"

-- A table of items is t<id>, an index i<id>. Items are in a table with row numbers and an index of
-- their keys: WITHOUT ROWID, items of 1 KB took two to seven times as long to write.
local LAYOUT = [[
  CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES('catalogue', 1);
  CREATE TABLE tables(id INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB UNIQUE NOT NULL,
    document BLOB NOT NULL);
  CREATE TABLE indexes(id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER NOT NULL,
    name BLOB NOT NULL, keys BLOB NOT NULL);
  CREATE TABLE streams(arn BLOB PRIMARY KEY, table_name BLOB NOT NULL, document BLOB NOT NULL);
  CREATE TABLE changes(sequence INTEGER PRIMARY KEY AUTOINCREMENT, stream BLOB NOT NULL,
    time REAL NOT NULL, record BLOB NOT NULL);
  CREATE INDEX changes_of ON changes(stream, sequence);
  CREATE TABLE tokens(token BLOB PRIMARY KEY, time REAL NOT NULL, fingerprint BLOB NOT NULL,
    answer BLOB NOT NULL);
]]

local Database = {}
Database.__index = Database

-- ---- statements --------------------------------------------------------------------------------

-- Returns what dynamo.sqlite gave, or raises its failure.
local function check(self, result, code, message, ...)
  if result ~= nil then return result, code, message, ... end
  error(trouble.of(self.where, code, message), 0)
end

--- Runs statements without values.
function Database:run(sql)
  return check(self, self.handle:run(sql))
end

--- Returns a statement, prepared once: row(...) and list(rows, bytes, ...) raise nothing by
-- themselves; see `row` and `list`.
function Database:statement(sql)
  local statement = self.statements[sql]
  if not statement then
    statement = check(self, self.handle:prepare(sql))
    self.statements[sql] = statement
  end
  return statement
end

--- Returns the columns of a statement's first row, false where it has none.
function Database:row(sql, ...)
  return check(self, self:statement(sql):row(...))
end

--- Returns the columns of rows one behind the other, how many rows, and whether a limit ended them.
function Database:list(sql, max_rows, max_bytes, ...)
  return check(self, self:statement(sql):list(max_rows, max_bytes, ...))
end

--- Drops the statements that are kept: before a table of items ends.
function Database:forget()
  for _, statement in pairs(self.statements) do
    statement:close()
  end
  self.statements = {}
end

-- ---- transactions ------------------------------------------------------------------------------

-- Does `attempt`, again while another process is in the way, for `wait` seconds at most. In a process
-- that was forked from the one which opened the file it is opened anew.
local function patiently(self, attempt)
  local pause, waited = FIRST_WAIT, 0
  while true do
    local done, code, message = attempt(self)
    if done ~= nil then return done end
    if code == "forked" then return self:reopen() or patiently(self, attempt) end
    if code ~= "busy" or waited >= self.wait then
      error(trouble.of(self.where, code, message), 0)
    end
    self.sleep(pause)
    waited, pause = waited + pause, math.min(pause * 2, LONGEST_WAIT)
  end
end

local function begin_write(self)
  return self:statement("BEGIN IMMEDIATE"):row()
end

-- The first read of a transaction takes its snapshot.
local function begin_read(self)
  local done, code, message = self:statement("BEGIN"):row()
  if done == nil then return nil, code, message end
  done, code, message = self:statement("SELECT value FROM meta"):row()
  if done == nil then self:statement("ROLLBACK"):row() end
  return done, code, message
end

local function roll_back(self)
  if self.handle:is_in_transaction() then self:statement("ROLLBACK"):row() end
  if self.catalogue then self.catalogue:forget() end
end

-- What a failing disk leaves of a COMMIT is not known.
local function commit(self)
  local done, code, message = self:statement("COMMIT"):row()
  if done ~= nil then return end
  local failed = trouble.of(self.where, code, message)
  if code == "io" then failed.sent = "complete" end
  roll_back(self)
  error(failed, 0)
end

local function finish(self, ok, ...)
  self.is_busy = false
  if ok then
    commit(self)
    return ...
  end
  roll_back(self)
  error((...), 0)
end

-- Runs f within the transaction that has begun.
local function run_within(self, f, ...)
  self.is_busy = true
  return finish(self, pcall(f, ...))
end

local function transact(self, begin, f, ...)
  if self.is_busy then return f(...) end -- part of the transaction that is there
  patiently(self, begin)
  return run_within(self, f, ...)
end

--- Returns what f(...) returns, all of whose writes are there or, if it raises, none. f does not
-- yield. Within another transaction it is part of that.
function Database:write(f, ...)
  return transact(self, begin_write, f, ...)
end

--- Returns what f(...) returns, which reads the store as it is at one moment. f does not yield.
function Database:read(f, ...)
  if self.is_memory then return f(...) end -- nobody else can write in between
  return transact(self, begin_read, f, ...)
end

-- ---- opening -----------------------------------------------------------------------------------

local function make_layout(self)
  if self:row "PRAGMA application_id" ~= 0 then return end -- another process was first
  self:run(LAYOUT)
  self:run(("PRAGMA application_id = %d; PRAGMA user_version = %d"):format(APPLICATION_ID, VERSION))
end

-- Makes the layout of a new file; raises for a file that is something else's, or a later version's.
local function check_layout(self)
  local id, version = self:row "PRAGMA application_id", self:row "PRAGMA user_version"
  local tables = self:row "SELECT count(*) FROM sqlite_master"
  if id == 0 and version == 0 and tables == 0 then
    check(self, begin_write(self))
    return run_within(self, make_layout, self)
  end
  if id ~= APPLICATION_ID then
    local words = "%s: a database of another program's; give a file of its own"
    error(trouble.new("config", "StoreDamaged", words:format(self.where)), 0)
  end
  if version > VERSION then
    local words = "%s: written by a later version of this library (layout %d, this one knows %d)"
    error(trouble.new("config", "StoreNewer", words:format(self.where, version, VERSION)), 0)
  end
end

-- Sets what SQLite takes from its caller. WAL: readers and a writer side by side; of a file that can
-- only be read the mode stays what it is.
local function set_up(self)
  self:run "PRAGMA page_size = 8192; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY"
  if self.is_memory then return check_layout(self) end
  local done, code, message = self:statement("PRAGMA journal_mode = WAL"):row()
  if code ~= "read_only" then check(self, done, code, message) end
  self:run("PRAGMA synchronous = " .. (self.durable and "FULL" or "NORMAL"))
  check_layout(self)
end

local function load_sqlite()
  local ok, sqlite = pcall(require, "dynamo.sqlite")
  if ok then return sqlite end
  local reason = tostring(sqlite):match "[^\n]*"
  error(trouble.new("config", "NoSqlite", MISSING:format(reason)), 0)
end

local function try_to_open(self)
  self.handle = check(self, self.sqlite.open(self.path))
  self.statements = {}
  set_up(self)
  for _, sql in ipairs { "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK" } do
    self:statement(sql)
  end
end

-- Opens the database, patiently: also one that another process is just making, or ending.
local function open(self)
  patiently(self, function()
    local ok, failed = pcall(try_to_open, self)
    if ok then return true end
    if self.handle then self.handle:close() end
    if not trouble.is(failed) or failed.code ~= "StoreBusy" then error(failed, 0) end
    return nil, "busy", "while it was opened"
  end)
end

--- Opens the same file anew.
function Database:reopen()
  self.handle:close()
  open(self)
  if self.catalogue then self.catalogue:forget() end
end

--- Opens a database.
-- @tparam table ask path (":memory:" or a file's), where (as its user named it), durable (boolean:
--   what is acknowledged outlives a loss of power), wait (seconds for another process to end its
--   writing), sleep (a function of seconds; nil: one that holds up the process)
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table a trouble
function M.open(ask)
  local self = setmetatable({
    path = ask.path,
    where = ask.where,
    durable = ask.durable,
    wait = ask.wait,
    sleep = nil, -- function of seconds
    sqlite = nil, -- the module dynamo.sqlite
    is_memory = ask.path == ":memory:",
    is_busy = false, -- a transaction is under way
    catalogue = nil, -- of dynamo.embedded.records, whose records a rollback makes worthless
    handle = nil, -- of dynamo.sqlite
    statements = nil, -- SQL -> statement
  }, Database)
  local ok, failed = pcall(function()
    self.sqlite = load_sqlite()
    self.sleep = ask.sleep or self.sqlite.sleep
    open(self)
  end)
  if ok then return self end
  if trouble.is(failed) then return nil, failed end
  error(failed, 0)
end

--- Ends it; twice does no harm.
function Database:close()
  self.handle:close()
  self.statements = {}
end

--- Copies the whole database, as it is now, into a new file.
function Database:backup(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
    error(trouble.new("config", "StoreNotOpened", path .. ": is there already; name a new file"), 0)
  end
  check(self, self:statement("VACUUM INTO CAST(? AS TEXT)"):row(path))
end

return M
