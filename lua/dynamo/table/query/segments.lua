-- SPDX-License-Identifier: MIT
-- A scan in segments: in each round a page of several of them, side by side, and these pages handed out
-- one after the other. A position is
--   total   how many segments there are
--   begun   how many of them, from the first on, were begun; what was begun and is not in `live` is over
--   live    a list of { segment = its number from 0, key = where its next page begins, nil: at its
--           beginning }
-- and a page of a round has `parts`: a list of
--   segment, total   as the API has them
--   key, next_key    where its page began, and where the next one will
--   is_over          whether there is no next one
--   first, last      which items of the round are of it
local each = require("dynamo.loop.each").each
local errors = require "dynamo.error"
local consumed = require "dynamo.table.consumed"
local reading_of = require "dynamo.table.reading"

local M = {}

local IN_FLIGHT = 10 -- pages that are in memory at the same time

--- Returns the position of the beginning.
function M.start(total)
  return { total = total, begun = 0, live = {} }
end

-- Returns the parts of the next round, and how many segments will have been begun.
local function round_of(position, in_flight)
  local parts, begun = {}, position.begun
  for _, part in ipairs(position.live) do
    if #parts == in_flight then break end
    parts[#parts + 1] = { segment = part.segment, key = part.key, total = position.total }
  end
  while #parts < in_flight and begun < position.total do
    parts[#parts + 1] = { segment = begun, total = position.total }
    begun = begun + 1
  end
  return parts, begun
end

--- Returns the first part of the next round.
function M.first(position)
  return round_of(position, 1)[1]
end

-- Asks for the page of each part: it gets page, next_key and info, or err.
local function ask_all(work, parts, wanted)
  local share = wanted and math.ceil(wanted / #parts)
  local function ask(part)
    local page, next_key, info = work.page_of(work, part.key, share, part)
    if not page then
      part.err = info
    elseif not reading_of.is_end(next_key) and reading_of.is_same(part.key, next_key) then
      part.err = reading_of.repeated(work.ask.verb.name)
    else
      part.page, part.next_key, part.info = page, next_key, info
    end
    return true
  end
  local _, _, err = each(parts, ask, { in_flight = #parts, cancel = work.ask.options.cancel })
  return err
end

-- Adds the page of a part to that of the round.
local function add(round, part, info)
  local page = part.page
  part.first = #round + 1
  for i = 1, #page do
    round[#round + 1] = page[i]
  end
  part.last, part.is_over = #round, reading_of.is_end(part.next_key)
  if page.count then round.count = (round.count or 0) + page.count end
  round.parts[#round.parts + 1], part.page = part, nil
  local told = part.info
  info.pages, info.attempts = info.pages + 1, info.attempts + told.attempts
  info.replayed = info.replayed or told.replayed
  if told.hook_failures then info.hook_failures = (info.hook_failures or 0) + told.hook_failures end
  info.scanned_count = info.scanned_count + (told.scanned_count or 0)
  info.consumed_capacity = consumed.sum(info.consumed_capacity, told.consumed_capacity)
end

-- Returns the position after a round, nil at the end. `where(part)` says where what is left of a part
-- begins: whether there is anything, and its key.
local function after(position, parts, begun, where)
  local live, is_in_round = {}, {}
  for _, part in ipairs(parts) do
    local is_left, key = where(part)
    is_in_round[part.segment] = true
    if is_left then live[#live + 1] = { segment = part.segment, key = key } end
  end
  for _, part in ipairs(position.live) do
    if not is_in_round[part.segment] then live[#live + 1] = part end
  end
  if not live[1] and begun == position.total then return nil end
  return { total = position.total, begun = begun, live = live }
end

-- Where a part goes on after its page was handed out, or if it got none.
local function next_of(part)
  if not part.info then return true, part.key end
  return not part.is_over, part.next_key
end

--- Fetches a round: as `fetch` of dynamo.table.pages. What fails is told by the next one, once the pages
-- that came beside it have been handed out.
function M.fetch(work, position, wanted)
  if work.pending then return errors.give(work.pending) end
  local parts, begun = round_of(position, work.ask.options.in_flight or IN_FLIGHT)
  local failure = ask_all(work, parts, wanted)
  local round, info = { parts = {} }, { pages = 0, attempts = 0, scanned_count = 0 }
  for _, part in ipairs(parts) do
    if part.info then
      add(round, part, info)
    else
      failure = part.err or failure
    end
  end
  if failure and not round.parts[1] then return errors.give(failure) end
  work.pending, round.begun = failure, begun
  round.all = parts
  return round, after(position, parts, begun, next_of), info
end

--- Returns the position after the first `handed` items of a round.
-- @tparam table position where the round began
-- @tparam table round
-- @tparam integer handed
-- @tparam table key of the last one
function M.within(position, round, handed, key)
  return after(position, round.all, round.begun, function(part)
    if not part.info or handed < part.first then return true, part.key end
    if handed < part.last then return true, key end
    return next_of(part)
  end)
end

return M
