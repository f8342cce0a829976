-- SPDX-License-Identifier: MIT
-- A table over a fake transport whose stream answers as told, operation by operation.
--
--   local fake = fake_stream.new {
--     DescribeStream = { answer, ... },   one each, the last again and again
--     GetRecords = function(params) return answer end,
--   }
--   fake.users, fake.asked (a list of { operation, params }), fake.transport
--
-- An answer is the response, a table, or { error = code, message = ..., status = ... }.
local fake_client = require "support.fake_client"
local json = require "dkjson"

local M = {}

M.ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/Users/stream/2026-01-01T00:00:00.000"

--- A name of a shard as long as the service's are.
function M.shard(n)
  return ("shardId-%020d"):format(n)
end

--- A sequence number as long as the service's are.
function M.number(n)
  return ("1%020d"):format(n)
end

--- A record of the nth change: of key `k`, with `n` in the new image.
function M.record(n, key, more)
  local own = {
    Keys = { userId = { S = key or "k" } },
    NewImage = { userId = { S = key or "k" }, n = { N = tostring(n) } },
    SequenceNumber = M.number(n),
    ApproximateCreationDateTime = 1700000000 + n,
  }
  for name, value in pairs(more or {}) do
    own[name] = value
  end
  return { eventID = "e" .. n, eventName = "MODIFY", dynamodb = own }
end

--- What DescribeStream answers: shards of { id, parent, is_closed }, all by number.
function M.description(shards, more)
  local list = {}
  for i, shard in ipairs(shards) do
    list[i] = {
      ShardId = M.shard(shard[1]),
      ParentShardId = shard[2] and M.shard(shard[2]) or nil,
      SequenceNumberRange = {
        StartingSequenceNumber = M.number(0),
        EndingSequenceNumber = shard[3] and M.number(9) or nil,
      },
    }
  end
  local description = { StreamArn = M.ARN, StreamStatus = "ENABLED", Shards = list }
  for name, value in pairs(more or {}) do
    description[name] = value
  end
  return { StreamDescription = description }
end

local ANSWERS = {
  DescribeTable = { { Table = { LatestStreamArn = M.ARN } } },
  DescribeStream = { M.description { { 1 } } },
  GetShardIterator = function(params)
    local number = params.SequenceNumber and params.SequenceNumber:match "[1-9]%d*$" or ""
    return { ShardIterator = params.ShardId .. "|" .. params.ShardIteratorType .. "|" .. number }
  end,
  GetRecords = { { Records = {}, NextShardIterator = "next" } },
}

local function answer_to(answers, counts, operation, params)
  local own = answers[operation] or ANSWERS[operation]
  if type(own) == "function" then return own(params) end
  counts[operation] = (counts[operation] or 0) + 1
  return own[math.min(counts[operation], #own)]
end

local function response_of(answer)
  if not answer.error then return { status = 200, body = json.encode(answer) } end
  local body = { __type = "ns#" .. answer.error, message = answer.message or "refused" }
  return { status = answer.status or 400, body = json.encode(body) }
end

--- Returns what is described above.
-- @tparam ?table answers operation -> a list of answers, or a function of the params
-- @tparam ?table more options of dynamo.new
-- @tparam ?table o options of db:table
function M.new(answers, more, o)
  local asked, counts = {}, {}
  local db, transport = fake_client.new({
    function(request)
      local operation
      for _, header in ipairs(request.headers) do
        if header[1] == "x-amz-target" then operation = header[2]:match "%.(%w+)$" end
      end
      local params = json.decode(request.body)
      asked[#asked + 1] = { operation, params }
      return response_of(answer_to(answers or {}, counts, operation, params))
    end,
  }, more)
  return { users = db:table("Users", o), db = db, asked = asked, transport = transport }
end

--- Returns the names of the operations that were asked for, as one text.
function M.operations(fake)
  local names = {}
  for i, each in ipairs(fake.asked) do
    names[i] = each[1]
  end
  return table.concat(names, " ")
end

return M
