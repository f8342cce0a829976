-- SPDX-License-Identifier: MIT
-- Batches over several tables: db:batch_get, db:batch_write; see dynamo.late for what a room has.
local nearest = require "dynamo.nearest"
local batch_arguments = require "dynamo.table.batch.batch_arguments"
local reads = require "dynamo.table.batch.reads"
local writes = require "dynamo.table.batch.writes"

local M = {}

-- Returns what a table object knows; or nil, what is wrong with it.
local function noun_of(client, object)
  local noun = require("dynamo.table").noun(object)
  if not noun then
    return nil,
      ("table objects expected as keys, as db:table gives them; got %s"):format(
        nearest.word(object)
      )
  elseif noun.client ~= client then
    return nil, ("table %s is of another client"):format(noun.name)
  end
  return noun
end

-- Orders parts by the names of their tables.
local function is_before(one, other)
  return one.noun.name < other.noun.name
end

-- Returns the parts of a map table object -> what is asked of it, in the order of their names; or nil,
-- what is wrong.
-- @tparam function read (noun, object, name, what is asked) -> part, or nil, what is wrong
local function parts_of(client, map, read)
  if type(map) ~= "table" then
    return nil, ("a map with table objects as keys expected, got a %s"):format(type(map))
  end
  local parts = {}
  for object, given in next, map do
    local noun, part, problem
    noun, problem = noun_of(client, object)
    if not noun then return nil, problem end
    part, problem = read(noun, object, noun.name, given)
    if not part then return nil, problem end
    parts[#parts + 1] = part
  end
  table.sort(parts, is_before)
  return parts
end

--- As users:batch_get, over several tables: db:batch_get({ [users] = keys, [orders] = keys }, options).
-- The options are for all of them. Returns table object -> items; an error's items and unprocessed are by
-- table object, too.
-- @function batch_get
-- @usage local items = assert(db:batch_get { [users] = { "u-1" }, [orders] = { "o-7" } })
-- print(items[users][1].name, items[orders][1].total)
M.batch_get = { run = reads.run, explain = reads.explain }

function M.batch_get.read(client, map, o, ...)
  local parts, problem = parts_of(client, map, batch_arguments.keys)
  if not parts then return nil, problem end
  return batch_arguments.asked(client, "batch_get", parts, false, o, ...)
end

--- As users:batch_write, over several tables: db:batch_write({ [users] = { put = ..., delete = ... }, ... },
-- options). An error's unprocessed and unknown are by table object: another batch takes them as they are.
-- @function batch_write
M.batch_write = { run = writes.run, explain = writes.explain }

function M.batch_write.read(client, map, o, ...)
  local parts, problem = parts_of(client, map, function(noun, object, name, lists)
    return batch_arguments.lists(noun, object, name .. ".", lists)
  end)
  if not parts then return nil, problem end
  return batch_arguments.asked(client, "batch_write", parts, false, o, ...)
end

return M
