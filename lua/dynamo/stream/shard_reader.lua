-- SPDX-License-Identifier: MIT
-- What is read of a stream, for a following (see dynamo.stream.following): its shards, and the records
-- of one of them, whatever becomes of its iterator.
local call = require "dynamo.call"
local clocks = require "dynamo.call.clock"
local operations = require "dynamo.operations"
local changes = require "dynamo.stream.change"
local trees = require "dynamo.stream.shard_tree"
local asking = require "dynamo.stream.asking"

local M = {}

--- Returns the function by which dynamo.stream.asking asks.
function M.asker(self)
  return function(method, params)
    local response, _, info = call.run(self.client, {
      operation = operations.by_method[method],
      params = params,
      options = { timeout = self.o.timeout, cancel = self.o.cancel },
    })
    self.info.attempts = self.info.attempts + (info.attempts or 0)
    if response then return response end
    return nil, info
  end
end

-- Returns the service's time, or one before it.
local function service_time(client)
  local heard = client.clock.heard_date and clocks.parse(client.clock.heard_date)
  return heard or math.floor(client.transport:now() + client.clock.offset)
end

--- Finds the shards; returns nil, or an error.
function M.list(self, moment)
  local shards, status = asking.shards_of(M.asker(self), self.arn)
  if not shards then return status end
  self.status, self.listed_at = status, moment
  trees.take(self.tree, shards, self.o.from == "latest", service_time(self.client))
  self.barren = trees.is_over(self.tree) and self.barren + 1 or 0
end

-- Seconds by which records may have been dated earlier than they were written.
local DATED_EARLY = 5

--- Gives a shard an iterator; returns nil, or an error. What is behind all that is there has no number
-- until something follows, and an iterator expires: from then on its time is its position.
function M.aim(self, shard)
  local position, moment = shard.position, nil
  if position.word == "latest" then moment = service_time(self.client) end
  local iterator, err = asking.iterator_of(M.asker(self), self.arn, shard)
  if not iterator then return err end
  shard.iterator = iterator
  if moment then
    shard.position, shard.seen = { word = "since", value = moment }, moment
  elseif position.word == "since" then
    shard.earliest = position.value - DATED_EARLY
  end
end

local TRIMMED = "TrimmedDataAccessException"
local MISSING = "ResourceNotFoundException"

-- Returns nil, or an error: the service does not know the shard. If the stream is still there, and has it
-- no more, its records are lost.
local function judge_missing(self, shard, err, moment)
  local problem = M.list(self, moment)
  if problem then return problem end
  for _, each in ipairs(self.tree.listed) do
    if each.id == shard.id then return err end
  end
  trees.note_gap(shard, { word = "finish" }, service_time(self.client))
end

-- Notes that records of a shard may be lost: it goes on with the oldest that are left, of those that are
-- wanted.
local function note_loss(self, shard)
  local is_since = shard.position.word == "since"
  local position = is_since and shard.position or { word = "start" }
  trees.note_gap(shard, position, service_time(self.client))
end

-- Returns nil, or an error: what follows from that of a shard. Its iterator is not tried again, unless
-- the service was not well.
local function judge(self, shard, err, moment)
  if err.kind == "service" and not err.retryable then shard.iterator = nil end
  if err.code == TRIMMED then
    shard.due = moment + self.o.poll_interval
    note_loss(self, shard)
    return nil
  elseif err.code == MISSING then
    return judge_missing(self, shard, err, moment)
  end
  return err
end

-- Tries for a page, where each finds its iterator expired.
local MOST_ITERATORS = 4

-- Returns the records of a shard and its next iterator; or nil, err. An iterator that has expired is
-- replaced.
local function records_of(self, shard)
  for attempt = 1, MOST_ITERATORS do
    local err = not shard.iterator and M.aim(self, shard)
    if err then return nil, err end
    local records, next_iterator =
      asking.records_of(M.asker(self), shard.iterator, self.o.page_size, changes.problem)
    if records then return records, next_iterator end
    if next_iterator.code ~= "ExpiredIteratorException" or attempt == MOST_ITERATORS then
      return nil, next_iterator
    end
    shard.iterator = nil
  end
end

-- Empty answers of a shard that is closed: its end is near, and may be behind some of them.
local MOST_EMPTIES = 10

-- Notes when a shard is to be read again.
local function plan(self, shard, count, moment)
  shard.empties = count > 0 and 0 or shard.empties + 1
  local is_hurried = count > 0 or shard.is_closed and shard.empties < MOST_EMPTIES
  shard.due = is_hurried and moment or moment + self.o.poll_interval
end

-- Whether the oldest records that are left of a shard may not be those that follow what was read. Where a
-- number says what was read, the service tells.
local function may_have_lost(self, shard)
  local is_by_number = shard.position.word == "after" or shard.position.word == "at"
  if shard.iterator or is_by_number or not shard.seen then return false end
  return service_time(self.client) - shard.seen > trees.RETENTION
end

-- Notes up to when a shard is read now.
local function note_seen(self, shard, records, next_iterator)
  local last = records[#records]
  if last then
    shard.seen = last.dynamodb.ApproximateCreationDateTime or shard.seen
  elseif next_iterator and not shard.is_closed then
    shard.seen = service_time(self.client)
  end
end

--- Reads a page of a shard; returns nil, or an error.
function M.read(self, moment, shard)
  if may_have_lost(self, shard) then
    note_loss(self, shard)
    return nil
  end
  local records, next_iterator = records_of(self, shard)
  if not records then return judge(self, shard, next_iterator, moment) end
  self.info.pages = self.info.pages + 1
  plan(self, shard, #records, moment)
  note_seen(self, shard, records, next_iterator)
  shard.iterator = next_iterator
  local first = records[1]
  if first and shard.position.word == "since" and not shard.earliest then
    shard.position = { word = "at", value = first.dynamodb.SequenceNumber }
  end
  if first then
    self.page = { shard = shard, records = records, at = 0, is_last = not next_iterator }
  elseif not next_iterator then
    trees.finish(self.tree, shard)
  end
end

return M
