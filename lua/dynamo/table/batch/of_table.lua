-- SPDX-License-Identifier: MIT
-- Batches of one table: users:batch_get, users:batch_write, users:writer. Their arguments are read
-- here; see dynamo.late for what a room has.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
local batch_arguments = require "dynamo.table.batch.batch_arguments"
local reads = require "dynamo.table.batch.reads"
local writer = require "dynamo.table.batch.writer"
local writes = require "dynamo.table.batch.writes"

local M = {}

--- Reads any number of items by their keys: batch_get(keys, options). Each key is asked for once, in
-- batches of 100, several of them under way; what the service leaves unprocessed is asked for again.
-- @function batch_get
-- @tparam {table,...} keys maps of the key attributes, or bare values where the key has one
-- @tparam ?table o all optional: projection, names (as of get), consistent_read (false),
--   return_consumed_capacity, in_flight (8: how many batches are under way at most), rate_limit
--   (capacity units a second), progress (a function, see docs/progress.md), timeout (seconds: of each
--   request, and how long nothing of a batch may get done; the client's), cancel
-- @treturn[1] table items: items[i] is that of keys[i], nil where there is none; items.n is how many
--   keys there were. Where two keys are the same, so are their items.
-- @treturn[1] nil
-- @treturn[1] table info requests, attempts, replayed, consumed_capacity (a list, summed by table)
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err with items (those that were read) and unprocessed (the keys of the others)
-- @usage local items = assert(users:batch_get { "u-1", "u-2" })
M.batch_get = { run = reads.run, explain = reads.explain }

function M.batch_get.read(noun, keys, o, ...)
  local part, problem = batch_arguments.keys(noun, true, "keys", keys)
  if not part then return nil, problem end
  return batch_arguments.asked(noun.client, "batch_get", { part }, true, o, ...)
end

--- Writes any number of items and deletes others: batch_write({ put = items, delete = keys }, options).
-- All is checked before anything is sent, in batches of 25, several of them under way; what the service
-- leaves unprocessed is sent again. Of two puts of one key the later counts. There are no conditions,
-- and no order among different keys.
-- @function batch_write
-- @tparam table lists put (a list of items), delete (a list of keys)
-- @tparam ?table o all optional: return_consumed_capacity, return_item_collection_metrics, in_flight
--   (8), rate_limit, progress, timeout, cancel: as of batch_get
-- @treturn[1] boolean true: all is done
-- @treturn[1] nil
-- @treturn[1] table info requests, attempts, replayed, done, folded, consumed_capacity,
--   item_collection_metrics
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err with unprocessed (what is certainly not done) and unknown (what may be done):
--   { put = items, delete = keys } each
-- @usage assert(users:batch_write { put = { ann, bob }, delete = { "u-3" } })
M.batch_write = { run = writes.run, explain = writes.explain }

function M.batch_write.read(noun, lists, o, ...)
  local part, problem = batch_arguments.lists(noun, true, "", lists)
  if not part then return nil, problem end
  return batch_arguments.asked(noun.client, "batch_write", { part }, true, o, ...)
end

--- Makes a writer of the table: writer(options, function) runs the function with it, closes it and
-- returns what closing returns; writer(options) returns it. See dynamo.table.batch.writer.
-- @function writer
-- @tparam ?table o all optional: return_consumed_capacity, in_flight (8), rate_limit, progress, timeout,
--   cancel: as of batch_get
-- @tparam ?function f called with the writer. What it raises is raised again once what was given before
--   is done; that it returns nil and a message makes the whole fail with that.
-- @usage assert(users:writer({ in_flight = 8 }, function(w)
--   for line in io.lines "users.jsonl" do w:put(dynamo.from_json(line)) end
-- end))
M.writer = {}

function M.writer.read(noun, o, f, ...)
  if type(o) == "function" and f == nil then
    o, f = nil, o
  end
  if f ~= nil and type(f) ~= "function" then
    return nil, ("a function expected behind the options, got a %s"):format(type(f))
  end
  local asked, problem =
    batch_arguments.asked(noun.client, "writer", { { noun = noun } }, true, o, ...)
  if not asked then return nil, problem end
  asked.f = f
  return asked
end

function M.writer.run(asked)
  return writer.new(asked.parts[1].noun, asked.members, asked.o, asked.f)
end

return M
