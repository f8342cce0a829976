-- SPDX-License-Identifier: MIT
-- The work of writing in batches:
--   queue    of dynamo.table.batch.write_queue
--   sender   of dynamo.table.batch.write_sender
--   pump     of dynamo.table.batch.pump
local pumps = require "dynamo.table.batch.pump"
local rounds = require "dynamo.table.batch.rounds"
local queues = require "dynamo.table.batch.write_queue"
local senders = require "dynamo.table.batch.write_sender"

local M = {}

--- How many batches are under way at most, unless the option in_flight says so.
M.IN_FLIGHT = 8

-- Returns the batches of a queue, as dynamo.table.batch.pump has them.
local function source_of(queue)
  return {
    take = function(is_closing)
      if is_closing or queues.is_full(queue, 1) then return queues.take(queue) end
    end,
    count = function()
      return queues.count(queue)
    end,
    is_full = function(count)
      return queues.is_full(queue, count)
    end,
    is_over = function()
      return queues.is_empty(queue)
    end,
    give_up = function(left)
      for _, write in ipairs(left) do
        queues.give_up(queue, write)
      end
    end,
  }
end

--- Makes the work of no write yet.
-- @tparam table client
-- @tparam table members of the operation
-- @tparam table o in_flight, progress, timeout, cancel
-- @tparam {table,...} targets the tables, be it that they come later
function M.new(client, members, o, targets)
  local queue, sender = queues.new(), rounds.sender(senders, client, o)
  sender.queue, sender.targets, sender.tail = queue, targets, senders.tail(members)
  return {
    queue = queue,
    sender = sender,
    pump = pumps.new(sender, source_of(queue), o.in_flight or M.IN_FLIGHT),
  }
end

--- Ends the work: returns its info, and nil or the error that ended it; raises what was raised.
function M.finish(work)
  pumps.finish(work.pump)
  local info = rounds.finish(work.sender)
  info.done, info.folded = work.queue.done, work.queue.folded
  return info, pumps.outcome(work.pump)
end

return M
