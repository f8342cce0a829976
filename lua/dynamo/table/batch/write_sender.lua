-- SPDX-License-Identifier: MIT
-- Sends batches of writes. A sender (see dynamo.table.batch.rounds) of this kind has, too,
--   queue     of dynamo.table.batch.write_queue: where settled writes are noted
--   targets   the tables: a list of dynamo.table.batch.batch_table
--   tail      the end of every body: the options that are members of the operation
local core = require "dynamo.core"
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local target_of = require "dynamo.table.batch.batch_table"
local queues = require "dynamo.table.batch.write_queue"
local requests = require "dynamo.table.batch.write_request"
local tables = require "dynamo.tables"

local M = {}

local batch_write_item = operations.by_method.batch_write_item

--- The operation that is sent.
M.operation = batch_write_item

-- ---- the request ---------------------------------------------------------------------------

--- Returns the end of the body of every request.
-- @tparam table members of the operation: words, checked
function M.tail(members)
  local texts = { "}" }
  for _, name in ipairs(tables.sorted_keys(members)) do
    texts[#texts + 1] = (',"%s":"%s"'):format(name, members[name])
  end
  texts[#texts + 1] = "}"
  return table.concat(texts)
end

-- Returns the writes of a batch by the names of their tables, and the tables as they come.
local function by_table(writes)
  local lists, order = {}, {}
  for _, write in ipairs(writes) do
    local list = lists[write.target.name]
    if not list then
      list = {}
      lists[write.target.name], order[#order + 1] = list, write.target
    end
    list[#list + 1] = write
  end
  return lists, order
end

-- Returns what dynamo.call is to be asked: the body was written when the writes were given.
local function request(sender, writes)
  local lists, order = by_table(writes)
  local texts, named = { '{"RequestItems":{' }, {}
  for i, target in ipairs(order) do
    texts[#texts + 1] = i > 1 and "," or nil
    texts[#texts + 1] = target.prefix
    for at, write in ipairs(lists[target.name]) do
      texts[#texts + 1] = at > 1 and "," or "["
      requests.append(texts, write)
    end
    texts[#texts + 1] = "]"
    named[target.name] = tables.NONE
  end
  texts[#texts + 1] = sender.tail
  return {
    operation = batch_write_item,
    params = { RequestItems = named },
    body = core.join(texts),
    options = sender.options,
  }
end

-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
local UNIT_BYTES = 1024

--- Returns the capacity units that a request will consume, about: an item's JSON is longer than it is, and
-- its indexes are not known.
function M.units(writes)
  local units = 0
  for _, write in ipairs(writes) do
    units = units + math.ceil(#write.json / UNIT_BYTES)
  end
  return units
end

-- ---- the response --------------------------------------------------------------------------

-- Returns the error of a response that speaks of what was not asked.
local function unknown(name)
  return errors.new {
    kind = "integrity",
    code = "UnknownUnprocessed",
    operation = batch_write_item.method,
    message = ('the service leaves unprocessed, of table "%s", what was not in the batch'):format(
      errors.excerpt(name)
    ),
    retryable = false,
    throttled = false,
  }
end

-- Returns the set of the keys that a response names as unprocessed; or nil, error.
local function unprocessed_keys(sender, asked, response)
  local keys = {}
  for name, list in next, response.UnprocessedItems or tables.NONE do
    local target = target_of.find(sender.targets, name)
    for _, entry in ipairs(list) do
      local item = entry.PutRequest and entry.PutRequest.Item
        or entry.DeleteRequest and entry.DeleteRequest.Key
      local key = target and item and requests.identity(target, item)
      if not key or not asked[key] then return nil, unknown(name) end
      keys[key] = true
    end
  end
  return keys
end

-- Settles what a response says is done; returns the list of what is left, or nil, error.
local function accept(sender, writes, response)
  local asked, left = {}, {}
  for _, write in ipairs(writes) do
    asked[write.key] = true
  end
  local keys, err = unprocessed_keys(sender, asked, response)
  if not keys then return nil, err end
  for _, write in ipairs(writes) do
    if keys[write.key] then
      left[#left + 1] = write
    else
      queues.settle(sender.queue, write)
    end
  end
  sender.progress:add(#writes - #left)
  return left
end

-- Notes that each of the writes may have been done.
local function doubt(writes)
  for _, write in ipairs(writes) do
    write.is_doubtful = true
  end
end

M.request, M.accept, M.doubt = request, accept, doubt

return M
