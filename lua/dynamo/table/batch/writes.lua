-- SPDX-License-Identifier: MIT
-- Batch writes of lists: all is checked and written down before anything is sent.
local call = require "dynamo.call"
local errors = require "dynamo.error"
local leftovers = require "dynamo.table.batch.leftovers"
local requests = require "dynamo.table.batch.write_request"
local rounds = require "dynamo.table.batch.rounds"
local target_of = require "dynamo.table.batch.batch_table"
local queues = require "dynamo.table.batch.write_queue"
local senders = require "dynamo.table.batch.write_sender"
local shown = require "dynamo.table.batch.shown"
local write_batches = require "dynamo.table.batch.write_batches"
local tables = require "dynamo.tables"

local M = {}

local KINDS = { "put", "delete" }

-- Returns the error of something in a list that is neither an item nor a key.
local function no_subject(place, problem)
  local text = problem:match "%((.*)%)$" or problem
  return errors.validation("type", place, ("%s: %s"):format(place, text))
end

-- Returns the error of a key that is both put and deleted.
local function both(place, earlier)
  local text =
    "%s: the same key as %s, and the two have no order; a writer (users:writer) keeps one"
  return errors.validation("duplicate", place, text:format(place, earlier))
end

-- Adds a list to the queue; returns nil, or an error.
local function add(work, target, kind, list, places)
  for i, subject in ipairs(list) do
    local place = ("%s%s[%d]"):format(target.label, kind, i)
    local write, problem = requests.make(target, kind, subject, place)
    if type(problem) == "string" then return no_subject(place, problem) end
    if not write then return problem end
    local earlier = places[write.key]
    if earlier and earlier.kind ~= kind then return both(place, earlier.place) end
    places[write.key] = earlier or { kind = kind, place = place }
    queues.add(work.queue, write)
  end
end

-- Fills the queue; returns nil, or an error.
local function fill(asked, work)
  local places = {}
  for _, part in ipairs(asked.parts) do
    local target, _, err = target_of.new(part.noun, part.object, part.label, asked.o)
    if not target then return err end
    table.insert(work.sender.targets, target)
    for _, kind in ipairs(KINDS) do
      err = add(work, target, kind, part.given[kind] or tables.NONE, places)
      if err then return err end
    end
  end
  work.sender.progress.total = queues.size(work.queue)
end

-- Returns what was given and none of it sent, and that nothing is in doubt, by table object.
local function all_given(asked)
  local undone, unknown = {}, {}
  for _, part in ipairs(asked.parts) do
    undone[part.object], unknown[part.object] = leftovers.none(), leftovers.none()
    for _, kind in ipairs(KINDS) do
      undone[part.object][kind] = tables.copy(part.given[kind] or tables.NONE)
    end
  end
  return undone, unknown
end

-- Returns nil, message, err of writes of which some are not known to be done.
local function fail(asked, work, err, undone, unknown)
  local one = asked.is_one and asked.parts[1].object
  if one then
    undone, unknown = undone[one], unknown[one]
  end
  return leftovers.fail(err, work.queue, undone, unknown)
end

--- Does what is asked.
-- @tparam table asked client, members, o, is_one, parts: { { noun, object, label, given }, ... }
function M.run(asked)
  local work = write_batches.new(asked.client, asked.members, asked.o, {})
  local err = fill(asked, work)
  if err then return fail(asked, work, rounds.refused(work.sender, err), all_given(asked)) end
  local info
  info, err = write_batches.finish(work)
  if not err then return true, nil, info end
  return fail(asked, work, err, leftovers.by_table(work.queue, work.sender.targets))
end

--- Returns the request of the first batch, with those of the others in `after`; nothing is sent.
function M.explain(asked)
  asked.o.explain, asked.o.progress = true, nil
  local work = write_batches.new(asked.client, asked.members, asked.o, {})
  local err = fill(asked, work)
  if err then return call.fail(senders.operation, err) end
  return shown.requests(work.sender, function()
    return queues.take(work.queue)
  end)
end

return M
