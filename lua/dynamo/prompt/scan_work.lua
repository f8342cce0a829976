-- SPDX-License-Identifier: MIT
-- What export and copy have in common: a scan that goes on from where it was.
local asks = require "dynamo.prompt.asked"
local clause_words = require "dynamo.prompt.clause_words"
local long_work = require "dynamo.prompt.long_work"

local M = {}

-- Parts that are read side by side unless the statement says otherwise, and items of a page: memory holds
-- a page of each, whatever the items are.
local SEGMENTS, PAGE_ITEMS = 4, 1000

-- Options of ours, which no scan knows.
local OWN = { "format", "resume", "region", "endpoint" }

--- Takes INDEX, if a verb has it, and its clauses; returns what is asked: { record, options (of the scan), own (the
-- others), places, at, is_bounded (whether it is about all items) }.
function M.read(reader, record, allowed, takes_index)
  local options, own, at, index_name = {}, {}, reader.at, nil
  if takes_index then index_name = select(2, clause_words.read_index(reader, record)) end
  local places = clause_words.read(reader, options, allowed)
  for _, name in ipairs(OWN) do
    own[name], options[name] = options[name], nil
  end
  options.index_name, options.page_size = index_name, options.page_size or PAGE_ITEMS
  return { record = record, options = options, own = own, places = places, at = at }
end

--- Returns what must be the same whenever it goes on: name -> text.
function M.about(session, asked)
  local options = asked.options
  return {
    table = asked.record.name,
    place = tostring(session.db),
    index = options.index_name,
    filter = options.filter,
    projection = options.projection,
    limit = options.limit and tostring(options.limit),
  }
end

--- Whether the work that is taken up was done already.
function M.is_over(job, asked)
  local items, limit = job.state.items, asked.options.limit
  return items > 0 and not job.state.cursor or limit ~= nil and items >= limit
end

-- Returns how many items there may be, about; nil where nobody knows.
local function total_of(asked, job)
  local options = asked.options
  if options.filter or options.index_name then
    return options.limit and options.limit - job.state.items
  end
  local count = asked.record.description.ItemCount or 0
  count = math.min(count, options.limit or count) - job.state.items
  return count > 0 and count or nil
end

--- Returns the ask of the scan, from where the work is.
-- @tparam table asked of M.read
-- @tparam table job of dynamo.prompt.long_work
function M.scan(asked, job)
  local options = {}
  for name, value in next, asked.options do
    options[name] = value
  end
  options.cursor = job.state.cursor
  if options.limit then options.limit = math.max(options.limit - job.state.items, 1) end
  if not options.cursor and not options.limit then
    options.segments = options.segments or SEGMENTS
  end
  options.progress = long_work.progress(job, total_of(asked, job))
  return asks.new("scan", asked.record, { options = options, places = asked.places, at = asked.at })
end

return M
