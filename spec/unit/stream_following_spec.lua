-- SPDX-License-Identifier: MIT
-- How a stream is followed: what is asked for when, and how it ends.
local dynamo = require "dynamo"
local fake_stream = require "support.fake_stream"

local description, record, shard = fake_stream.description, fake_stream.record, fake_stream.shard
local THROTTLED = { error = "LimitExceededException" }

-- Answers the records of shards by number, each once and then its end; one of them has none.
local function each_once(by_shard, open)
  return function(params)
    local id, rest = params.ShardIterator:match "^([^|]+)|(.*)$"
    local records = by_shard[tonumber(id:match "%d+$")]
    if rest == "open" then return { Records = {}, NextShardIterator = params.ShardIterator } end
    return {
      Records = records,
      NextShardIterator = open == tonumber(id:match "%d+$") and id .. "|open" or nil,
    }
  end
end

local function all_of(changes)
  local list = {}
  for change in changes:items() do
    list[#list + 1] = change.new and change.new.n or change.kind
  end
  return list
end

describe("following a stream", function()
  it("asks for nothing before it is used", function()
    local fake = fake_stream.new()
    local changes = fake.users:changes { from = "latest", wait = 0 }
    assert.are.equal("", fake_stream.operations(fake))
    assert.is_true(changes:start())
    assert.are.equal("DescribeTable DescribeStream GetShardIterator", fake_stream.operations(fake))
    assert.is_nil(changes:next())
  end)

  it("reads a stream that it is told", function()
    local fake = fake_stream.new()
    fake.users:changes({ from = "trim_horizon", stream_arn = fake_stream.ARN, wait = 0 }):next()
    assert.are.equal("DescribeStream GetShardIterator GetRecords", fake_stream.operations(fake))
    assert.are.same({ StreamArn = fake_stream.ARN }, fake.asked[1][2])
  end)

  it("reads shards in turns, children after their parents, to the end", function()
    local fake = fake_stream.new {
      DescribeStream = { description { { 1, nil, true }, { 2, nil, true }, { 3, 1, true } } },
      GetRecords = each_once { { record(1), record(2) }, { record(11) }, { record(3) } },
    }
    local changes = fake.users:changes { from = "trim_horizon", until_closed = true }
    assert.are.same({ 1, 2, 11, 3 }, all_of(changes))
    assert.is_nil(changes:next())
    local info = changes:info()
    assert.are.same({ 4, 3, 0, true }, { info.count, info.pages, info.shards, info.is_over })
  end)

  it("gives every shard its turn, however much another one has", function()
    local endless = 0
    local fake = fake_stream.new {
      DescribeStream = { description { { 1 }, { 2 } } },
      GetRecords = function(params)
        endless = endless + 1
        local id = params.ShardIterator:match "^[^|]+"
        return { Records = { record(endless, id) }, NextShardIterator = id .. "|" .. endless }
      end,
    }
    local changes, turns = fake.users:changes { from = "trim_horizon" }, {}
    for i = 1, 6 do
      turns[i] = changes:next().shard_id
    end
    local one, two = shard(1), shard(2)
    assert.are.same({ one, two, one, two, one, two }, turns)
  end)

  it("looks for children until they are listed", function()
    local fake = fake_stream.new {
      DescribeStream = {
        description { { 1 } },
        description { { 1 } },
        description { { 1 }, { 2, 1 } },
      },
      GetRecords = each_once { { record(1) }, { record(2) } },
      2,
    }
    local changes = fake.users:changes { from = "trim_horizon", wait = 5, poll_interval = 2 }
    assert.are.same({ 1, 2 }, { changes:next().new.n, changes:next().new.n })
    assert.are.same({ 2 }, fake.transport.sleeps)
  end)

  it("ends only where several lists have nothing more", function()
    local closed = description { { 1, nil, true } }
    local fake = fake_stream.new {
      DescribeStream = { closed, closed, closed, description { { 1, nil, true }, { 2, 1, true } } },
      GetRecords = each_once { { record(1) }, { record(2) } },
    }
    local changes = fake.users:changes { from = "trim_horizon", until_closed = true }
    assert.are.same({ 1, 2 }, all_of(changes))
  end)

  it("says that a stream is disabled to who did not ask for its end", function()
    local fake = fake_stream.new {
      DescribeStream = { description({ { 1, nil, true } }, { StreamStatus = "DISABLED" }) },
      GetRecords = each_once { { record(1) } },
    }
    local changes = fake.users:changes { from = "trim_horizon" }
    assert.are.equal(1, changes:next().new.n)
    for _ = 1, 2 do
      local change, message, err = changes:next()
      assert.is_nil(change)
      assert.matches("^StreamDisabled: the stream is disabled, and all", message)
      assert.are.same({ "service", "StreamDisabled" }, { err.kind, err.code })
    end
    local more = fake.users:changes { from = changes:checkpoint(), until_closed = true }
    assert.are.same({}, all_of(more))
  end)

  it("leaves a service alone that asks for fewer requests, for longer each time", function()
    local answers = {}
    for i = 1, 8 do
      answers[i] = THROTTLED
    end
    answers[9] = { Records = { record(1) }, NextShardIterator = "b" }
    local fake = fake_stream.new({ GetRecords = answers }, { max_attempts = 2 })
    local changes = fake.users:changes { from = "trim_horizon" }
    assert.are.equal(1, changes:next().new.n)
    local rounded = {}
    for i, seconds in ipairs(fake.transport.sleeps) do
      rounded[i] = math.floor(seconds + 0.5)
    end
    assert.are.same({ 1, 1, 1, 2, 1, 4, 1, 8 }, rounded)
  end)

  it("gives up on one that goes on asking, until the next call", function()
    local fake = fake_stream.new({ GetRecords = { THROTTLED } }, { retry_mode = "off" })
    local changes = fake.users:changes { from = "trim_horizon" }
    local change, _, err = changes:next()
    assert.is_nil(change)
    assert.are.equal("LimitExceededException", err.code)
    assert.are.same({ 1, 2, 4, 8, 16 }, fake.transport.sleeps)
  end)

  it("begins anew what failed when it began", function()
    local fake = fake_stream.new({
      DescribeTable = {
        { error = "InternalServerError", status = 500 },
        { Table = { TableName = "Users" } },
      },
    }, { retry_mode = "off" })
    local changes = fake.users:changes { from = "latest" }
    local _, _, err = changes:next()
    assert.are.same({ "InternalServerError" }, { err.code, err.checkpoint })
    local text, message
    text, message, err = changes:checkpoint()
    assert.is_nil(text)
    assert.matches("^NoStream: the table Users has no stream", message)
    assert.are.equal("config", err.kind)
  end)

  it("goes on exactly behind what was handed out, from any place", function()
    local answers = {
      DescribeStream = { description { { 1, nil, true }, { 2, nil, true }, { 3, 1, true } } },
    }
    function answers.GetShardIterator(params)
      local number = params.SequenceNumber and tonumber(params.SequenceNumber:sub(-6)) or 0
      return { ShardIterator = ("%s|%d"):format(params.ShardId, number) }
    end
    function answers.GetRecords(params)
      local id, number = params.ShardIterator:match "^(.-)|(%d+)$"
      local first, records = ({ 1, 11, 21 })[tonumber(id:match "%d+$")], {}
      for n = math.max(first, number + 1), first + 3 do
        records[#records + 1] = record(n)
      end
      return records[1] and { Records = records } or {}
    end
    for kill = 1, 11 do
      local users = fake_stream.new(answers).users
      local changes = users:changes { from = "trim_horizon", until_closed = true }
      local seen = {}
      for i = 1, kill do
        seen[i] = changes:next().new.n
      end
      local rest = users:changes { from = assert(changes:checkpoint()), until_closed = true }
      for _, n in ipairs(all_of(rest)) do
        seen[#seen + 1] = n
      end
      table.sort(seen)
      assert.are.same({ 1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24 }, seen)
    end
  end)

  it("refuses a checkpoint of another stream", function()
    local checkpoint = fake_stream.new().users:changes({ from = "trim_horizon" }):checkpoint()
    local other = fake_stream.ARN:gsub("000$", "001")
    local fake = fake_stream.new { DescribeTable = { { Table = { LatestStreamArn = other } } } }
    local change, message, err = fake.users:changes({ from = checkpoint }):next()
    assert.is_nil(change)
    assert.are.same({ "validation", "other_stream", "from" }, { err.kind, err.code, err.path })
    assert.matches(fake_stream.ARN .. ", and this one is " .. other, message, 1, true)
    local old = fake.users:changes { from = checkpoint, stream_arn = fake_stream.ARN, wait = 0 }
    assert.is_nil(old:next())
    assert.is_nil(old:failure())
  end)

  it("refuses a damaged checkpoint, and sends nothing", function()
    local fake = fake_stream.new()
    local checkpoint = fake.users:changes({ from = "trim_horizon" }):checkpoint()
    local before = #fake.asked
    local _, message, err = fake.users:changes({ from = checkpoint .. "A" }):next()
    assert.matches("^from: the checkpoint has been cut or changed", message)
    assert.are.same({ "validation", "checkpoint", "from" }, { err.kind, err.code, err.path })
    assert.are.equal(before, #fake.asked)
  end)

  it("loses no change to an extension that raises", function()
    local is_raising = true
    local extension = {
      name = "raiser",
      after_read = function()
        if is_raising then error("not now", 0) end
      end,
    }
    local answers = { GetRecords = { { Records = { record(1) }, NextShardIterator = "b" } } }
    local fake = fake_stream.new(answers, nil, { extensions = { extension } })
    local changes = fake.users:changes { from = "trim_horizon" }
    assert.has_error(function()
      changes:next()
    end, "not now")
    is_raising = false
    assert.are.equal(1, changes:next().new.n)
  end)

  it("tells how far it is", function()
    local told = {}
    local fake = fake_stream.new {
      DescribeStream = { description { { 1, nil, true } } },
      GetRecords = each_once { { record(1), record(2) } },
    }
    local changes = fake.users:changes {
      from = "trim_horizon",
      until_closed = true,
      progress = function(done, total, _, is_over)
        told[#told + 1] = { done, total or "?", is_over }
        error "not obeyed"
      end,
    }
    all_of(changes)
    assert.are.same({ { 2, "?", true } }, told)
    assert.are.equal(1, changes:info().hook_failures)
  end)

  it("bounds each request, and no wait", function()
    local fake = fake_stream.new { GetRecords = { { Records = {}, NextShardIterator = "a" } } }
    local changes =
      fake.users:changes { from = "trim_horizon", timeout = 2, poll_interval = 3, wait = 7 }
    local began = fake.transport.clock
    assert.is_nil(changes:next())
    assert.are.equal(began + 7, fake.transport.clock)
    for i, moment in ipairs { 0, 0, 0, 0, 3, 6 } do
      assert.are.equal(began + moment + 2, fake.transport.deadlines[i])
    end
  end)

  it("ends with its canceller, and with its client", function()
    local stop = dynamo.canceller()
    local fake = fake_stream.new()
    local changes = fake.users:changes { from = "trim_horizon", cancel = stop }
    changes:start()
    stop:cancel()
    local _, _, err = changes:next()
    assert.are.same({ "cancelled", "Cancelled" }, { err.kind, err.code })
    changes = fake.users:changes { from = "trim_horizon" }
    fake.db:close()
    _, _, err = changes:next()
    assert.are.same({ "cancelled", "ClientClosed" }, { err.kind, err.code })
  end)

  it("tells of a transport whose clock fails", function()
    local fake = fake_stream.new()
    local changes = fake.users:changes { from = "trim_horizon", wait = 0 }
    assert.is_true(changes:start())
    function fake.transport.monotonic()
      return "noon"
    end
    local _, _, err = changes:next()
    assert.are.equal("BadTransport", err.code)
  end)
end)
