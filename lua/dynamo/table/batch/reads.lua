-- SPDX-License-Identifier: MIT
-- Batch reads: any number of keys, each asked for once, and their items where the keys stand.
local call = require "dynamo.call"
local errors = require "dynamo.error"
local nodes = require "dynamo.expression.tree"
local asks = require "dynamo.table.ask"
local chain = require "dynamo.table.chain"
local error_path = require "dynamo.table.error_path"
local prepare = require "dynamo.table.prepare"
local pumps = require "dynamo.table.batch.pump"
local requests = require "dynamo.table.batch.write_request"
local rounds = require "dynamo.table.batch.rounds"
local senders = require "dynamo.table.batch.read_sender"
local shown = require "dynamo.table.batch.shown"
local target_of = require "dynamo.table.batch.batch_table"
local write_batches = require "dynamo.table.batch.write_batches"
local tables = require "dynamo.tables"
local verbs = require "dynamo.table.verbs"

local M = {}

-- https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
local MOST_KEYS = 100

-- ---- the projection ------------------------------------------------------------------------

-- Returns those key attributes that a projection leaves out.
local function left_out(tree, names)
  local has, missing = {}, {}
  for _, path in ipairs(tree) do
    if path[2] == nil then has[path[1]] = true end
  end
  for _, name in ipairs(names) do
    if not has[name] then missing[#missing + 1] = name end
  end
  return missing
end

-- Adds the key attributes to the projection of an ask, by which items are told apart; returns the names
-- of those added.
local function add_key(ask, names)
  local tree = prepare.tree(ask, "projection")
  local missing = tree and left_out(tree, names) or tables.NONE
  if not missing[1] then return missing end
  local whole = nodes.projection()
  for i, path in ipairs(tree) do
    whole[i] = path
  end
  for _, name in ipairs(missing) do
    whole[#whole + 1] = nodes.path(name)
  end
  prepare.set_tree(ask, "projection", whole)
  return missing
end

-- ---- entries -------------------------------------------------------------------------------

-- Returns the key that one in a list is, a table of its own; or nil, error.
local function key_of(target, given, place)
  local ask, key = asks.of(target.noun, verbs.get, given)
  if not ask then
    return nil,
      errors.validation("type", place, ("%s: %s"):format(place, key:match "%((.*)%)$" or key))
  end
  local err = prepare.mismatch(target.names, key)
  if err then return nil, error_path.relocate(err, "Key", place) end
  return requests.key_of(target.names, key)
end

-- Adds the keys of a table to the entries; returns nil, or an error.
local function add_keys(work, part, target)
  for i, given in ipairs(part.given) do
    local place = ("%s[%d]"):format(part.place, i)
    local key, err = key_of(target, given, place)
    if not key then return err end
    local id = requests.identity(target, key)
    if not id then return errors.validation("key", place, place .. ": no key of the table") end
    local entry = work.by_id[id]
    if not entry then
      entry = { target = target, part = part, key = key, id = id, places = {} }
      work.by_id[id], work.entries[#work.entries + 1] = entry, entry
    end
    table.insert(entry.places, i)
  end
end

-- Prepares what is asked of a table; returns nil, or an error.
local function add_part(asked, work, part)
  local target, _, err = target_of.new(part.noun, part.object, "", asked.o)
  if not target then return err end
  local ask = part.ask
  err = ask.refusal
  if err then return err end
  part.added = add_key(ask, target.names)
  err = prepare.store(ask)
  if err then return err end
  work.sender.settings[target] = {
    ConsistentRead = ask.params.ConsistentRead,
    ProjectionExpression = ask.params.ProjectionExpression,
    ExpressionAttributeNames = ask.params.ExpressionAttributeNames,
  }
  table.insert(work.sender.targets, target)
  return add_keys(work, part, target)
end

-- ---- the work ------------------------------------------------------------------------------

-- Puts an item where its keys stand, as the extensions hand it on.
local function put_down(entry, item)
  for _, name in ipairs(entry.part.added) do
    item[name] = nil
  end
  item = chain.after(entry.part.ask, item)
  for _, i in ipairs(entry.places) do
    entry.part.items[i] = item
  end
end

-- Returns the batches of the entries, as dynamo.table.batch.pump has them; what is given up goes to
-- `undone`.
local function source_of(work)
  local entries, at = work.entries, 0
  return {
    take = function()
      local batch = {}
      while #batch < MOST_KEYS and at < #entries do
        at = at + 1
        batch[#batch + 1] = entries[at]
      end
      return batch[1] and batch
    end,
    count = function()
      return math.ceil((#entries - at) / MOST_KEYS)
    end,
    is_over = function()
      return at == #entries
    end,
    give_up = function(left)
      for _, entry in ipairs(left) do
        work.undone[entry] = true
      end
    end,
    rest = function()
      for i = at + 1, #entries do
        work.undone[entries[i]] = true
      end
    end,
  }
end

-- Returns the work of what is asked; or nil, error. It is
--   entries   what is to be read, in order, and by_id the same by their ids
--   sender    of dynamo.table.batch.read_sender
--   undone    the set of the entries that were not read, once it is over
local function work_of(asked)
  local work = { entries = {}, by_id = {}, undone = {} }
  local sender = rounds.sender(senders, asked.client, asked.o)
  sender.targets, sender.settings, sender.members = {}, {}, asked.members
  sender.found = put_down
  work.sender = sender
  for _, part in ipairs(asked.parts) do
    part.items = { n = #part.given }
    local err = add_part(asked, work, part)
    if err then return nil, err end
  end
  sender.progress.total = #work.entries
  return work
end

-- Returns what is asked for by table, or that of the one table: function(part) -> value.
local function by_object(asked, value_of)
  local values = {}
  for _, part in ipairs(asked.parts) do
    values[part.object] = value_of(part)
  end
  return asked.is_one and values[asked.parts[1].object] or values
end

local function items_of(part)
  return part.items
end

-- Returns a function of a part: the list of its keys that were not read.
local function keys_left(work)
  local lists = {}
  for _, entry in ipairs(work.entries) do
    local list = lists[entry.part] or {}
    lists[entry.part] = list
    if work.undone[entry] then list[#list + 1] = entry.key end
  end
  return function(part)
    return lists[part] or {}
  end
end

-- Returns nil, message, err with what was read, and what was not.
local function fail(asked, err, left)
  err.items, err.unprocessed = by_object(asked, items_of), by_object(asked, left)
  return errors.give(err)
end

-- As fail, of what cannot be sent.
local function refuse(asked, err)
  for _, part in ipairs(asked.parts) do
    part.items = { n = #part.given }
  end
  return fail(asked, rounds.refused(senders, err), function(part)
    return tables.copy(part.given)
  end)
end

--- Does what is asked.
-- @tparam table asked client, members, o, is_one, parts: { { noun, object, place, given, ask }, ... }
-- @treturn[1] table items: { n = number of keys, [i] = that of the i-th key, nil where there is none }; by
--   table object, unless it is one table
-- @treturn[1] nil
-- @treturn[1] table info
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err
function M.run(asked)
  local work, refused = work_of(asked)
  if not work then return refuse(asked, refused) end
  local source = source_of(work)
  local pump = pumps.new(work.sender, source, asked.o.in_flight or write_batches.IN_FLIGHT)
  pumps.finish(pump)
  local info, err = rounds.finish(work.sender), pumps.outcome(pump)
  if not err then return by_object(asked, items_of), nil, info end
  source.rest()
  return fail(asked, err, keys_left(work))
end

--- Returns the request of the first batch, with those of the others in `after`; nothing is sent.
function M.explain(asked)
  asked.o.explain, asked.o.progress = true, nil
  local work, refused = work_of(asked)
  if not work then return call.fail(senders.operation, refused) end
  return shown.requests(work.sender, source_of(work).take)
end

return M
