-- SPDX-License-Identifier: MIT
-- The four operations of DynamoDB Streams over the log of changes. Each is
--
--   f(store, request, now) -> the body of the response, JSON
--
-- and raises a refusal (dynamo.service_refusal). The request's shape was checked before; `now` is in
-- seconds. A stream has one shard, which ends when the stream is disabled.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
local codec = require "dynamo.codec"
local core = require "dynamo.core"
local refusal = require "dynamo.service_refusal"
local stream_log = require "dynamo.embedded.stream_log"
local values = require "dynamo.value"

local M = {}

local MOST_STREAMS, MOST_RECORDS = 100, 1000
local ITERATOR_SECONDS = 900

-- Returns the JSON of a plain value.
local function json_of(value)
  return assert(codec.to_json(value))
end

-- Returns a stream, or raises.
local function stream_of(store, arn)
  local stream = store:stream(arn)
  if stream then return stream end
  return refusal.raise(
    "ResourceNotFoundException",
    ("Requested resource not found: Stream: %s not found"):format(arn)
  )
end

-- Returns the limit that is asked for; raises for one that is too high.
local function limit_of(request, most)
  local limit = request.Limit or most
  if limit <= most then return limit end
  return refusal.validation(
    ("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "):format(
      limit
    ) .. ("Member must have value less than or equal to %d"):format(most)
  )
end

-- ---- streams -----------------------------------------------------------------------------------

--- Lists the streams of a table, or of all.
function M.ListStreams(store, request)
  local limit = limit_of(request, MOST_STREAMS)
  local streams = store:streams(request.TableName, request.ExclusiveStartStreamArn, limit + 1)
  local listed, last = values.list {}, nil
  for i = 1, math.min(limit, #streams) do
    local stream = streams[i]
    listed[i] = {
      StreamArn = stream.arn,
      TableName = stream.table_name,
      StreamLabel = stream.document.label,
    }
  end
  if #streams > limit then last = streams[limit].arn end
  return json_of { Streams = listed, LastEvaluatedStreamArn = last }
end

-- Returns the one shard of a stream.
local function shard_of(document)
  local range = { StartingSequenceNumber = stream_log.sequence_number(document.first) }
  if document.last then
    range.EndingSequenceNumber = stream_log.sequence_number(math.max(document.last, document.first))
  end
  return { ShardId = document.shard_id, SequenceNumberRange = range }
end

-- Whether the shard is among those that are asked for.
local function is_asked_for(request, shard_id)
  local filter = request.ShardFilter
  if filter and filter.Type == "CHILD_SHARDS" then return false end -- it has none
  local start = request.ExclusiveStartShardId
  return not start or shard_id > start
end

--- Describes a stream.
function M.DescribeStream(store, request)
  local stream, shards = stream_of(store, request.StreamArn), values.list {}
  local document = stream.document
  limit_of(request, MOST_STREAMS)
  if is_asked_for(request, document.shard_id) then shards[1] = shard_of(document) end
  return json_of {
    StreamDescription = {
      StreamArn = stream.arn,
      StreamLabel = document.label,
      StreamStatus = document.last and "DISABLED" or "ENABLED",
      StreamViewType = document.view_type,
      CreationRequestDateTime = document.created,
      TableName = stream.table_name,
      KeySchema = document.key_schema,
      Shards = shards,
    },
  }
end

-- ---- iterators ---------------------------------------------------------------------------------

-- An iterator says behind which sequence to go on, and when it was given out.
local function iterator_of(arn, after, now)
  return core.base64_encode(("%s|%.0f|%.3f"):format(arn, after, now))
end

-- Returns the ARN and the sequence that an iterator holds, or raises.
local function read_iterator(text, now)
  local arn, after, given = (core.base64_decode(text) or ""):match "^(.+)|(%d+)|([%d.]+)$"
  if not arn then return refusal.validation "Invalid ShardIterator" end
  if now - tonumber(given) <= ITERATOR_SECONDS then return arn, tonumber(after) end
  return refusal.raise(
    "ExpiredIteratorException",
    "Iterator expired: the iterator was created more than 15 minutes ago"
  )
end

-- Raises where changes behind a sequence are no longer kept.
local function check_kept(store, document, after)
  if after + 1 < document.first or after >= store:trimmed() then return end
  refusal.raise(
    "TrimmedDataAccessException",
    "The operation attempted to read past the oldest stream record in a shard."
  )
end

-- By the type of an iterator: the sequence behind which it begins.
local BEGINS = {
  TRIM_HORIZON = function(store, document)
    return math.max(document.first - 1, store:trimmed())
  end,
  LATEST = function(store)
    return store:last_sequence()
  end,
  AT_SEQUENCE_NUMBER = function(_, _, sequence)
    return sequence - 1
  end,
  AFTER_SEQUENCE_NUMBER = function(_, _, sequence)
    return sequence
  end,
}

-- Returns the sequence that a request begins with, if its type wants one.
local function sequence_of(request)
  local kind, number = request.ShardIteratorType, request.SequenceNumber
  if not kind:find "SEQUENCE_NUMBER" then return nil end
  local sequence = number and stream_log.sequence_of(number)
  return sequence or refusal.validation("Invalid SequenceNumber for the type " .. kind)
end

--- Gives an iterator of a stream's shard.
function M.GetShardIterator(store, request, now)
  local document = stream_of(store, request.StreamArn).document
  if request.ShardId ~= document.shard_id then
    local text = "Requested resource not found: Shard: %s in stream: %s not found"
    refusal.raise("ResourceNotFoundException", text:format(request.ShardId, request.StreamArn))
  end
  local sequence = sequence_of(request)
  local after = BEGINS[request.ShardIteratorType](store, document, sequence)
  after = math.max(after, document.first - 1)
  if sequence then check_kept(store, document, after) end
  return json_of { ShardIterator = iterator_of(request.StreamArn, after, now) }
end

-- ---- records -----------------------------------------------------------------------------------

-- Returns the iterator that goes on, nil at the end of a shard that has one. Where nothing was found
-- it goes on behind all that there is, which other streams' changes may have become.
local function next_iterator(store, stream, changes, now)
  local last = changes[#changes]
  if not last and stream.document.last then return nil end
  return iterator_of(stream.arn, last and last[1] or store:last_sequence(), now)
end

--- Gives the records behind an iterator.
function M.GetRecords(store, request, now)
  local limit = limit_of(request, MOST_RECORDS)
  local arn, after = read_iterator(request.ShardIterator, now)
  local stream = stream_of(store, arn)
  check_kept(store, stream.document, after)
  local changes, records = store:changes(arn, after, limit), {}
  for i, change in ipairs(changes) do
    records[i] = stream_log.record(arn, change)
  end
  local body = ('{"Records":[%s]'):format(table.concat(records, ","))
  local onward = next_iterator(store, stream, changes, now)
  return onward and ('%s,"NextShardIterator":"%s"}'):format(body, onward) or body .. "}"
end

return M
