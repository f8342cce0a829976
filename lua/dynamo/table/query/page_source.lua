-- SPDX-License-Identifier: MIT
-- The pages of a query or a scan: a source of dynamo.table.pages, and one page of it, or of one of its
-- segments, at a time. What the source works with, its `work`, is
--   ask           see dynamo.table.query
--   pace          of dynamo.table.pace, nil for none
--   names         the attributes that say where an item stands, once they are known
--   added         those of them that were added to the projection, and are taken off again
--   is_ready      whether the parameters of the requests have been made
--   counts_only   whether pages are asked for their number of items alone
--   pending       of segments: an error that is told once what came beside it was handed out
local call = require "dynamo.call"
local errors = require "dynamo.error"
local chain = require "dynamo.table.chain"
local place = require "dynamo.table.error_path"
local pace = require "dynamo.table.pace"
local item_keys = require "dynamo.table.query.item_keys"
local page_cursor = require "dynamo.table.query.page_cursor"
local prepare = require "dynamo.table.query.prepare_query"
local segments = require "dynamo.table.query.segments"
local reading_of = require "dynamo.table.reading"
local tables = require "dynamo.tables"

local M = {}

-- ---- the request ---------------------------------------------------------------------------

-- Adds what the projection leaves out of the keys; returns nil, or message, err.
local function complete(work, explain)
  local ask = work.ask
  if not ask.parts.projection then return nil end
  local names, message, err = item_keys.find(ask, explain)
  if not names then return message, err end
  work.names, work.added = names, prepare.left_out(ask, names)
  if work.added[1] then prepare.project(ask, work.added) end
end

-- Makes the parameters of the requests; returns true, or nil, message, err.
local function make_ready(work, explain)
  local ask = work.ask
  if work.is_ready then return true end
  if ask.refusal then return call.fail(ask.operation, ask.refusal) end
  local message, err = complete(work, explain)
  if message then return nil, message, err end
  local problem = prepare.store(ask)
  if problem then return call.fail(ask.operation, problem) end
  work.is_ready = true
  return true
end

-- Returns the member Limit: no more than what is wanted, unless a filter decides how much of that it is.
local function page_limit(ask, wanted)
  local size = ask.options.page_size
  if ask.parts.filter or not wanted then return size end
  return size and math.min(size, wanted) or wanted
end

-- Returns what dynamo.call is asked for one page.
local function request(work, key, wanted, part)
  local ask = work.ask
  local params = tables.copy(ask.params)
  params.ExclusiveStartKey, params.Limit = key, page_limit(ask, wanted)
  if part then
    params.Segment, params.TotalSegments = part.segment, part.total
  end
  return { operation = ask.operation, params = params, options = ask.options }
end

-- ---- a page --------------------------------------------------------------------------------

-- Returns nil, message, err of a failed call, in the user's words.
local function failed(ask, err)
  if err.kind == "validation" and err.path then place.translate(ask, err) end
  return errors.give(err)
end

-- Notes the names of the key attributes, as the service has them in a position.
local function note_names(work, key, next_key)
  if work.names then return end
  local position = not reading_of.is_end(next_key) and next_key or key
  work.names = position and item_keys.of_position(position) or item_keys.known(work.ask)
end

-- Returns a page, the position of the next one and what the call told; or nil, message, err.
-- @tparam table work
-- @tparam ?table key where it begins
-- @tparam ?number wanted
-- @tparam ?table part of dynamo.table.query.segments
local function page_of(work, key, wanted, part)
  local ask, paces = work.ask, work.pace
  local reserved, err = 0, nil
  if paces then
    reserved, err = pace.wait(paces)
  end
  if err then return call.fail(ask.operation, err) end
  local result, _, info = call.run(ask.noun.client, request(work, key, wanted, part))
  if not result then return failed(ask, info) end
  local capacity = info.consumed_capacity
  if paces then pace.pay(paces, reserved, capacity and capacity.CapacityUnits) end
  local page, next_key = result.Items or {}, result.LastEvaluatedKey
  if work.counts_only then page.count = result.Count or 0 end
  note_names(work, key, next_key)
  info.scanned_count = result.ScannedCount
  return page, next_key, info
end

-- ---- an item -------------------------------------------------------------------------------

-- Notes where an item stands, before anybody may change it.
local function note_key(work, page, i)
  local item = page[i]
  page.last = i
  if work.names then
    page.last_key = item_keys.copy(work.names, item, page.last_key or {})
  else
    page.last_item = tables.copy(item)
  end
end

-- Returns the i-th item of a page as the user is to get it, or nil where an extension hides it.
local function hand_out(work, page, i)
  local item, added = page[i], work.added
  if page.last ~= i then note_key(work, page, i) end -- an extension may have raised
  for n = 1, added and #added or 0 do
    item[added[n]] = nil
  end
  if not work.ask.noun.extensions[1] then return item end
  return chain.after(work.ask, item)
end

-- Returns the key of the item of a page that was handed out last; or nil, message, err.
local function last_key(work, page, handed)
  local item = page[handed]
  if page.last == handed then item = page.last_key or page.last_item end
  local names, message, err = work.names, nil, nil
  if not names then
    names, message, err = item_keys.find(work.ask)
  end
  if not names then return nil, message, err end
  return item_keys.key_of(names, item)
end

-- ---- the source ----------------------------------------------------------------------------

-- Returns the text of a place: see `cursor` of dynamo.table.pages.
local function cursor(work, position, handed, page)
  local ask = work.ask
  if ask.refusal then return nil end
  if handed == 0 then return page_cursor.write(ask, position) end
  local key, message, err = last_key(work, page, handed)
  if not key then return nil, message, err end
  if page.parts then key = segments.within(position, page, handed, key) end
  return page_cursor.write(ask, key)
end

-- Makes pages be asked for their number of items alone.
local function count_only(work)
  local ask = work.ask
  work.counts_only, work.is_ready, work.added = true, false, nil
  ask.params.Select, ask.parts.projection = "COUNT", nil
end

-- Returns what the source works with.
local function work_of(ask)
  local rate = ask.options.rate_limit
  return {
    ask = ask,
    pace = rate and pace.new(ask.noun.client, rate, ask.options.cancel),
    names = nil,
    added = nil,
    is_ready = false,
    counts_only = false,
    pending = nil,
    page_of = page_of,
  }
end

--- Returns the source of an ask.
-- @tparam table ask
-- @tparam ?integer total the number of segments, nil for none
function M.new(ask, total)
  local work = work_of(ask)
  local fetch = total and segments.fetch or page_of
  return {
    operation = ask.verb.name,
    fetch = function(position, wanted)
      local ok, message, err = make_ready(work)
      if not ok then return nil, message, err end
      return fetch(work, position or total and segments.start(total), wanted)
    end,
    hand_out = function(page, i)
      return hand_out(work, page, i)
    end,
    cursor = function(position, handed, page)
      return cursor(work, position or total and segments.start(total), handed, page)
    end,
    count_only = function()
      count_only(work)
    end,
  }
end

--- Returns the request of the first page, signed; or nil, message, err.
-- @tparam table ask
-- @tparam ?table position where it begins
-- @tparam ?integer total the number of segments
-- @tparam ?boolean counts_only
function M.explain(ask, position, total, counts_only)
  local work, part = work_of(ask), nil
  if counts_only then count_only(work) end
  local ok, message, err = make_ready(work, true)
  if not ok then return nil, message, err end
  if total then
    part = segments.first(position or segments.start(total))
    position = part.key
  end
  local shown, _, problem =
    call.explain(ask.noun.client, request(work, position, ask.options.limit, part))
  if not shown then return failed(ask, problem) end
  return shown
end

return M
