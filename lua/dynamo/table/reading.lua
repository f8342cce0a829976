-- SPDX-License-Identifier: MIT
-- What is read page by page: which page is at hand, how much of it has been handed out, and where the
-- rest begins. One page is in memory, the next one beside it while that is asked for ahead.
--
-- A reading is made here alone:
--   source         see dynamo.table.pages
--   limit          how many results it may hand out; math.huge for all
--   max_pages      how many pages it may read; math.huge for all
--   position       where the page at hand was asked for
--   next_position  where the next one will be
--   page           what `fetch` returned, nil where none is at hand
--   size, at       how many results are in it, and how many of them were handed out
--   handed, pages  how many results were handed out or counted, and how many pages were read
--   info           the sum of what the calls told
--   ahead          of dynamo.table.ahead: the next page, asked for already; or nil
--   may_prefetch   whether that is wanted
--   begin_telling  nil, or what returns a dynamo.progress, or nil; called before the first page
--   progress       that
--   is_over        true: there is nothing more to hand out, be it that it was closed
--   err            the error it ended with, or nil
--   reader         the coroutine that reads just now, written by dynamo.table.pages
local compare = require "dynamo.compare"
local errors = require "dynamo.error"
local ahead = require "dynamo.table.ahead"
local consumed = require "dynamo.table.consumed"
local tables = require "dynamo.tables"

local M = {}

--- Whether nothing follows a position: the service leaves it out, or leaves it empty.
function M.is_end(position)
  return position == nil or position == "" or type(position) == "table" and next(position) == nil
end

--- Returns the error of a position that is followed by itself.
-- @tparam string operation
function M.repeated(operation)
  return errors.new {
    kind = "integrity",
    code = "RepeatedPosition",
    operation = operation,
    message = "the service gave the position that it was asked for as the next one: there would be no end",
    retryable = false,
    throttled = false,
  }
end

--- Whether a position is followed by itself.
function M.is_same(position, next_position)
  return position ~= nil and compare.equal(position, next_position)
end

--- Makes a reading that has read nothing yet.
-- @tparam table source
-- @tparam table o limit, max_pages, start, prefetch, progress: all optional
function M.new(source, o)
  return {
    source = source,
    limit = o.limit or math.huge,
    max_pages = o.max_pages or math.huge,
    position = nil,
    next_position = o.start,
    page = nil,
    size = 0,
    at = 0,
    handed = 0,
    pages = 0,
    info = { pages = 0, attempts = 0 },
    ahead = nil,
    may_prefetch = o.prefetch or false,
    begin_telling = o.progress,
    progress = nil,
    is_over = false,
    err = nil,
    reader = nil,
  }
end

-- Returns how many results are still wanted beyond the page at hand, nil for all there are.
local function wanted(reading)
  local rest = reading.limit - reading.handed - (reading.size - reading.at)
  return rest < math.huge and rest or nil
end

-- Whether there is no next page to ask for.
local function is_exhausted(reading)
  if reading.pages >= reading.max_pages then return true end
  return reading.pages > 0 and M.is_end(reading.next_position)
end

-- Adds hooks that raised, nil for none.
local function add_failures(info, count)
  if count then info.hook_failures = (info.hook_failures or 0) + count end
end

-- Ends a reading.
local function finish(reading)
  if reading.is_over then return end
  reading.is_over = true
  if reading.progress then add_failures(reading.info, reading.progress:finish()) end
end

local function fail(reading, err)
  local source = reading.source
  if source.cursor then err.cursor = source.cursor(reading.next_position, 0) end
  reading.err = err
  finish(reading)
  return false
end

-- Adds what a call told to the sum.
local function add_info(reading, info)
  local sum = reading.info
  sum.pages, sum.attempts = sum.pages + (info.pages or 1), sum.attempts + (info.attempts or 0)
  sum.replayed = sum.replayed or info.replayed
  add_failures(sum, info.hook_failures)
  sum.consumed_capacity = consumed.sum(sum.consumed_capacity, info.consumed_capacity)
  if info.scanned_count then sum.scanned_count = (sum.scanned_count or 0) + info.scanned_count end
end

-- Asks for the next page while the one at hand is worked on.
local function look_ahead(reading)
  local rest = wanted(reading)
  if not reading.may_prefetch or is_exhausted(reading) or rest and rest <= 0 then return end
  reading.ahead = ahead.begin(reading.source.fetch, reading.next_position, rest)
end

-- Makes a page the one at hand; returns whether that could be done.
local function take(reading, page, next_position, info)
  if reading.is_over then return false end -- it was closed meanwhile
  if page == nil then return fail(reading, info) end
  if not M.is_end(next_position) and M.is_same(reading.next_position, next_position) then
    return fail(reading, M.repeated(reading.source.operation))
  end
  reading.position, reading.next_position = reading.next_position, next_position
  reading.page, reading.size, reading.at = page, page.count or #page, 0
  add_info(reading, info or tables.NONE)
  reading.pages = reading.info.pages
  look_ahead(reading)
  return true
end

-- Reads the next page; returns whether there is one.
local function turn(reading)
  reading.page, reading.size, reading.at = nil, 0, 0
  if is_exhausted(reading) then
    finish(reading)
    return false
  end
  if reading.begin_telling then
    reading.begin_telling, reading.progress = nil, reading.begin_telling()
  end
  local before = reading.ahead
  reading.ahead = nil
  if before then return take(reading, ahead.wait(before)) end
  return take(reading, reading.source.fetch(reading.next_position, wanted(reading)))
end

-- Notes that so many more results were handed out.
local function note(reading, count)
  reading.at, reading.handed = reading.at + count, reading.handed + count
  if reading.progress then reading.progress:add(count) end
  if reading.handed >= reading.limit then M.close(reading) end
end

-- Returns how many results of the page at hand may still be handed out.
local function left(reading)
  return math.min(reading.size - reading.at, reading.limit - reading.handed)
end

--- Makes sure that there is something to hand out; returns whether there is.
function M.has_more(reading)
  while not reading.is_over do
    if reading.at < reading.size then return true end -- at the limit, it would be over
    turn(reading)
  end
  return false
end

--- Hands out the next result; nil where there is none, or an error: see reading.err.
function M.next(reading)
  while M.has_more(reading) do
    local page, i, hand_out = reading.page, reading.at + 1, reading.source.hand_out
    local item = page[i]
    if hand_out then item = hand_out(page, i) end
    if item == nil then -- an extension hides it
      reading.at = i
    else
      note(reading, 1)
      return item
    end
  end
end

--- Hands out what is left of the page at hand, or the next page that is not empty; nil as M.next.
function M.next_page(reading)
  local items = {}
  while not items[1] and M.has_more(reading) do
    local page = reading.page
    repeat
      items[#items + 1] = M.next(reading)
    until reading.page ~= page or left(reading) <= 0
  end
  return items[1] and items
end

--- Counts what is left; returns the number, also where an error ended it.
function M.count(reading)
  local count_only = reading.source.count_only
  if count_only and reading.limit == math.huge then count_only() end
  local count = 0
  while M.has_more(reading) do
    local more = left(reading)
    count = count + more
    note(reading, more)
  end
  return count
end

--- Ends a reading; its cursor stays what it is.
function M.close(reading)
  finish(reading)
  if reading.ahead then ahead.drop(reading.ahead) end
  reading.ahead = nil
end

--- Returns the text from which what was not handed out follows; nil where nothing is left; or nil,
-- message, err.
function M.cursor(reading)
  local source = reading.source
  if reading.at < reading.size then
    return source.cursor(reading.position, reading.at, reading.page)
  end
  if reading.pages > 0 and M.is_end(reading.next_position) then return nil end
  return source.cursor(reading.next_position, 0)
end

return M
