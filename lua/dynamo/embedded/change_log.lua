-- SPDX-License-Identifier: MIT
-- The log of changes: streams, by their ARN, and what was changed, each once, in the order in which it
-- was written.
local codec = require "dynamo.codec"

local M = {}

local TRIMMED_ROWS = 100

-- ---- streams -----------------------------------------------------------------------------------

--- Writes a stream down, in place of one of the same ARN.
-- @tparam string arn
-- @tparam string table_name
-- @tparam table document plain JSON: what its creator wants to know of it
function M.open(database, arn, table_name, document)
  local text = assert(codec.to_json(document))
  local sql = "REPLACE INTO streams(arn, table_name, document) VALUES(?, ?, ?)"
  database:row(sql, arn, table_name, text)
end

local function stream_of(arn, table_name, text)
  return { arn = arn, table_name = table_name, document = assert(codec.from_json(text)) }
end

--- Returns a stream: arn, table_name, document; or nil.
function M.find(database, arn)
  local sql = "SELECT arn, table_name, document FROM streams WHERE arn = ?"
  local found, table_name, text = database:row(sql, arn)
  if found then return stream_of(found, table_name, text) end
end

--- Returns the streams of a table, of all tables for nil, in the order of their ARNs.
-- @tparam ?string table_name
-- @tparam ?string after an ARN: those behind it
-- @tparam integer limit
function M.list(database, table_name, after, limit)
  local sql = "SELECT arn, table_name, document FROM streams "
    .. "WHERE arn > ?1 AND table_name = coalesce(?2, table_name) ORDER BY arn"
  local rows, count = database:list(sql, limit, 2 ^ 30, after or "", table_name)
  local found = {}
  for row = 0, count - 1 do
    found[row + 1] = stream_of(rows[row * 3 + 1], rows[row * 3 + 2], rows[row * 3 + 3])
  end
  return found
end

-- ---- changes -----------------------------------------------------------------------------------

--- Appends a change and returns its sequence, which is larger than that of every change before.
-- @tparam string arn
-- @tparam number time seconds
-- @tparam string record
function M.append(database, arn, time, record)
  database:row("INSERT INTO changes(stream, time, record) VALUES(?, ?, ?)", arn, time, record)
  return (database:row "SELECT last_insert_rowid()")
end

--- Returns up to `limit` changes behind a sequence: { { sequence, time, record }, ... }.
-- @tparam ?integer max_bytes of records, where to stop (1 MiB)
function M.read(database, arn, after, limit, max_bytes)
  local sql = "SELECT sequence, time, record FROM changes "
    .. "WHERE stream = ? AND sequence > ? ORDER BY sequence"
  local rows, count = database:list(sql, limit, max_bytes or 1024 * 1024, arn, after)
  local found = {}
  for row = 0, count - 1 do
    found[row + 1] = { rows[row * 3 + 1], rows[row * 3 + 2], rows[row * 3 + 3] }
  end
  return found
end

--- Returns the sequence of the last change of all streams, 0 for none: also of one that was trimmed.
function M.last(database)
  local sequence = database:row "SELECT seq FROM sqlite_sequence WHERE name = 'changes'"
  return sequence or 0
end

--- Returns the sequence of the last change that was trimmed, 0 for none.
function M.trimmed(database)
  return database:row "SELECT value FROM meta WHERE name = 'trimmed'" or 0
end

--- Drops some of the changes that are older than `time`, the oldest of all.
function M.trim(database, time)
  local sql = "SELECT sequence, time FROM changes ORDER BY sequence"
  local rows, count = database:list(sql, TRIMMED_ROWS, 2 ^ 30)
  local last = 0
  for row = 0, count - 1 do
    if rows[row * 2 + 2] >= time then break end
    last = rows[row * 2 + 1]
  end
  if last == 0 then return end
  database:row("DELETE FROM changes WHERE sequence <= ?", last)
  database:row("REPLACE INTO meta(name, value) VALUES('trimmed', ?)", last)
end

return M
