-- SPDX-License-Identifier: MIT
--- A lazy result: what a service gives page by page, asked for as it is used.
--
-- Nothing is sent before the first of it is wanted. Empty pages are followed, one page is in memory,
-- and what fails ends it: `:next()` and the like return nil, message, err, and again when they are
-- called again; a `for` over `:items()` raises the message, and `:failure()` gives the err. err.cursor
-- is a text from which the rest follows, exact to the last result that was handed out.
--
-- Whoever makes one gives M.new a source, a table of
--
--   fetch(position, wanted)   asks for a page. position: nil for the first, else what a page before
--                was followed by. wanted: how many results will be used at most, a hint; nil for all.
--                Returns a page, the next position, info; or nil, message, err. A page is a list of
--                results; where it has their number alone, that is its `count`. A position is text or
--                a map of values; where nothing follows, nil, "" or {}. Of the info (nil for none)
--                pages (1), attempts, replayed, consumed_capacity and scanned_count are summed up.
--   operation    how errors name what is done: "query"
--   hand_out(page, i)         optional: returns the i-th result as the user is to get it, nil to leave
--                it out. Called once for each, in order.
--   cursor(position, handed, page)   optional: returns the text from which follows what comes after the
--                first `handed` results of the page at `position` (page: nil where handed is 0); or
--                nil, message, err. Without it, there are no cursors.
--   count_only() optional: from now on pages need their `count` alone
--
-- @classmod result
local errors = require "dynamo.error"
local given = require "dynamo.given"
local hidden = require "dynamo.hidden"
local nearest = require "dynamo.nearest"
local show = require "dynamo.show"
local reading_of = require "dynamo.table.reading"
local tables = require "dynamo.tables"

local M = {}

local methods = {}
local meta = { __name = "dynamo.result", __metatable = "dynamo.result" }
-- What a result knows: see dynamo.table.reading.
local new_result, of_result = hidden.class(meta)

function meta.__tostring(self)
  local reading = of_result(self)
  return ("dynamo result (%d so far)"):format(reading.handed)
end

function meta.__index(_, name)
  local method = methods[name]
  if method or type(name) ~= "string" then return method end
  error(nearest.unknown("a result has no method", name, methods), 2)
end

-- What a coroutine is that waits for a page; nginx calls it running.
local WAITING = { suspended = true, running = true }

-- Raises, at the caller of our caller, if another coroutine is reading just now.
local function check_reader(reading)
  local running, reader = coroutine.running(), reading.reader
  if reader and reader ~= running and WAITING[coroutine.status(reader)] then
    error("another coroutine is reading this result; dynamo.each takes result:items()", 3)
  end
  reading.reader = running
end

-- Ends what check_reader began, and returns the rest.
local function done(reading, ...)
  reading.reader = nil
  return ...
end

-- Returns the reading of `self`, or raises at the line that called `method`.
local function reading_for(self, method, ...)
  local reading = of_result(self)
  if not reading then error(("use result:%s(), with a colon"):format(method), 3) end
  local problem = given.surplus_problem(...)
  if problem then error(("result:%s: %s"):format(method, problem), 3) end
  return reading
end

-- Returns nil, message, err, with what there is so far under a name.
local function failed(reading, name, value)
  reading.err[name] = value
  return errors.give(reading.err)
end

-- Returns what all calls together told.
local function info_of(reading)
  local info = tables.copy(reading.info)
  info.count = reading.handed
  return setmetatable(info, show.PRINTABLE)
end

-- Returns what `read(reading)` hands out; nil where there is nothing; or nil, message, err.
local function handed(reading, read)
  local value = read(reading)
  reading.reader = nil
  if value ~= nil then return value end
  if reading.err then return errors.give(reading.err) end
  return nil
end

--- Returns the next result; nil alone after the last; or nil, message, err.
-- @function next
function methods:next(...)
  local reading = reading_for(self, "next", ...)
  check_reader(reading)
  return handed(reading, reading_of.next)
end

--- Returns the rest of the page at hand, or the next one that is not empty, as a list; nil alone after
-- the last; or nil, message, err.
-- @function next_page
function methods:next_page(...)
  local reading = reading_for(self, "next_page", ...)
  check_reader(reading)
  return handed(reading, reading_of.next_page)
end

-- Returns the function of a `for`.
local function iterator(reading, read)
  return function()
    check_reader(reading)
    local value, message = handed(reading, read)
    if message then error(message, 0) end
    return value
  end
end

--- Returns what a `for` wants, for all results that have not been handed out yet. A failure raises its
-- message; see `failure`.
-- @function items
-- @usage for user in users:scan():items() do print(user.name) end
function methods:items(...)
  return iterator(reading_for(self, "items", ...), reading_of.next)
end

--- As items, for pages: lists of results, none of them empty.
-- @function pages
function methods:pages(...)
  return iterator(reading_for(self, "pages", ...), reading_of.next_page)
end

--- Reads the rest; returns a list of it, nil, info; or nil, message, err with what was read until then
-- in err.results.
-- @function all
function methods:all(...)
  local reading = reading_for(self, "all", ...)
  check_reader(reading)
  local results = {}
  repeat
    local item = reading_of.next(reading)
    results[#results + 1] = item
  until item == nil
  done(reading)
  if reading.err then return failed(reading, "results", results) end
  return results, nil, info_of(reading)
end

--- Returns the next result, and ends: nothing more is asked for. Returns it, nil, info; nil alone if
-- there is none; or nil, message, err.
-- @function first
function methods:first(...)
  local reading = reading_for(self, "first", ...)
  check_reader(reading)
  reading.limit = math.min(reading.limit, reading.handed + 1)
  local item = done(reading, reading_of.next(reading))
  if reading.err then return errors.give(reading.err) end
  reading_of.close(reading)
  return item, nil, info_of(reading)
end

--- Returns the one result that is left, and ends. Returns it, nil, info; nil alone if there is none; or
-- nil, message, err, with the code SeveralResults if there are more.
-- @function one
function methods:one(...)
  local reading = reading_for(self, "one", ...)
  check_reader(reading)
  reading.limit = math.min(reading.limit, reading.handed + 2)
  local item = reading_of.next(reading)
  local other = done(reading, reading_of.next(reading))
  if reading.err then return errors.give(reading.err) end
  reading_of.close(reading)
  if other == nil then return item, nil, info_of(reading) end
  return errors.fail {
    kind = "service",
    code = "SeveralResults",
    operation = reading.source.operation,
    message = "there is more than one, and one was asked for",
    retryable = false,
    throttled = false,
  }
end

--- Counts the results that have not been handed out yet. Returns their number, nil, info; or nil,
-- message, err with the number until then in err.count.
-- @function count
function methods:count(...)
  local reading = reading_for(self, "count", ...)
  check_reader(reading)
  local count = done(reading, reading_of.count(reading))
  if reading.err then return failed(reading, "count", count) end
  return count, nil, info_of(reading)
end

--- Returns the text from which what has not been handed out follows: in another process, too, and
-- whatever is written meanwhile. nil alone where nothing is left; or nil, message, err.
-- @function cursor
function methods:cursor(...)
  local reading = reading_for(self, "cursor", ...)
  if not reading.source.cursor then
    error(("result:cursor: %s has no cursors"):format(reading.source.operation), 2)
  end
  return reading_of.cursor(reading)
end

--- Returns what all calls so far told: pages, count (of the results handed out), attempts, replayed,
-- and, where the service says it, scanned_count and consumed_capacity.
-- @function info
function methods:info(...)
  return info_of(reading_for(self, "info", ...))
end

--- Returns the error that ended it, such as one that a `for` raised the message of; nil for none.
-- @function failure
function methods:failure(...)
  return reading_for(self, "failure", ...).err
end

--- Ends it: nothing more is handed out, nor asked for. The cursor stays. Twice does no harm.
-- @function close
function methods:close(...)
  reading_of.close(reading_for(self, "close", ...))
end

--- With `local result <close>`, its end.
function meta.__close(self)
  reading_of.close(of_result(self))
end

--- Makes a result.
-- @tparam table source see above
-- @tparam ?table o all optional: limit (of results), max_pages, start (a position), prefetch (true: the
--   next page is asked for while one is worked on, where the caller can wait beside others), progress (a
--   function that returns a dynamo.progress, or nil; called before the first page)
function M.new(source, o)
  return new_result({}, reading_of.new(source, o or tables.NONE))
end

return M
