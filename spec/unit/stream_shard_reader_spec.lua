-- SPDX-License-Identifier: MIT
-- One shard's reading: what becomes of its iterator, and when it is read again.
local fake_stream = require "support.fake_stream"

local shard, number, record = fake_stream.shard, fake_stream.number, fake_stream.record
local EXPIRED = { error = "ExpiredIteratorException" }
local TRIMMED = { error = "TrimmedDataAccessException" }
local MISSING = { error = "ResourceNotFoundException" }

local function page(records, next_iterator)
  return { Records = records, NextShardIterator = next_iterator }
end

-- Returns the iterator types that were asked for, with the shard and the number.
local function iterators(fake)
  local list = {}
  for _, each in ipairs(fake.asked) do
    local params = each[2]
    if each[1] == "GetShardIterator" then
      list[#list + 1] = params.ShardIteratorType
        .. (params.SequenceNumber and " " .. params.SequenceNumber or "")
    end
  end
  return list
end

local function open(fake, o)
  o.wait = o.wait or 0
  return fake.users:changes(o)
end

describe("a shard", function()
  it("is read page by page", function()
    local fake = fake_stream.new {
      GetRecords = { page({ record(1), record(2) }, "b"), page({ record(3) }, "c"), page({}, "d") },
    }
    local changes = open(fake, { from = "trim_horizon", page_size = 2 })
    for n = 1, 3 do
      assert.are.equal(n, changes:next().new.n)
    end
    assert.is_nil(changes:next())
    local last = fake.asked[#fake.asked]
    assert.are.same({ "GetRecords", { ShardIterator = "c", Limit = 2 } }, last)
  end)

  it("has its iterator replaced once that has expired, behind what was handed out", function()
    local fake = fake_stream.new {
      GetRecords = { page({ record(1) }, "b"), EXPIRED, EXPIRED, page({ record(2) }, "c") },
    }
    local changes = open(fake, { from = "trim_horizon" })
    assert.are.equal(1, changes:next().new.n)
    assert.are.equal(2, changes:next().new.n)
    local after = "AFTER_SEQUENCE_NUMBER " .. number(1)
    assert.are.same({ "TRIM_HORIZON", after, after }, iterators(fake))
  end)

  it("is given up where every iterator has expired, until the next call", function()
    local answers = { EXPIRED, EXPIRED, EXPIRED, EXPIRED, page({ record(1) }, "b") }
    local changes = open(fake_stream.new { GetRecords = answers }, { from = "trim_horizon" })
    local change, message, err = changes:next()
    assert.is_nil(change)
    assert.are.same({ "ExpiredIteratorException", message }, { err.code, err.message })
    assert.are.equal(err, changes:failure())
    assert.are.equal(changes:checkpoint(), err.checkpoint)
    assert.are.equal(1, changes:next().new.n)
    assert.is_nil(changes:failure())
  end)

  it("loses nothing behind the latest when an iterator expires before the first change", function()
    local old = record(0, "k", { ApproximateCreationDateTime = 1000 })
    local fake = fake_stream.new { GetRecords = { EXPIRED, page({ old, record(1) }, "b") } }
    fake.transport.wall = 1700000000 - fake.transport.clock
    local changes = open(fake, { from = "latest" })
    assert.are.equal(1, changes:next().new.n)
    assert.are.same({ "LATEST", "TRIM_HORIZON" }, iterators(fake))
  end)

  it("keeps the place of its first records before they are handed out", function()
    local fake = fake_stream.new {
      DescribeStream = { fake_stream.description { { 1 }, { 2 } } },
      GetRecords = function(params)
        if params.ShardIterator:find(shard(1), 1, true) then return page({}, "b") end
        return page({ record(7), record(8) }, "c")
      end,
    }
    local changes = open(fake, { from = "latest" })
    assert.are.equal(7, changes:next().new.n)
    local other = open(fake, { from = changes:checkpoint() })
    assert.is_true(other:start())
    assert.are.equal(7, other:next().new.n) -- the fake gives what it has
    local asked = iterators(fake)
    assert.are.equal("AFTER_SEQUENCE_NUMBER " .. number(7), asked[#asked])
  end)

  it("tells of trimmed records, and goes on with what is left", function()
    local fake = fake_stream.new {
      GetRecords = { page({ record(1) }, "b"), TRIMMED, page({ record(5) }, "c") },
    }
    local changes = open(fake, { from = "trim_horizon", wait = 5 })
    assert.are.equal(1, changes:next().new.n)
    assert.are.same({ kind = "trimmed", shard_id = shard(1), after = number(1) }, changes:next())
    assert.are.equal(5, changes:next().new.n)
    assert.are.same({ "TRIM_HORIZON", "TRIM_HORIZON" }, iterators(fake))
  end)

  it("hands out nothing from before the latest where its first records were trimmed", function()
    local old = record(0, "k", { ApproximateCreationDateTime = 1000 })
    local fake =
      fake_stream.new { GetRecords = { EXPIRED, TRIMMED, page({ old, record(1) }, "b") } }
    fake.transport.wall = 1700000000 - fake.transport.clock
    local changes = open(fake, { from = "latest", wait = 5 })
    assert.are.same({ kind = "trimmed", shard_id = shard(1) }, changes:next())
    assert.are.equal(1, changes:next().new.n)
    assert.are.same({ "LATEST", "TRIM_HORIZON", "TRIM_HORIZON" }, iterators(fake))
  end)

  it("tells of them again where nobody was told before the checkpoint", function()
    local fake = fake_stream.new { GetRecords = { page({ record(1) }, "b"), TRIMMED } }
    local changes = open(fake, { from = "trim_horizon", wait = 5 })
    changes:next()
    local checkpoint = changes:checkpoint()
    assert.are.equal("trimmed", changes:next().kind)
    assert.are_not.equal(checkpoint, changes:checkpoint())
    local again = open(fake, { from = checkpoint })
    assert.are.equal("trimmed", again:next().kind)
  end)

  it("that is gone is told of, and its children are read", function()
    local fake = fake_stream.new {
      DescribeStream = {
        fake_stream.description { { 1 } },
        fake_stream.description { { 2, 1 } },
      },
      GetRecords = function(params)
        if params.ShardIterator == "b" then return MISSING end
        if params.ShardIterator:find(shard(2), 1, true) then return page({ record(9) }, "c") end
        return page({ record(1) }, "b")
      end,
    }
    local changes = open(fake, { from = "trim_horizon" })
    assert.are.equal(1, changes:next().new.n)
    assert.are.same({ kind = "trimmed", shard_id = shard(1), after = number(1) }, changes:next())
    assert.are.equal(9, changes:next().new.n)
  end)

  it("that is listed, and still not found, is an error", function()
    local fake = fake_stream.new { GetRecords = { MISSING } }
    local _, _, err = open(fake, { from = "trim_horizon" }):next()
    assert.are.equal("ResourceNotFoundException", err.code)
  end)

  it("read on after more than a day tells that records may be lost", function()
    local fake = fake_stream.new()
    local changes = open(fake, { from = "trim_horizon" })
    local checkpoint = changes:checkpoint()
    assert.is_nil(open(fake, { from = checkpoint }):next())
    fake.transport.wall = fake.transport.wall + 86402
    assert.are.same(
      { kind = "trimmed", shard_id = shard(1) },
      open(fake, { from = checkpoint }):next()
    )
  end)

  it("is read again after the interval where it had nothing, at once where it had", function()
    local fake = fake_stream.new {
      GetRecords = { page({}, "a"), page({ record(1) }, "b"), page({}, "c") },
    }
    local changes = open(fake, { from = "trim_horizon", poll_interval = 2, wait = 3 })
    assert.are.equal(1, changes:next().new.n)
    assert.are.same({ 2 }, fake.transport.sleeps)
    assert.is_nil(changes:next())
    assert.are.same({ 2, 2, 1 }, fake.transport.sleeps)
  end)

  it("that is closed is hurried through its empty pages, but not for ever", function()
    local fake =
      fake_stream.new { DescribeStream = { fake_stream.description { { 1, nil, true } } } }
    assert.is_nil(open(fake, { from = "trim_horizon" }):next())
    local count = select(2, fake_stream.operations(fake):gsub("GetRecords", ""))
    assert.are.equal(10, count)
    assert.are.same({}, fake.transport.sleeps)
  end)
end)
