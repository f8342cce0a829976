-- SPDX-License-Identifier: MIT
-- What is asked of the service: which stream a table has, its shards, and the records of a shard. Each
-- function returns nil, err where that fails; `ask(method, params)` makes a call and returns its
-- response, or nil, err.
local errors = require "dynamo.error"

local M = {}

local NO_STREAM = "the table %s has no stream: enable one by db:update_table { TableName = ..., "
  .. 'StreamSpecification = { StreamEnabled = true, StreamViewType = "NEW_AND_OLD_IMAGES" } }'

--- Returns the ARN of the stream that a table has now.
function M.stream_of(ask, name)
  local response, err = ask("describe_table", { TableName = name })
  if not response then return nil, err end
  local arn = response.Table and response.Table.LatestStreamArn
  if arn then return arn end
  return nil,
    errors.new {
      kind = "config",
      code = "NoStream",
      operation = "describe_table",
      message = NO_STREAM:format(name),
    }
end

local function broken(operation, code, message)
  return errors.new {
    kind = "integrity",
    code = code,
    operation = operation,
    message = message,
    retryable = false,
    throttled = false,
  }
end

-- Returns a shard as dynamo.stream.shard_tree takes it.
local function listed(shard)
  local range = shard.SequenceNumberRange
  return {
    id = shard.ShardId,
    parent = shard.ParentShardId,
    is_closed = range ~= nil and range.EndingSequenceNumber ~= nil,
  }
end

--- Returns the shards of a stream, and its status.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
function M.shards_of(ask, arn)
  local shards, start = {}, nil
  while true do
    local response, err = ask("describe_stream", { StreamArn = arn, ExclusiveStartShardId = start })
    if not response then return nil, err end
    local description = response.StreamDescription or {}
    for _, shard in ipairs(description.Shards or {}) do
      shards[#shards + 1] = listed(shard)
    end
    local last = description.LastEvaluatedShardId
    if not last then return shards, description.StreamStatus end
    if last == start then
      return nil,
        broken("describe_stream", "RepeatedPosition", "the list of shards would have no end")
    end
    start = last
  end
end

local TYPES = {
  start = "TRIM_HORIZON",
  since = "TRIM_HORIZON",
  after = "AFTER_SEQUENCE_NUMBER",
  at = "AT_SEQUENCE_NUMBER",
  latest = "LATEST",
}
local IS_NUMBERED = { after = true, at = true }

--- Returns an iterator for a shard, from its position on.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
function M.iterator_of(ask, arn, shard)
  local position = shard.position
  local response, err = ask("get_shard_iterator", {
    StreamArn = arn,
    ShardId = shard.id,
    ShardIteratorType = TYPES[position.word],
    SequenceNumber = IS_NUMBERED[position.word] and position.value or nil,
  })
  if not response then return nil, err end
  if response.ShardIterator then return response.ShardIterator end
  return nil, broken("get_shard_iterator", "NoIterator", "the response has no ShardIterator")
end

--- Returns the records behind an iterator, and the next one, nil at the end of a shard.
-- @tparam function ask
-- @tparam string iterator
-- @tparam integer limit of records
-- @tparam function problem_of (record) -> nil, or what is wrong with it
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
function M.records_of(ask, iterator, limit, problem_of)
  local response, err = ask("get_records", { ShardIterator = iterator, Limit = limit })
  if not response then return nil, err end
  local records = response.Records or {}
  for i, record in ipairs(records) do
    local problem = problem_of(record)
    if problem then
      return nil, broken("get_records", "BadRecord", ("Records[%d] %s"):format(i, problem))
    end
  end
  if records[1] and response.NextShardIterator == iterator then
    return nil, broken("get_records", "RepeatedPosition", "the records would have no end")
  end
  return records, response.NextShardIterator
end

return M
