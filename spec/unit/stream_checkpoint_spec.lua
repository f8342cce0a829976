-- SPDX-License-Identifier: MIT
local checkpoint = require "dynamo.stream.checkpoint"
local opaque = require "dynamo.opaque"

local ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/Users/stream/2026-01-01T00:00:00.000"
local SHARDS = {
  { id = "shardId-1", position = { word = "start" }, seen = 1700000000 },
  { id = "shardId-2", position = { word = "after", value = "100000000000000000001" } },
  { id = "shardId-3", position = { word = "at", value = "100000000000000000002" } },
  { id = "shardId-4", position = { word = "since", value = 1700000000.5 }, seen = 1700000001 },
  { id = "shardId-5", position = { word = "finish" } },
}

describe("a checkpoint", function()
  local text = checkpoint.write(ARN, SHARDS)

  it("carries the stream and every shard, exactly", function()
    assert.are.same({ arn = ARN, shards = SHARDS }, checkpoint.read(text))
    assert.are.same({ arn = ARN, shards = {} }, checkpoint.read(checkpoint.write(ARN, {})))
  end)

  it("stands in a URL as it is", function()
    assert.is_nil(text:find("[^%w._~-]"))
    assert.is_true(checkpoint.is_meant(text))
    assert.is_false(checkpoint.is_meant "latest")
  end)

  it("is refused where it was cut", function()
    local read, problem = checkpoint.read(text:sub(1, -2))
    assert.is_nil(read)
    assert.matches("its checksum is wrong", problem, 1, true)
  end)

  for name, value in pairs {
    ["no map"] = "x",
    ["no stream"] = { shards = {} },
    ["no shards"] = { stream = ARN },
    ["no id"] = { stream = ARN, shards = { { word = "start" } } },
    ["no word"] = { stream = ARN, shards = { { id = "a", word = "end" } } },
    ["no number"] = { stream = ARN, shards = { { id = "a", word = "after" } } },
    ["a number for none"] = { stream = ARN, shards = { { id = "a", word = "start", value = "1" } } },
    ["no time"] = { stream = ARN, shards = { { id = "a", word = "start", seen = "1" } } },
    ["no shard"] = { stream = ARN, shards = { "a" } },
  } do
    it("is refused with " .. name, function()
      local read, problem = checkpoint.read(assert(opaque.write("changes1", value)))
      assert.is_nil(read)
      assert.is_string(problem)
    end)
  end
end)
