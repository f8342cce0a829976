-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local codec = require "dynamo.codec"
local refusal = require "dynamo.service_refusal"
local stores = require "dynamo.embedded.store"
local stream_log = require "dynamo.embedded.stream_log"
local streams = require "dynamo.embedded.streams"
local tables = require "support.embedded_tables"
local wire = require "dynamo.embedded.wire"

local NOW = 1764268000.25

-- Returns a store with a table T that has a stream, the table's record and the stream's ARN.
local function with_stream(view_type, name)
  local store = assert(stores.open { endpoint = "memory:" })
  local document = tables.document()
  local description = document.description
  name = name or "T"
  description.TableArn = "arn:aws:dynamodb:local:000000000000:table/" .. name
  description.StreamSpecification = { StreamEnabled = true, StreamViewType = view_type }
  description.LatestStreamArn = stream_log.enable(store, name, description, view_type, NOW)
  return store, store:create_table(name, document), description.LatestStreamArn
end

-- Returns what an operation gives, parsed.
local function ask(store, operation, request, now)
  return assert(codec.from_json(streams[operation](store, request, now or NOW)))
end

-- Returns the code that an operation refuses with.
local function refused(...)
  local ok, raised = pcall(ask, ...)
  assert.is_false(ok)
  assert.is_true(refusal.is(raised), tostring(raised))
  return raised.code
end

local function json(n, x)
  return wire.write { p = { S = "a" }, s = { N = tostring(n) }, x = { S = x } }
end

-- Logs that an item became another.
local function log(store, record, old, new, more)
  local change =
    { tree = wire.read(old or new), old = old, new = new, old_size = 10, new_size = 20 }
  for name, value in pairs(more or {}) do
    change[name] = value
  end
  stream_log.log(store, record, change, NOW)
end

local function shard_of(store, arn)
  return ask(store, "DescribeStream", { StreamArn = arn }).StreamDescription.Shards[1]
end

local function iterator(store, arn, kind, number, now)
  local shard_id = shard_of(store, arn).ShardId
  local request =
    { StreamArn = arn, ShardId = shard_id, ShardIteratorType = kind, SequenceNumber = number }
  return ask(store, "GetShardIterator", request, now).ShardIterator
end

local function names(answer)
  local found = {}
  for i, record in ipairs(answer.Records) do
    found[i] = record.eventName
  end
  return found
end

describe("a record", function()
  local SEEN = {
    KEYS_ONLY = { false, false },
    NEW_IMAGE = { true, false },
    OLD_IMAGE = { false, true },
    NEW_AND_OLD_IMAGES = { true, true },
  }
  for view, seen in pairs(SEEN) do
    it("shows what " .. view .. " says", function()
      local store, record, arn = with_stream(view)
      log(store, record, json(1, "old"), json(1, "new"))
      local answer =
        ask(store, "GetRecords", { ShardIterator = iterator(store, arn, "TRIM_HORIZON") })
      local own = answer.Records[1].dynamodb
      assert.same(
        { p = { S = "a" }, s = { N = "1" } },
        codec.to_typed and { p = own.Keys.p, s = own.Keys.s }
      )
      assert.equal(seen[1] and "new" or nil, own.NewImage and own.NewImage.x.S)
      assert.equal(seen[2] and "old" or nil, own.OldImage and own.OldImage.x.S)
      assert.equal(view, own.StreamViewType)
      assert.equal(5 + (seen[1] and 20 or 0) + (seen[2] and 10 or 0), own.SizeBytes)
      assert.equal(1764268000, own.ApproximateCreationDateTime)
    end)
  end

  it("is one of three kinds, and of none where nothing changed", function()
    local store, record, arn = with_stream "KEYS_ONLY"
    log(store, record, nil, json(1, "a"))
    log(store, record, json(1, "a"), json(1, "a"))
    log(store, record, json(1, "a"), json(1, "b"))
    log(store, record, json(1, "b"), nil, { by_ttl = true })
    local answer =
      ask(store, "GetRecords", { ShardIterator = iterator(store, arn, "TRIM_HORIZON") })
    assert.same({ "INSERT", "MODIFY", "REMOVE" }, names(answer))
    assert.is_nil(answer.Records[1].userIdentity)
    assert.equal("dynamodb.amazonaws.com", answer.Records[3].userIdentity.PrincipalId)
    local ids = {}
    for _, found in ipairs(answer.Records) do
      assert.equal(32, #found.eventID)
      assert.equal(21, #found.dynamodb.SequenceNumber)
      assert.is_nil(ids[found.eventID])
      ids[found.eventID] = true
    end
  end)

  it("is not of a table without a stream", function()
    local store = assert(stores.open { endpoint = "memory:" })
    log(store, store:create_table("T", tables.document()), nil, json(1, "a"))
    assert.equal(0, store:last_sequence())
  end)
end)

describe("an iterator", function()
  -- Returns the store, the ARN and the numbers of three changes.
  local function three()
    local store, record, arn = with_stream "KEYS_ONLY"
    for n = 1, 3 do
      log(store, record, nil, json(n, "x"))
    end
    local numbers = {}
    local answer =
      ask(store, "GetRecords", { ShardIterator = iterator(store, arn, "TRIM_HORIZON") })
    for i, found in ipairs(answer.Records) do
      numbers[i] = found.dynamodb.SequenceNumber
    end
    return store, record, arn, numbers
  end

  -- Returns how many records there are from an iterator on.
  local function count(store, ...)
    return #ask(store, "GetRecords", { ShardIterator = iterator(store, ...) }).Records
  end

  it("begins where its type says", function()
    local store, record, arn, numbers = three()
    assert.equal(3, count(store, arn, "TRIM_HORIZON"))
    assert.equal(2, count(store, arn, "AT_SEQUENCE_NUMBER", numbers[2]))
    assert.equal(1, count(store, arn, "AFTER_SEQUENCE_NUMBER", numbers[2]))
    local latest = iterator(store, arn, "LATEST")
    assert.equal(0, #ask(store, "GetRecords", { ShardIterator = latest }).Records)
    log(store, record, nil, json(4, "x"))
    assert.equal(1, #ask(store, "GetRecords", { ShardIterator = latest }).Records)
  end)

  it("goes on, record by record, until the shard ends", function()
    local store, _, arn = three()
    stream_log.disable(store, arn)
    local at, seen = iterator(store, arn, "TRIM_HORIZON"), 0
    while at do
      local answer = ask(store, "GetRecords", { ShardIterator = at, Limit = 1 })
      seen, at = seen + #answer.Records, answer.NextShardIterator
    end
    assert.equal(3, seen)
    local description = ask(store, "DescribeStream", { StreamArn = arn }).StreamDescription
    assert.equal("DISABLED", description.StreamStatus)
    assert.is_truthy(description.Shards[1].SequenceNumberRange.EndingSequenceNumber)
  end)

  it("lasts for 15 minutes", function()
    local store, _, arn = three()
    local at = iterator(store, arn, "TRIM_HORIZON")
    ask(store, "GetRecords", { ShardIterator = at }, NOW + 900)
    assert.equal(
      "ExpiredIteratorException",
      refused(store, "GetRecords", { ShardIterator = at }, NOW + 901)
    )
  end)

  it("does not pass over changes that were trimmed", function()
    local store, record, arn, numbers = three()
    store:trim(NOW + 1)
    log(store, record, nil, json(5, "x"))
    assert.equal(1, count(store, arn, "TRIM_HORIZON"))
    assert.equal(1, count(store, arn, "AFTER_SEQUENCE_NUMBER", numbers[3]))
    local request = {
      StreamArn = arn,
      ShardId = shard_of(store, arn).ShardId,
      ShardIteratorType = "AFTER_SEQUENCE_NUMBER",
      SequenceNumber = numbers[1],
    }
    assert.equal("TrimmedDataAccessException", refused(store, "GetShardIterator", request))
  end)

  it("of a quiet stream is not lost to the changes of others", function()
    local store, record, arn = three()
    local at = iterator(store, arn, "LATEST")
    store:open_stream("arn:other", "U", { first = 4 })
    store:log("arn:other", NOW, "x")
    at = ask(store, "GetRecords", { ShardIterator = at }).NextShardIterator
    store:trim(NOW + 1)
    log(store, record, nil, json(5, "x"))
    assert.equal(1, #ask(store, "GetRecords", { ShardIterator = at }).Records)
  end)

  it("is refused where it is none", function()
    local store, _, arn = three()
    assert.equal("ValidationException", refused(store, "GetRecords", { ShardIterator = "x" }))
    assert.equal(
      "ResourceNotFoundException",
      refused(store, "DescribeStream", { StreamArn = "arn:none" })
    )
    local request = { StreamArn = arn, ShardId = "shardId-none", ShardIteratorType = "LATEST" }
    assert.equal("ResourceNotFoundException", refused(store, "GetShardIterator", request))
    request = {
      StreamArn = arn,
      ShardId = shard_of(store, arn).ShardId,
      ShardIteratorType = "AT_SEQUENCE_NUMBER",
    }
    assert.equal("ValidationException", refused(store, "GetShardIterator", request))
    assert.equal("ValidationException", refused(store, "ListStreams", { Limit = 101 }))
  end)
end)

describe("streams", function()
  it("are listed page by page, of one table or of all", function()
    local store = with_stream("KEYS_ONLY", "T")
    for _, name in ipairs { "U", "V" } do
      local arn = "arn:aws:dynamodb:local:000000000000:table/" .. name
      stream_log.enable(store, name, { TableArn = arn, KeySchema = {} }, "NEW_IMAGE", NOW)
    end
    local seen, last = {}, nil
    repeat
      local answer = ask(store, "ListStreams", { Limit = 2, ExclusiveStartStreamArn = last })
      for _, stream in ipairs(answer.Streams) do
        seen[#seen + 1] = stream.TableName
      end
      last = answer.LastEvaluatedStreamArn
    until not last
    assert.same({ "T", "U", "V" }, seen)
    assert.equal(1, #ask(store, "ListStreams", { TableName = "V" }).Streams)
    assert.equal(0, #ask(store, "ListStreams", { TableName = "none" }).Streams)
  end)

  it("have a shard whose id SDKs take", function()
    local store, _, arn = with_stream "KEYS_ONLY"
    local shard = shard_of(store, arn)
    assert.is_true(#shard.ShardId >= 28 and #shard.ShardId <= 65)
    local request = { StreamArn = arn, ExclusiveStartShardId = shard.ShardId }
    assert.equal(0, #ask(store, "DescribeStream", request).StreamDescription.Shards)
    request = { StreamArn = arn, ShardFilter = { Type = "CHILD_SHARDS", ShardId = shard.ShardId } }
    assert.equal(0, #ask(store, "DescribeStream", request).StreamDescription.Shards)
  end)
end)
