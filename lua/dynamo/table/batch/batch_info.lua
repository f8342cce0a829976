-- SPDX-License-Identifier: MIT
-- What the calls of many batches told, summed up.
local consumed = require "dynamo.table.consumed"
local show = require "dynamo.show"

local M = {}

--- Makes the info of no call yet: the only place where one is made.
--   requests    how many batches were sent, those sent again for what was left unprocessed among them
--   attempts    how many attempts these took
--   replayed    whether one of them was sent again though it may have arrived
--   consumed_capacity, item_collection_metrics    as the service has them, summed up for each table;
--               nil unless they were asked for
--   hook_failures   how many hooks raised; nil for none
-- and of writes, once they are over
--   done        how many writes
--   folded      how many were not sent because a later one of the same key took their place
function M.new()
  return setmetatable({ requests = 0, attempts = 0, replayed = false }, show.PRINTABLE)
end

-- Adds what a call consumed, table by table.
local function add_capacity(info, list)
  local sums = info.consumed_capacity or {}
  info.consumed_capacity = sums
  for _, of_table in ipairs(list) do
    local at = #sums + 1
    for i, known in ipairs(sums) do
      if known.TableName == of_table.TableName then at = i end
    end
    sums[at] = consumed.sum(sums[at], of_table)
  end
end

-- Adds the collections of items that a call wrote to.
local function add_metrics(info, metrics)
  local all = info.item_collection_metrics or {}
  info.item_collection_metrics = all
  for name, list in next, metrics do
    all[name] = all[name] or {}
    for _, collection in ipairs(list) do
      table.insert(all[name], collection)
    end
  end
end

--- Adds the info of a call.
function M.add(info, more)
  info.requests, info.attempts = info.requests + 1, info.attempts + more.attempts
  info.replayed = info.replayed or more.replayed
  if more.hook_failures then info.hook_failures = (info.hook_failures or 0) + more.hook_failures end
  if more.consumed_capacity then add_capacity(info, more.consumed_capacity) end
  if more.item_collection_metrics then add_metrics(info, more.item_collection_metrics) end
end

return M
