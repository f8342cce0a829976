-- SPDX-License-Identifier: MIT
-- Sends batches of keys to be read. A sender (see dynamo.table.batch.rounds) of this kind has, too,
--   targets    the tables: a list of dynamo.table.batch.batch_table
--   settings   target -> what a request says of its table beside the keys
--   members    of the operation: what the options said
--   found(entry, item)   is given what was read: once for each entry of which there is an item
--
-- An entry is one key of a batch: { target, key, id (of dynamo.table.batch.write_request) } and what its
-- maker knows of it.
local errors = require "dynamo.error"
local operations = require "dynamo.operations"
local target_of = require "dynamo.table.batch.batch_table"
local requests = require "dynamo.table.batch.write_request"
local tables = require "dynamo.tables"

local M = {}

--- The operation that is sent.
M.operation = operations.by_method.batch_get_item

local NONE = tables.NONE

-- Returns the keys of a table in a request, made at its first one.
local function keys_of(sender, items, target)
  local own = items[target.name]
  if not own then
    own = tables.copy(sender.settings[target])
    own.Keys, items[target.name] = {}, own
  end
  return own.Keys
end

--- Returns what dynamo.call is to be asked.
function M.request(sender, entries)
  local items = {}
  for _, entry in ipairs(entries) do
    local keys = keys_of(sender, items, entry.target)
    keys[#keys + 1] = entry.key
  end
  local params = tables.copy(sender.members)
  params.RequestItems = items
  return { operation = M.operation, params = params, options = sender.options }
end

-- Returns the error of a response that speaks of what was not asked.
local function unknown(name)
  return errors.new {
    kind = "integrity",
    code = "UnknownItem",
    operation = M.operation.method,
    message = ('the response has, of table "%s", what was not asked for'):format(
      errors.excerpt(name)
    ),
    retryable = false,
    throttled = false,
  }
end

-- Returns the entry that an item or a key of a response belongs to, or nil.
local function entry_of(sender, by_id, name, item)
  local target = target_of.find(sender.targets, name)
  return target and by_id[requests.identity(target, item) or false]
end

-- Hands out what was read; returns nil, or an error.
local function take_items(sender, by_id, responses)
  for name, items in next, responses or NONE do
    for _, item in ipairs(items) do
      local entry = entry_of(sender, by_id, name, item)
      if not entry then return unknown(name) end
      sender.found(entry, item)
    end
  end
end

-- Returns the set of the entries that are to be asked for again; or nil, error.
local function unprocessed(sender, by_id, response)
  local set = {}
  for name, own in next, response.UnprocessedKeys or NONE do
    for _, key in ipairs(own.Keys or NONE) do
      local entry = entry_of(sender, by_id, name, key)
      if not entry then return nil, unknown(name) end
      set[entry] = true
    end
  end
  return set
end

--- Takes a response; returns the list of what is left, or nil, error.
function M.accept(sender, entries, response)
  local by_id, left = {}, {}
  for _, entry in ipairs(entries) do
    by_id[entry.id] = entry
  end
  local set, err = unprocessed(sender, by_id, response)
  err = err or take_items(sender, by_id, response.Responses)
  if err then return nil, err end
  for _, entry in ipairs(entries) do
    if set[entry] then left[#left + 1] = entry end
  end
  sender.progress:add(#entries - #left)
  return left
end

return M
