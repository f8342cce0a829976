-- SPDX-License-Identifier: MIT
-- How a stream is followed: one step at a time, whichever is due, or a wait. What a user holds is made of
-- it in dynamo.stream.
--
-- A following is made here alone:
--   noun, client  what the table knows, and its client
--   o             the options, checked
--   problem       what is wrong with the checkpoint that was given, nil for nothing
--   given         what that checkpoint says; nil where there is none
--   arn           text, of the stream; nil before it is known
--   status        text, of the stream, as it was last listed
--   tree          of dynamo.stream.shard_tree
--   is_started    whether every shard that is there has its position
--   page          { shard, records, at (how many were handed out), next }, nil where none is at hand
--   turn          how many turns shards have had
--   barren        how many lists in a row had nothing left to read
--   listed_at     when the shards were listed, on the transport's clock
--   quiet_until   when the service may be asked again, which has asked for fewer requests
--   throttles     how often in a row it did
--   stop          what closes it, as a canceller knows it
--   is_closed, is_over   whether it was closed, and whether the stream has ended
--   reader        the coroutine that is in `next` just now
--   failure       the last error, nil for none
--   progress      of dynamo.progress, from its start on; nil if nobody wants to know
--   count         how many changes were handed out
--   info          { pages, attempts }
local life = require "dynamo.call.life"
local pause = require "dynamo.call.pause"
local errors = require "dynamo.error"
local loops = require "dynamo.loop"
local canceller = require "dynamo.loop.canceller"
local protected = require "dynamo.protected"
local changes = require "dynamo.stream.change"
local checkpoints = require "dynamo.stream.checkpoint"
local reader = require "dynamo.stream.shard_reader"
local trees = require "dynamo.stream.shard_tree"
local tellers = require "dynamo.table.teller"
local asking = require "dynamo.stream.asking"

local M = {}

--- Makes a following that has asked for nothing yet.
-- @tparam table noun
-- @tparam table o the options, checked: see dynamo.stream
function M.new(noun, o)
  local given, problem
  if checkpoints.is_meant(o.from) then
    given, problem = checkpoints.read(o.from)
  end
  return {
    noun = noun,
    client = noun.client,
    o = o,
    problem = problem,
    given = given,
    arn = nil,
    status = nil,
    tree = trees.new(given and given.shards),
    is_started = false,
    page = nil,
    turn = 0,
    barren = 0,
    listed_at = -math.huge,
    quiet_until = -math.huge,
    throttles = 0,
    stop = { cancelled = false },
    is_closed = false,
    is_over = false,
    reader = nil,
    failure = nil,
    progress = nil,
    count = 0,
    info = { pages = 0, attempts = 0 },
  }
end

-- ---- beginning -----------------------------------------------------------------------------

local OTHER = "from: the checkpoint is of the stream %s, and this one is %s; read that one to its end "
  .. 'with stream_arn, then begin this one with from = "trim_horizon"'

-- Finds the stream; returns nil, or an error.
local function find(self)
  if self.problem then
    return errors.validation("checkpoint", "from", "from: the checkpoint " .. self.problem)
  end
  local arn, err = self.o.stream_arn, nil
  if not arn then
    arn, err = asking.stream_of(reader.asker(self), self.noun.name)
  end
  if not arn then return err end
  local given = self.given
  if given and given.arn ~= arn then
    return errors.validation("other_stream", "from", OTHER:format(given.arn, arn))
  end
  self.arn = arn
end

-- Gives all shards behind which it is to begin their iterators; returns nil, or an error.
local function begin(self)
  for _, shard in ipairs(self.tree.front) do
    local err = shard.position.word == "latest" and reader.aim(self, shard)
    if err then return err end
  end
  local tell = tellers.of(self.client, self.o.progress)
  self.progress = tell and tell()
  self.is_started = true
end

-- ---- handing out ---------------------------------------------------------------------------

-- Turns to the next record of the page at hand; behind the last one of a shard, that has ended.
local function turn(self, page)
  page.at = page.at + 1
  if page.at < #page.records then return end
  self.page = nil
  if page.is_last then trees.finish(self.tree, page.shard) end
end

-- Whether a record is older than what is wanted of its shard.
local function is_too_early(shard, record)
  local at = record.dynamodb.ApproximateCreationDateTime
  return shard.earliest ~= nil and at ~= nil and at < shard.earliest
end

-- Returns the next change of the page at hand, nil where there is none. An extension may raise: then the
-- change is still to come.
local function hand_out(self)
  while self.page do
    local page = self.page
    local shard, record = page.shard, page.records[page.at + 1]
    local change = not is_too_early(shard, record) and changes.of(self.noun, shard.id, record)
    if change then
      shard.position, shard.earliest = { word = "after", value = change.sequence_number }, nil
      self.count = self.count + 1
      if self.progress then self.progress:add() end
    end
    turn(self, page)
    if change then return change end
  end
end

-- Returns what tells of a loss, nil for none.
local function tell_gap(self)
  local shard = trees.gap(self.tree)
  if not shard then return nil end
  local event, gap = changes.trimmed(shard), shard.gap
  shard.gap, shard.earliest, shard.seen = nil, nil, gap.seen
  if gap.position.word == "finish" then
    trees.finish(self.tree, shard)
  else
    shard.position = gap.position
  end
  return event
end

-- ---- what is due ---------------------------------------------------------------------------

-- Returns the shard whose turn it is: of those that are due, the one that was read longest ago; or nil,
-- when one is due.
local function due_shard(self, moment)
  local found, earliest = nil, math.huge
  for _, shard in ipairs(self.tree.front) do
    if not trees.is_finished(shard) then
      local is_due = shard.due <= moment
      if is_due and (not found or shard.turn < found.turn) then found = shard end
      earliest = math.min(earliest, shard.due)
    end
  end
  return found, earliest
end

-- Reads the shard whose turn it is; returns nil, or an error.
local function read(self, moment, shard)
  self.turn = self.turn + 1
  shard.turn = self.turn
  return reader.read(self, moment, shard)
end

-- Returns when the shards are to be listed next.
local function listing_due(self)
  if not trees.wants_more(self.tree) then return math.huge end
  return self.tree.is_stale and -math.huge or self.listed_at + self.o.poll_interval
end

-- Returns the step to take now, and what it is about; or nil, and when to look again.
local function step_of(self, moment)
  if moment < self.quiet_until then return nil, self.quiet_until end
  if not self.arn then return find end
  if not self.tree.listed then return reader.list end
  if not self.is_started then return begin end
  local due = listing_due(self)
  if due <= moment then return reader.list end
  local shard, earliest = due_shard(self, moment)
  if shard then return read, shard end
  return nil, math.min(due, earliest)
end

-- ---- the whole -----------------------------------------------------------------------------

local DISABLED = "the stream is disabled, and all that was in it has been handed out; "
  .. "with until_closed = true that ends the loop"

-- How many lists of shards in a row must have nothing left to read: a shard may have ended before its
-- children are listed.
local ENOUGH_BARREN = 3

-- Notes where the stream has ended; returns nil, or an error.
local function judge_end(self)
  if self.status == "ENABLING" or self.barren < ENOUGH_BARREN then return nil end
  if self.o.until_closed then
    self.is_over = true
    if self.progress then self.progress:finish() end
  elseif self.status == "DISABLED" then
    self.barren = 0 -- the next call looks again
    return errors.new {
      kind = "service",
      code = "StreamDisabled",
      operation = "describe_stream",
      message = DISABLED,
      retryable = false,
      throttled = false,
    }
  end
end

-- Seconds without requests after those of a service that asks for fewer, doubled each time; and how
-- often in a row, before it is an error.
local QUIET, LONGEST_QUIET, MOST_THROTTLES = 1, 20, 5

-- Returns nil, or the error of a step. A service that asks for fewer requests is left alone for a while.
local function settle(self, err, moment)
  if not err then
    self.throttles = 0
    return judge_end(self)
  end
  if err.throttled and self.throttles < MOST_THROTTLES then
    self.quiet_until = moment + math.min(QUIET * 2 ^ self.throttles, LONGEST_QUIET)
    self.throttles = self.throttles + 1
    return nil
  end
  self.throttles = 0
  return err
end

-- Returns the time on the transport's clock; -math.huge where nothing has been asked for yet.
local function time_of(self)
  local transport = self.client.transport
  return transport and transport:monotonic() or -math.huge
end

-- Takes the step that is due, or waits; returns nil, or an error.
local function go_on(self, moment, limit, step, about)
  if step then
    return settle(self, loops.under(self.stop, step, self, moment, about), time_of(self))
  end
  local seconds = math.min(about, limit) - moment
  return loops.under(self.stop, pause.run, self.client, seconds, self.o.cancel)
end

-- Takes steps until `is_enough(self)` returns something, which it returns; or nil, err. nil alone where
-- that comes to an end before, or the seconds are over.
local function pursue(self, is_enough, seconds)
  local limit
  while not (self.is_closed or self.is_over) do
    if self.client.closed then return nil, life.cancelled() end
    local found = is_enough(self)
    if found then return found end
    local moment = time_of(self)
    limit = limit or moment > -math.huge and moment + seconds or nil
    local step, about = step_of(self, moment)
    if not step and moment >= limit then return nil end
    local err = go_on(self, moment, limit, step, about)
    if err and not self.is_closed then return nil, err end
  end
end

-- As pursue, whose transport may be the user's own, and raise an error.
local function guarded(self, ...)
  if not self.client.is_foreign then return pursue(self, ...) end
  local ok, found, err = protected(pursue, self, ...)
  if ok then return found, err end
  if getmetatable(found) == "dynamo.error" then return nil, found end
  error(found, 0)
end

local function started(self)
  return self.is_started
end

--- Finds the stream and its shards, which the first `next` does otherwise; returns true, or nil, err. From
-- then on nothing is missed.
function M.start(self)
  return guarded(self, started, math.huge)
end

local function something(self)
  return self.is_started and (hand_out(self) or tell_gap(self))
end

--- Returns the next change; nil where there is none in time, and after the end; or nil, err.
function M.next(self)
  return guarded(self, something, self.o.wait)
end

--- Returns the text of where it is, once it has started.
function M.checkpoint(self)
  return checkpoints.write(self.arn, trees.positions(self.tree))
end

--- Returns how many calls of the option `progress` raised, nil for none.
function M.report_failures(self)
  local failures = self.progress and self.progress.failures or 0
  return failures > 0 and failures or nil
end

--- Ends it: what waits in it returns.
function M.close(self)
  self.is_closed = true
  if self.progress then self.progress:finish() end
  canceller.cancel(self.stop)
end

return M
