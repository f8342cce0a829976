-- SPDX-License-Identifier: MIT
local asking = require "dynamo.stream.asking"

-- Returns an `ask` that gives these responses one after the other, and what it was asked.
local function scripted(...)
  local responses, asked = { ... }, {}
  return function(method, params)
    asked[#asked + 1] = { method, params }
    local response = responses[#asked]
    if response.code then return nil, response end
    return response
  end,
    asked
end

local FAILED = { code = "Failed" }
local fine = function() end

describe("asking for a stream", function()
  it("finds the one that the table has", function()
    local ask, asked = scripted { Table = { LatestStreamArn = "arn" } }
    assert.are.equal("arn", asking.stream_of(ask, "Users"))
    assert.are.same({ { "describe_table", { TableName = "Users" } } }, asked)
  end)

  it("says how to enable one where the table has none", function()
    local arn, err = asking.stream_of(scripted { Table = {} }, "Users")
    assert.is_nil(arn)
    assert.are.same({ "config", "NoStream" }, { err.kind, err.code })
    assert.matches(
      "the table Users has no stream: enable one by db:update_table",
      err.message,
      1,
      true
    )
    assert.are.same({ nil, FAILED }, { asking.stream_of(scripted(FAILED), "Users") })
  end)

  it("lists the shards of all pages", function()
    local ask, asked = scripted({
      StreamDescription = {
        StreamStatus = "ENABLED",
        LastEvaluatedShardId = "b",
        Shards = {
          { ShardId = "a", SequenceNumberRange = { EndingSequenceNumber = "1" } },
          { ShardId = "b", ParentShardId = "a", SequenceNumberRange = {} },
        },
      },
    }, { StreamDescription = { StreamStatus = "DISABLED", Shards = { { ShardId = "c" } } } })
    local shards, status = asking.shards_of(ask, "arn")
    assert.are.same({
      { id = "a", is_closed = true },
      { id = "b", parent = "a", is_closed = false },
      { id = "c", is_closed = false },
    }, shards)
    assert.are.equal("DISABLED", status)
    assert.are.same({
      { "describe_stream", { StreamArn = "arn" } },
      { "describe_stream", { StreamArn = "arn", ExclusiveStartShardId = "b" } },
    }, asked)
  end)

  it("stops where a list of shards would have no end, and where one fails", function()
    local page = { StreamDescription = { LastEvaluatedShardId = "a" } }
    local shards, err = asking.shards_of(scripted(page, page), "arn")
    assert.is_nil(shards)
    assert.are.same({ "integrity", "RepeatedPosition" }, { err.kind, err.code })
    assert.are.same({ nil, FAILED }, { asking.shards_of(scripted(page, FAILED), "arn") })
  end)

  for _, case in ipairs {
    { { word = "start" }, "TRIM_HORIZON" },
    { { word = "since", value = 7 }, "TRIM_HORIZON" },
    { { word = "latest" }, "LATEST" },
    { { word = "at", value = "7" }, "AT_SEQUENCE_NUMBER", "7" },
    { { word = "after", value = "7" }, "AFTER_SEQUENCE_NUMBER", "7" },
  } do
    it("has an iterator from a position on: " .. case[1].word, function()
      local ask, asked = scripted { ShardIterator = "it" }
      assert.are.equal("it", asking.iterator_of(ask, "arn", { id = "a", position = case[1] }))
      assert.are.same({
        StreamArn = "arn",
        ShardId = "a",
        ShardIteratorType = case[2],
        SequenceNumber = case[3],
      }, asked[1][2])
    end)
  end

  it("takes no response without an iterator", function()
    local shard = { id = "a", position = { word = "start" } }
    local iterator, err = asking.iterator_of(scripted {}, "arn", shard)
    assert.is_nil(iterator)
    assert.are.same({ "integrity", "NoIterator" }, { err.kind, err.code })
    assert.are.same({ nil, FAILED }, { asking.iterator_of(scripted(FAILED), "arn", shard) })
  end)

  it("reads records", function()
    local ask, asked = scripted({ Records = { { "r" } }, NextShardIterator = "b" }, {})
    assert.are.same({ { { "r" } }, "b" }, { asking.records_of(ask, "a", 10, fine) })
    assert.are.same({ {} }, { asking.records_of(ask, "b", 10, fine) })
    assert.are.same({ "get_records", { ShardIterator = "a", Limit = 10 } }, asked[1])
    assert.are.same({ nil, FAILED }, { asking.records_of(scripted(FAILED), "a", 10, fine) })
  end)

  it("takes no record that is none, and no records without end", function()
    local ask = scripted { Records = { { "r" } } }
    local records, err = asking.records_of(ask, "a", 10, function()
      return "has no key"
    end)
    assert.is_nil(records)
    assert.are.equal("BadRecord: Records[1] has no key", err.message)
    records, err =
      asking.records_of(scripted { Records = { 1 }, NextShardIterator = "a" }, "a", 10, fine)
    assert.is_nil(records)
    assert.are.equal("RepeatedPosition", err.code)
    local empty = scripted { Records = {}, NextShardIterator = "a" }
    assert.are.same({ {}, "a" }, { asking.records_of(empty, "a", 10, fine) })
  end)
end)
