-- SPDX-License-Identifier: MIT
-- One batch, sent again and again until the service has processed all of it: only what is left of it
-- each time, after a wait that grows for as long as nothing gets done.
--
-- What sends batches is a sender:
--   client       its state
--   timeout      seconds: of a call, and how long nothing of a batch may get done
--   options      of the calls: timeout, cancel
--   stop         what the canceller among them knows, or nil
--   failure      the error that ended the work, or nil: no batch goes out any more
--   info         what the calls told, summed up (dynamo.table.batch.batch_info)
--   progress     of dynamo.progress
--   operation    what is sent, a record of dynamo.operations
--   pace         of dynamo.table.pace, nil for none
-- and the functions
--   request(sender, left)            returns what dynamo.call is to be asked
--   accept(sender, left, response)   takes what a request came to; returns the list of what is left of
--                it, or nil, error
--   units(left)  returns the capacity units that a request will consume, about; nil where nobody knows
--   doubt(left)  notes that all of it may have been done; nil where nothing is changed
local call = require "dynamo.call"
local life = require "dynamo.call.life"
local retry = require "dynamo.call.retry"
local spans = require "dynamo.call.span"
local errors = require "dynamo.error"
local canceller = require "dynamo.loop.canceller"
local progress = require "dynamo.progress"
local batch_info = require "dynamo.table.batch.batch_info"
local pace = require "dynamo.table.pace"

local M = {}

-- Returns the progress of the work, of which nobody is told unless the option says so.
local function progress_of(client, report, total)
  local span = report and spans.begin(client) -- where it cannot begin, the first call says why
  return progress.new(span and report, span and spans.clock(span), total)
end

--- Makes a sender: the only place where one is made.
-- @tparam table kind operation, request, accept, units, doubt
-- @tparam table client
-- @tparam table o timeout, cancel, progress, rate_limit
-- @tparam ?integer total how many things there are, if that is known
function M.sender(kind, client, o, total)
  return {
    client = client,
    operation = kind.operation,
    request = kind.request,
    accept = kind.accept,
    units = kind.units,
    doubt = kind.doubt,
    timeout = o.timeout or client.timeout,
    options = { timeout = o.timeout, cancel = o.cancel },
    stop = o.cancel and canceller.stop_of(o.cancel) or nil,
    pace = o.rate_limit and pace.new(client, o.rate_limit, o.cancel) or nil,
    failure = nil,
    info = batch_info.new(),
    progress = progress_of(client, o.progress, total),
  }
end

--- Ends the work, however it went: tells of the end. Returns the info.
function M.finish(sender)
  local info, failures = sender.info, sender.progress:finish()
  if failures then info.hook_failures = (info.hook_failures or 0) + failures end
  return info
end

-- Returns the error of a batch of which nothing got done for too long.
local function unprocessed(sender, count, attempts)
  return errors.new {
    kind = "service",
    code = "UnprocessedItems",
    operation = sender.operation.method,
    message = (
      "the service leaves %d unprocessed, and nothing of them got done in %g s: is the "
      .. "table's capacity used up?"
    ):format(count, sender.timeout),
    attempts = attempts,
    retryable = true,
    throttled = true,
  }
end

--- Gives the error of what cannot be sent what that of a call has, unless it is one of a call; returns it.
-- @tparam table kind of a sender
-- @tparam table err
function M.refused(kind, err)
  if not err.operation then call.fail(kind.operation, err) end
  return err
end

--- Gives the error of work that ends between two calls what that of a call has; returns it.
-- @tparam table sender
-- @tparam table err
-- @tparam integer attempts
function M.between(sender, err, attempts)
  err.operation, err.attempts = sender.operation.method, attempts
  err.retryable, err.throttled = false, false
  return err
end

--- Returns the error of work that is to wait no more, for a reason of dynamo.loop.
function M.cancelled(sender, reason)
  return M.between(sender, life.cancelled(reason), 0)
end

--- Returns the error of who cannot wait for batches that are under way.
function M.stuck(sender)
  return errors.new {
    kind = "config",
    code = "CannotWait",
    operation = sender.operation.method,
    message = "batches are under way in other coroutines, and this one cannot be suspended here",
    attempts = 0,
    retryable = false,
    throttled = false,
  }
end

-- Returns nil, or the error that keeps what is left from being sent again; waits before. The time in
-- which something must get done begins when nothing has.
local function rest(sender, round, count)
  local client, err, left = sender.client, nil, nil
  if sender.failure then return sender.failure end
  if not round.span then
    round.span, err = spans.begin(client, sender.timeout, sender.options.cancel)
  end
  if round.span then
    left, err = spans.left(round.span)
  end
  if not left then return M.between(sender, err, round.attempts) end
  local delay = retry.delay({}, round.fruitless, retry.jitter(client.random))
  if delay >= left then return unprocessed(sender, count, round.attempts) end
  err = spans.rest(round.span, delay)
  return err and M.between(sender, err, round.attempts) or sender.failure
end

-- Notes how a round ended: whether anything got done in it.
local function note(round, is_fruitless, info)
  round.attempts = round.attempts + info.attempts
  if is_fruitless and round.span then
    round.fruitless = round.fruitless + 1
  else
    round.fruitless, round.span = 0, nil
  end
end

-- Returns the sum of what a request consumed of all tables, nil where the service does not say.
local function consumed_units(info)
  local sum
  for _, of_table in ipairs(info.consumed_capacity or {}) do
    sum = (sum or 0) + (of_table.CapacityUnits or 0)
  end
  return sum
end

-- Sends what is left, not before its time; returns what dynamo.call does.
local function send(sender, left, attempts)
  local paces, reserved, err = sender.pace, 0, nil
  local units = paces and sender.units and sender.units(left)
  if paces then
    reserved, err = pace.wait(paces, units)
  end
  if err then
    if sender.doubt then err.maybe_applied = "no" end
    return nil, nil, M.between(sender, err, attempts)
  end
  local response, message, info = call.run(sender.client, sender:request(left))
  if paces and response then pace.pay(paces, reserved, consumed_units(info) or units) end
  return response, message, info
end

--- Sends a batch.
-- @tparam table sender
-- @tparam {table,...} batch
-- @tparam function settled(left) told after each round what is left
-- @treturn[1] nil when all of it was processed
-- @treturn[2] table the error that left some of it, as `settled` was told last
function M.run(sender, batch, settled)
  local left, round = batch, { attempts = 0, fruitless = 0, span = nil }
  while true do
    local response, _, told = send(sender, left, round.attempts)
    if not response then
      if sender.doubt and told.maybe_applied ~= "no" then sender.doubt(left) end
      return told
    end
    batch_info.add(sender.info, told)
    if sender.doubt and told.replayed then sender.doubt(left) end
    local now_left, err = sender:accept(left, response)
    if not now_left then
      if sender.doubt then sender.doubt(left) end
      return err
    end
    settled(now_left)
    if not now_left[1] then return nil end
    note(round, #now_left == #left, told)
    left = now_left
    err = rest(sender, round, #left)
    if err then return err end
  end
end

return M
