-- SPDX-License-Identifier: MIT
-- A table's stream: its beginning and its end, and the records of changes. A stream has one shard. A
-- record is kept as the JSON that GetRecords gives, from behind its sequence number on: what that is,
-- the log knows when it is written.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
local codec = require "dynamo.codec"
local core = require "dynamo.core"
local item_key = require "dynamo.embedded.item_key"
local wire = require "dynamo.embedded.wire"

local M = {}

-- ---- sequence numbers --------------------------------------------------------------------------

--- Returns a sequence as the service writes one: 21 digits.
function M.sequence_number(sequence)
  return ("1%020.0f"):format(sequence)
end

--- Returns the sequence of a sequence number; nil for a text that is none.
function M.sequence_of(text)
  return tonumber((text:match "^1(%d+)$"))
end

-- ---- beginning and end -------------------------------------------------------------------------

-- Returns a time as the label of a stream: "2026-11-27T18:25:00.125".
local function label_of(now)
  local seconds = math.floor(now)
  local thousandths = math.floor((now - seconds) * 1000)
  return os.date("!%Y-%m-%dT%H:%M:%S", seconds) .. (".%03d"):format(thousandths)
end

-- Returns the id of a stream's shard, which SDKs want to have 28 characters and more.
local function shard_id_of(arn, now)
  return ("shardId-%020.0f-%s"):format(math.floor(now * 1000), core.sha1(arn):sub(1, 8))
end

--- Begins a stream of a table.
-- @tparam table store
-- @tparam string table_name
-- @tparam table description the table's: TableArn, KeySchema
-- @tparam string view_type such as "NEW_AND_OLD_IMAGES"
-- @tparam number now seconds
-- @treturn string its ARN
-- @treturn string its label
function M.enable(store, table_name, description, view_type, now)
  local label = label_of(now)
  local arn = ("%s/stream/%s"):format(description.TableArn, label)
  store:open_stream(arn, table_name, {
    label = label,
    view_type = view_type,
    key_schema = description.KeySchema,
    created = now,
    shard_id = shard_id_of(arn, now),
    first = store:last_sequence() + 1,
  })
  return arn, label
end

--- Ends a stream: what is in it can be read for a day.
function M.disable(store, arn)
  local stream = store:stream(arn)
  if not stream or stream.document.last then return end
  stream.document.last = store:last_sequence()
  store:open_stream(arn, stream.table_name, stream.document)
end

-- ---- records -----------------------------------------------------------------------------------

-- By view type: whether the new image is shown, and the old one.
local VIEWS = {
  KEYS_ONLY = { false, false },
  NEW_IMAGE = { true, false },
  OLD_IMAGE = { false, true },
  NEW_AND_OLD_IMAGES = { true, true },
}
local BY_TTL = ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}'

local function event_name(change)
  if not change.old then return "INSERT" end
  return change.new and "MODIFY" or "REMOVE"
end

-- Returns a member of the record, and its bytes as they are billed.
local function image(name, shown, json, size)
  if not shown or not json then return "", 0 end
  return (',"%s":%s'):format(name, json), size
end

-- Returns what is kept of a change.
local function text_of(record, view_type, change, now)
  local keys = assert(wire.write(item_key.of_item(record, change.tree)))
  local shown = VIEWS[view_type]
  local new, new_size = image("NewImage", shown[1], change.new, change.new_size)
  local old, old_size = image("OldImage", shown[2], change.old, change.old_size)
  return ('"ApproximateCreationDateTime":%.0f,"Keys":%s%s%s,"SizeBytes":%d,"StreamViewType":"%s"},"eventName":"%s"%s'):format(
    math.floor(now),
    keys,
    new,
    old,
    core.size(keys) + new_size + old_size,
    view_type,
    event_name(change),
    change.by_ttl and BY_TTL or ""
  )
end

--- Logs what a write did to an item, if it did anything, in the table's stream, if it has one: within
-- the transaction of the write.
-- @tparam table store
-- @tparam table record of the table: its description has LatestStreamArn and StreamSpecification
-- @tparam table change tree (with the key attributes), old and new (JSON; nil for no item), old_size
--   and new_size (bytes), by_ttl (true: the service removed it)
-- @tparam number now seconds
function M.log(store, record, change, now)
  local description = record.document.description
  local stream = description.StreamSpecification
  if not stream or not stream.StreamEnabled or change.old == change.new then return end
  local text = text_of(record, stream.StreamViewType, change, now)
  store:log(description.LatestStreamArn, now, text)
end

--- Returns the record, as GetRecords gives it, of a change of the log.
-- @tparam string arn
-- @tparam table change { sequence, time, text }
function M.record(arn, change)
  local number = M.sequence_number(change[1])
  local event_id = core.sha1(arn .. number):sub(1, 32)
  local region = arn:match "^arn:[^:]*:[^:]*:([^:]*)" or ""
  return ('{"eventID":"%s","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":%s,"dynamodb":{"SequenceNumber":"%s",%s}'):format(
    event_id,
    codec.to_json(region),
    number,
    change[3]
  )
end

return M
