-- SPDX-License-Identifier: MIT
-- What a store does by itself, in the background of calls: items whose time to live is over go, and so
-- do changes of yesterday and old tokens.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
local keys = require "dynamo.embedded.keys"
local records = require "dynamo.embedded.records"
local stream_log = require "dynamo.embedded.stream_log"
local wire = require "dynamo.embedded.wire"

local M = {}

local EXPIRY_PAUSE, TRIM_PAUSE = 1, 60 -- seconds
local MOST_EXPIRED = 100 -- items of a table at once
local STREAM_SECONDS = 24 * 3600
local OLDEST_SECONDS = 5 * 365 * 86400 -- what was over before that is left alone, as by the service

-- Returns the bytes of a time in the index of times to live.
local function bytes_of(seconds)
  return keys.sort_bytes { N = ("%.0f"):format(seconds) }
end

-- Returns some of a table's items whose time is over.
local function expired(store, record, now)
  return (
    store:range(record, {
      index = records.TTL,
      lower = bytes_of(math.max(math.floor(now) - OLDEST_SECONDS, 0)),
      upper = bytes_of(math.floor(now)),
      max_rows = MOST_EXPIRED,
    })
  )
end

-- Removes one item.
local function remove(store, record, row, now)
  local change =
    { tree = assert(wire.read(row[1])), old = row[1], old_size = row[2], by_ttl = true }
  store:delete(record, row[4])
  stream_log.log(store, record, change, now)
end

-- Removes some of a table's items; they are read again, for another process may have been here.
local function remove_some(store, name, now)
  local record = store:table(name)
  if not record or not record.indexes[records.TTL] then return end
  for _, row in ipairs(expired(store, record, now)) do
    remove(store, record, row, now)
  end
end

-- Whether a table has items whose time is over.
local function has_expired(store, name, now)
  local record = store:table(name)
  return record and record.indexes[records.TTL] and expired(store, record, now)[1]
end

-- Returns the names of the tables in which there is something to do.
local function tables_to_do(store, now)
  local found = {}
  for _, name in ipairs(store:table_names(nil, 2 ^ 30)) do
    if has_expired(store, name, now) then found[#found + 1] = name end
  end
  return found
end

--- Removes what is over, of each table some.
function M.expire(store, now)
  for _, name in ipairs(store:read(tables_to_do, store, now)) do
    store:write(remove_some, store, name, now)
  end
end

--- Does what is due; to be called with every call, outside of its transaction.
-- @tparam table store
-- @tparam number now seconds
function M.tick(store, now)
  if now < (store.expires_at or 0) then return end
  store.expires_at = now + EXPIRY_PAUSE
  M.expire(store, now)
  if now < (store.trims_at or 0) then return end
  store.trims_at = now + TRIM_PAUSE
  store:write(store.trim, store, now - STREAM_SECONDS)
end

return M
