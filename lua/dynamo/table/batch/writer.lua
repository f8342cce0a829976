-- SPDX-License-Identifier: MIT
--- A writer: any number of puts and deletes of one table, sent in batches while more are given.
--
-- Memory holds what is under way, a batch for each that is `in_flight`, and as much again at most. Of
-- each key the order given is the order applied: a write waits for an earlier one of its key until
-- that is settled, and takes its place if that has not been sent.
-- @classmod writer
local errors = require "dynamo.error"
local given = require "dynamo.given"
local hidden = require "dynamo.hidden"
local tallies = require "dynamo.loop.tally"
local nearest = require "dynamo.nearest"
local leftovers = require "dynamo.table.batch.leftovers"
local pumps = require "dynamo.table.batch.pump"
local rounds = require "dynamo.table.batch.rounds"
local target_of = require "dynamo.table.batch.batch_table"
local queues = require "dynamo.table.batch.write_queue"
local requests = require "dynamo.table.batch.write_request"
local write_batches = require "dynamo.table.batch.write_batches"

local M = {}

local methods = {}
local meta = { __name = "dynamo.writer", __metatable = "dynamo.writer" }
-- What a writer knows:
--   noun        see dynamo.table.definition
--   o           the options, checked
--   work        of dynamo.table.batch.write_batches: queue, sender, pump
--   target      of dynamo.table.batch.batch_table, once its first write was given
--   is_within   whether it belongs to a function, which it ends if it fails
--   stopping    the error that it ended the function with, or nil
--   refused     { kind, subject } of the write that ended the function, if that was no good; or nil
--   is_closed   boolean
--   result      what closing came to: { true, nil, info } or { nil, message, err }
local new_writer, of_writer = hidden.class(meta)

-- Returns what `self` knows, or raises at the line that called `method`.
local function writer_of(self, method, ...)
  local own = of_writer(self)
  if not own then error(("use w:%s(...), with a colon"):format(method), 3) end
  local problem = given.surplus_problem(...)
  if problem then error(("w:%s: %s"):format(method, problem), 3) end
  return own
end

-- ---- giving --------------------------------------------------------------------------------

-- Returns the target; or nil, error.
local function target(own)
  if own.target then return own.target end
  local found, _, err = target_of.new(own.noun, own, "", own.o)
  if not found then return nil, err end
  own.target = own.target or found -- another coroutine may have been faster
  own.work.sender.targets[1] = own.target
  return own.target
end

-- Takes a write; returns nil; or an error; or a text, if the code is wrong.
local function take(own, kind, subject)
  local into, err = target(own)
  if not into then return err end
  local write, problem = requests.make(into, kind, subject, kind == "put" and "Item" or "Key")
  if not write then return problem end
  queues.add(own.work.queue, write)
  pumps.make_room(own.work.pump)
  return own.work.sender.failure
end

-- Ends the function of a writer with an error.
local function stop(own, err)
  own.stopping = err
  error(err, 0)
end

-- Does what put and delete say; misuse raises at the line that called our caller.
local function give(own, kind, subject)
  if own.is_closed then error("the writer is closed", 3) end
  local problem = take(own, kind, subject)
  if not problem then return true end
  if type(problem) == "string" then error(problem, 3) end
  rounds.refused(own.work.sender, problem)
  local is_taken = problem == own.work.sender.failure
  if own.is_within and not is_taken then own.refused = { kind, subject } end
  if own.is_within then stop(own, problem) end
  return errors.give(problem)
end

--- Gives the writer a whole item to be written. It is written down at once: what becomes of the table
-- does not matter. Where as much is under way as may be, it waits.
-- @function put
-- @tparam table item
-- @treturn[1] boolean true: taken
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err of kind "validation": the item is no good and was not taken; of any other
--   kind: the writer has failed, nothing more is sent, and the item is among what w:unsent() gives
--
-- In the function of users:writer(o, function) it never returns nil: what is wrong ends the function,
-- and users:writer returns it.
function methods:put(item, ...)
  local taken, message, err = give(writer_of(self, "put", ...), "put", item)
  return taken, message, err -- no tail call: what raises is to know its line
end

--- Gives the writer the key of an item to be deleted; as put.
-- @function delete
-- @param key the key attributes, or the bare value of a partition key
function methods:delete(key, ...)
  local taken, message, err = give(writer_of(self, "delete", ...), "delete", key)
  return taken, message, err
end

--- Sends what was given and waits until all of it is settled; more may be given then. What is known to
-- be written once it returns true need not be given again, whatever becomes of the program.
-- @function flush
-- @treturn[1] boolean true: all that was given is done
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err as of w:close; w:unsent() gives what is not done
--
-- In the function of users:writer(o, function) it never returns nil: a failure ends the function.
function methods:flush(...)
  local own = writer_of(self, "flush", ...)
  if own.is_closed then error("the writer is closed", 2) end
  if pumps.flush(own.work.pump) then return true end
  local failure = own.work.sender.failure
  if own.is_within then stop(own, failure) end
  return errors.give(failure)
end

-- ---- closing -------------------------------------------------------------------------------

-- Returns what is certainly not done, and what may be.
local function unsent(own)
  local undone, unknown = leftovers.none(), leftovers.none()
  if own.target then
    local by_undone, by_unknown = leftovers.by_table(own.work.queue, { own.target })
    undone, unknown = by_undone[own], by_unknown[own]
  end
  if own.refused then table.insert(undone[own.refused[1]], own.refused[2]) end
  return undone, unknown
end

-- Notes what the writer came to: its info, or an error.
local function conclude(own, info, err)
  if not err then
    own.result = { true, nil, info }
  else
    own.result = { leftovers.fail(err, own.work.queue, unsent(own)) }
  end
end

-- Closes a writer: sends the rest, and notes what it all came to. What was raised meanwhile goes on.
-- @tparam table own
-- @tparam ?function failure_of (own) -> nil, or the error that its function came to; it may raise
local function close(own, failure_of)
  own.is_closed = true
  local info, err = write_batches.finish(own.work)
  conclude(own, info, err)
  local failure = failure_of and failure_of(own)
  if failure and not err then conclude(own, info, failure) end
end

--- Sends what is left, waits until all is settled, and takes nothing more. A second time it returns
-- the same.
-- @function close
-- @treturn[1] boolean true: all is done
-- @treturn[1] nil
-- @treturn[1] table info see docs/batches.md
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err of what went wrong first, with unprocessed (what is certainly not done) and
--   unknown (what may be done): { put = items, delete = keys } each
function methods:close(...)
  local own = writer_of(self, "close", ...)
  if own.is_within and not own.result then
    error("w:close: the writer is closed when its function has ended", 2)
  end
  if not own.result then close(own) end
  return own.result[1], own.result[2], own.result[3]
end

--- Returns what is not known to be done: { put = items, delete = keys } of what is certainly not done,
-- and the same of what may be done. Before the writer is closed, what it holds and what is under way.
-- @function unsent
-- @treturn table
-- @treturn table
function methods:unsent(...)
  local own = writer_of(self, "unsent", ...)
  return unsent(own)
end

function meta.__index(_, name)
  local method = methods[name]
  if method or type(name) ~= "string" then return method end
  error(nearest.unknown("a writer has no method", name, methods), 2)
end

function meta.__tostring(self)
  local own = of_writer(self)
  return ("dynamo writer of %s (%d of %d done%s)"):format(
    own.noun.name,
    own.work.queue.done + own.work.queue.folded,
    own.work.queue.taken,
    own.is_closed and ", closed" or ""
  )
end

-- Closes it at the end of a block of Lua 5.4; where no other error is on its way, a failure raises.
function meta.__close(self, raised)
  local own = of_writer(self)
  if own.is_within then return end
  local done, message = methods.close(self)
  if not done and raised == nil then error(message, 0) end
end

-- ---- making --------------------------------------------------------------------------------

-- Returns nil; or the error that the function of a writer failed with; or raises what it raised.
local function failure_of(own)
  local added = own.work.pump.added
  if not added then return nil end -- it was not begun: the work has failed
  if added[1] then return tallies.failure(true, added[2], added[3], added[4]) end
  if own.stopping and rawequal(added[2], own.stopping) then return own.stopping end
  error(added[2], 0)
end

-- Runs a function with a writer, and closes that.
local function run(writer, own, f)
  pumps.run(own.work.pump, function()
    return f(writer)
  end)
  close(own, failure_of)
  return own.result[1], own.result[2], own.result[3]
end

--- Makes a writer; with a function, runs that with it and closes it.
-- @tparam table noun
-- @tparam table members of the operation
-- @tparam table o in_flight, progress, timeout, cancel
-- @tparam ?function f
function M.new(noun, members, o, f)
  local own = {
    noun = noun,
    o = o,
    work = write_batches.new(noun.client, members, o, {}),
    target = nil,
    is_within = f ~= nil,
    stopping = nil,
    refused = nil,
    is_closed = false,
    result = nil,
  }
  local writer = new_writer({}, own)
  if f then return run(writer, own, f) end
  return writer
end

return M
