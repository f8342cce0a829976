-- SPDX-License-Identifier: MIT
-- What of a batch of writes is not known to be done, as its owner gets it back: lists of items and of
-- keys, which a batch takes as they are.
local errors = require "dynamo.error"
local queues = require "dynamo.table.batch.write_queue"
local requests = require "dynamo.table.batch.write_request"

local M = {}

--- Returns no writes of a table: { put = {}, delete = {} }.
function M.none()
  return { put = {}, delete = {} }
end

-- Returns table object -> { put = items, delete = keys } of writes.
local function by_object(targets, writes)
  local lists = {}
  for _, target in ipairs(targets) do
    lists[target.object] = M.none()
  end
  for _, write in ipairs(writes) do
    local list = lists[write.target.object][write.kind]
    list[#list + 1] = requests.subject(write)
  end
  return lists
end

--- Returns what is certainly not done, and what may be done, by table object.
-- @tparam table queue
-- @tparam {table,...} targets
function M.by_table(queue, targets)
  local undone, unknown = queues.rest(queue)
  return by_object(targets, undone), by_object(targets, unknown)
end

-- What an error says of whether something was done, of a batch.
local function maybe_applied(queue)
  local _, unknown = queues.rest(queue)
  if unknown[1] then return "unknown" end
  return queue.done > 0 and "yes" or "no"
end

--- Finishes the error of writes: returns nil, message, err.
-- @tparam table err
-- @tparam table queue
-- @param unprocessed what is certainly not done
-- @param unknown what may be done
function M.fail(err, queue, unprocessed, unknown)
  err.unprocessed, err.unknown = unprocessed, unknown
  err.done, err.folded = queue.done, queue.folded
  err.maybe_applied = maybe_applied(queue)
  return errors.give(err)
end

return M
