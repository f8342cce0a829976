-- SPDX-License-Identifier: MIT
-- Batches side by side: some workers that send one batch after the other, and beside them, if there is
-- one, who makes the batches. Where nothing can yield, one after the other.
--
-- A pump is made by M.new alone:
--   sender      of dynamo.table.batch.rounds; its `failure` ends the work: what is under way ends by
--               itself, and nothing more is begun
--   source      where batches come from:
--                 take(is_closing)   returns the next batch, nil where there is none yet: before the
--                                    end is there, a full one
--                 count()            how many batches there are about, at the least
--                 is_full(count)     whether so many batches can be taken, and nothing more is to be added
--                 is_over()          whether nothing is left to be sent or settled
--                 give_up(left)      keeps what a batch left
--   in_flight   how many batches are under way at most
--   scope       the cancellers that the work is under, see dynamo.loop; nil for none
--   flying      how many batches are under way
--   left        batch -> what is not settled of it, of those that are under way
--   is_closing  whether no more is added
--   flushes     how many wait until all that was added is settled
--   is_running  whether there are workers
--   is_adding   whether somebody adds batches while the workers send
--   workers, adders   sets of tasks that wait: for a batch, for room
--   added       what adding came to, as of pcall, { n = count without the first, ... }; nil before
--   raised      { what was raised while something was sent }, or nil: it goes on once all has ended
local loops = require "dynamo.loop"
local crews = require "dynamo.loop.crew"
local tallies = require "dynamo.loop.tally"
local rounds = require "dynamo.table.batch.rounds"
local tasks = require "dynamo.task"

local M = {}

--- Makes a pump.
-- @tparam table sender
-- @tparam table source
-- @tparam integer in_flight
function M.new(sender, source, in_flight)
  return {
    sender = sender,
    source = source,
    in_flight = in_flight,
    scope = sender.stop and { stop = sender.stop } or nil,
    flying = 0,
    left = {},
    is_closing = false,
    flushes = 0,
    is_running = false,
    is_adding = false,
    workers = {},
    adders = {},
    added = nil,
    raised = nil,
  }
end

-- ---- waiting -------------------------------------------------------------------------------

-- Wakes the tasks of a set.
local function wake(set)
  for task in next, set do
    tasks.wake(task)
  end
end

local function wake_all(pump)
  wake(pump.workers)
  wake(pump.adders)
end

--- Ends the work because of an error; the first one counts.
function M.stop(pump, err)
  pump.sender.failure = pump.sender.failure or err
  wake_all(pump)
end

-- Suspends the running task, one of a set meanwhile, until something has changed.
local function wait(pump, set)
  local task = tasks.running()
  set[task] = true
  local reason = loops.suspend(task)
  set[task] = nil
  if reason then M.stop(pump, rounds.cancelled(pump.sender, reason)) end
end

-- ---- one batch -----------------------------------------------------------------------------

-- Takes a batch that may be sent now, or nil.
local function take(pump)
  if pump.sender.failure or pump.flying >= pump.in_flight then return nil end
  local batch = pump.source.take(pump.is_closing or pump.flushes > 0)
  if not batch then return nil end
  pump.flying, pump.left[batch] = pump.flying + 1, batch
  wake(pump.adders)
  return batch
end

-- Sends a batch; returns nil, or the error that left some of it.
local function send(pump, batch)
  return rounds.run(pump.sender, batch, function(left)
    pump.left[batch] = left
    wake(pump.workers)
  end)
end

-- Takes what came of a batch, as of pcall.
local function settle(pump, batch, ok, err)
  local left = pump.left[batch]
  pump.flying, pump.left[batch] = pump.flying - 1, nil
  if not ok then
    if pump.sender.doubt then pump.sender.doubt(left) end
    pump.raised = pump.raised or { err }
    err = tallies.failure(false, err)
  end
  if err then
    pump.source.give_up(left)
    M.stop(pump, err)
  end
  wake_all(pump)
end

-- Sends a batch here and now; returns whether there was one.
local function send_here(pump)
  local batch = take(pump)
  if not batch then return false end
  -- Where nothing can wait a plain pcall will do: Lua 5.1 could not yield out of that of crews.
  local protect = tasks.running() and crews.protect or pcall
  settle(pump, batch, protect(send, pump, batch))
  return true
end

-- ---- many ----------------------------------------------------------------------------------

-- Returns what a worker is to do next, as take of dynamo.loop.crew.
local function next_work(pump)
  while not pump.sender.failure do
    local batch = take(pump)
    if batch then return batch, send, pump, batch end
    if not pump.is_adding and (not pump.is_closing or pump.source.is_over()) then return nil end
    wait(pump, pump.workers)
  end
end

-- Returns the crew of `empty`.
local function crew_of(pump, add)
  local count = add and pump.in_flight + 1 or math.min(pump.in_flight, pump.source.count())
  pump.is_adding = add ~= nil
  return {
    alive = count,
    scope = pump.scope,
    take = function()
      local own = add
      add = nil
      if own then return 0, own end -- the first of them
      return next_work(pump)
    end,
    settle = function(number, ok, ...)
      if number ~= 0 then return settle(pump, number, ok, ...) end
      pump.is_adding, pump.is_closing = false, true
      pump.added = { ok, n = select("#", ...), ... }
      wake_all(pump)
    end,
  }
end

-- Sends what there is to be sent, side by side, and runs `add` meanwhile, if there is one.
local function empty(pump, add)
  pump.is_running = true
  local reason = crews.run(crew_of(pump, add))
  pump.is_running, pump.is_adding = false, false
  wake_all(pump)
  if reason and (add and not pump.added or not pump.source.is_over()) then
    M.stop(pump, rounds.cancelled(pump.sender, reason))
  end
end

--- Waits until there is room for more, sending what has to go; returns whether there is.
function M.make_room(pump)
  local sender, source = pump.sender, pump.source
  while not sender.failure and source.is_full(pump.is_running and 1 or pump.in_flight) do
    if not pump.is_running and pump.in_flight > 1 then
      empty(pump)
    elseif pump.is_running and tasks.running() then
      wake(pump.workers)
      wait(pump, pump.adders)
    elseif not send_here(pump) then
      return true -- all there is waits for what is under way, and nobody can wait here
    end
  end
  return not sender.failure
end

--- Returns nil, or the error that ended the work; raises what was raised while something was sent.
function M.outcome(pump)
  if pump.raised then error(pump.raised[1], 0) end
  return pump.sender.failure
end

-- Does a part of what is left to do; returns whether there was a way to.
local function go_on(pump)
  if not pump.is_running and pump.in_flight > 1 and pump.source.count() > 1 then
    empty(pump)
  elseif pump.is_running and tasks.running() then
    wait(pump, pump.adders)
  elseif not send_here(pump) then
    local is_elsewhere = pump.flying > 0 and tasks.running()
    if not is_elsewhere then return false end
    wait(pump, pump.adders) -- another task sends
  end
  return true
end

-- Whether there is something left to do, be it to wait for what is under way.
local function is_unfinished(pump)
  return pump.flying > 0 or not pump.sender.failure and not pump.source.is_over()
end

-- Sends all there is, or what can be sent before something fails.
local function send_all(pump)
  wake(pump.workers)
  while is_unfinished(pump) do
    if not go_on(pump) then
      M.stop(pump, rounds.stuck(pump.sender))
      break
    end
  end
end

--- Waits until all that was added is settled, or something fails; more may be added then. Returns whether
-- nothing failed.
function M.flush(pump)
  pump.flushes = pump.flushes + 1
  send_all(pump)
  pump.flushes = pump.flushes - 1
  return not pump.sender.failure
end

--- Sends all there is, or what can be sent before something fails; nothing is added any more.
function M.finish(pump)
  pump.is_closing = true
  send_all(pump)
end

--- Runs a function that adds what there is to be sent, and sends it meanwhile, until all is sent.
-- What the function came to is `added` then: nil, if it was not begun because all is to end.
function M.run(pump, add)
  empty(pump, add)
end

return M
