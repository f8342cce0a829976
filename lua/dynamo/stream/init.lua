-- SPDX-License-Identifier: MIT
--- The changes of a table, as its stream tells of them: users:changes(options).
--
-- Options:
--
--   from           required: "latest" (what is written from now on), "trim_horizon" (from the oldest
--                  change on that the stream still has) or a checkpoint
--   poll_interval  seconds (1) after which a shard is asked again that had nothing new
--   wait           seconds for which `next` waits for a change at most; 0: it hands out what is there. For
--                  ever, if it is not given
--   until_closed   true: ends once all shards have been closed and handed out
--   stream_arn     which stream; else the one that the table has now
--   page_size      the most records of one request, 1 to 1000 (1000)
--   progress       see dynamo.progress: told how many changes were handed out
--   timeout        seconds for each request
--   cancel         what dynamo.canceller() gave
--
-- What comes is described in dynamo.stream.change. Shards are read page by page in turns, children after
-- their parents: the changes of one key come in their order. Nothing is asked for before the first `next`
-- (or `start`). A failure does not end it: the next call tries again.
-- @classmod changes
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
local errors = require "dynamo.error"
local given = require "dynamo.given"
local hidden = require "dynamo.hidden"
local canceller = require "dynamo.loop.canceller"
local nearest = require "dynamo.nearest"
local options_check = require "dynamo.options_check"
local progress = require "dynamo.progress"
local show = require "dynamo.show"
local checkpoints = require "dynamo.stream.checkpoint"
local following = require "dynamo.stream.following"
local trees = require "dynamo.stream.shard_tree"

local M = {}

-- ---- options -------------------------------------------------------------------------------

local MOST_RECORDS = 1000 -- of one GetRecords, API reference

local CHECKS = {
  poll_interval = options_check.seconds,
  until_closed = options_check.boolean,
  stream_arn = options_check.text,
  timeout = options_check.seconds,
  cancel = canceller.problem,
  progress = progress.problem,
  page_size = options_check.whole(MOST_RECORDS),
}

local WORDS = { "latest", "trim_horizon" }

function CHECKS.from(value)
  if value == "latest" or value == "trim_horizon" then return nil end
  if type(value) == "string" and checkpoints.is_meant(value) then return nil end
  local hint = type(value) == "string" and nearest.hint(value, WORDS) or ""
  return 'must be "latest", "trim_horizon" or a checkpoint' .. hint
end

function CHECKS.wait(value)
  if value == 0 then return nil end
  return options_check.seconds(value)
end

local WHAT = {
  required = { "from" },
  defaults = { poll_interval = 1, wait = math.huge, page_size = MOST_RECORDS },
}

-- ---- the object ----------------------------------------------------------------------------

local methods = {}
local meta = { __name = "dynamo.changes", __metatable = "dynamo.changes" }
-- What it knows: see dynamo.stream.following.
local new_changes, of_changes = hidden.class(meta)

function meta.__tostring(self)
  local own = of_changes(self)
  return ("dynamo changes of %s (%d so far)"):format(own.noun.name, own.count)
end

function meta.__index(_, name)
  local method = methods[name]
  if method or type(name) ~= "string" then return method end
  error(nearest.unknown("changes have no method", name, methods), 2)
end

-- Returns what `self` knows, or raises at the line that called `method`.
local function own_of(self, method, ...)
  local own = of_changes(self)
  if not own then error(("use changes:%s(), with a colon"):format(method), 3) end
  local problem = given.surplus_problem(...)
  if problem then error(("changes:%s: %s"):format(method, problem), 3) end
  return own
end

-- What a coroutine is that waits; nginx calls it running.
local WAITING = { suspended = true, running = true }

-- Raises, at the caller of our caller, if another coroutine waits in it: each would take what belongs
-- between two changes of the other.
local function enter(own, method)
  local before, running = own.reader, coroutine.running()
  if before and before ~= running and WAITING[coroutine.status(before)] then
    error(("changes:%s: another coroutine is in it"):format(method), 3)
  end
  own.reader = running
end

-- Ends what `enter` began: returns what was found; or nil, message, err, with the checkpoint in err.
local function left(own, found, err)
  own.reader, own.failure = nil, err
  if not err then return found end
  if own.is_started then err.checkpoint = following.checkpoint(own) end
  return errors.give(err)
end

--- Finds the stream and its shards, which the first `next` does otherwise: from then on nothing is missed
-- from = "latest".
-- @function start
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err as of `next`
function methods:start(...)
  local own = own_of(self, "start", ...)
  enter(own, "start")
  return left(own, following.start(own))
end

--- Returns the next change, as soon as there is one.
-- @function next
-- @treturn[1] table see dynamo.stream.change
-- @treturn[2] nil alone: there was none in time (`wait`), all shards are closed (`until_closed`), or it
--   was closed
-- @treturn[3] nil
-- @treturn[3] string message
-- @treturn[3] table err with the checkpoint in err.checkpoint; codes NoStream, StreamDisabled,
--   checkpoint, other_stream, and those of the calls
function methods:next(...)
  local own = own_of(self, "next", ...)
  enter(own, "next")
  return left(own, following.next(own))
end

--- Returns what a `for` wants. A failure raises its message; see `failure`.
-- @function items
-- @usage for change in users:changes({ from = "latest" }):items() do print(change.kind) end
function methods:items(...)
  own_of(self, "items", ...)
  return function()
    local change, message = methods.next(self)
    if message then error(message, 0) end
    return change
  end
end

--- Returns the text of where it is: the same options with `from` = this text go on behind the change that
-- was handed out last, in another process, too. It stands in a URL as it is, is not secret, and nothing
-- keeps others from making one.
-- @function checkpoint
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message, where it has yet to begin and cannot
-- @treturn[2] table err
function methods:checkpoint(...)
  local own = own_of(self, "checkpoint", ...)
  if own.is_started then return following.checkpoint(own) end
  enter(own, "checkpoint")
  local _, message, err = left(own, following.start(own))
  if message then return nil, message, err end
  if own.is_started then return following.checkpoint(own) end
  return errors.fail {
    kind = "cancelled",
    code = "ChangesClosed",
    message = "it was closed before it had begun anywhere",
  }
end

--- Returns the error of the last call, nil if it did not fail: what lies behind the message that a `for`
-- raised.
-- @function failure
function methods:failure(...)
  return own_of(self, "failure", ...).failure
end

--- Returns { count (changes handed out), pages, attempts, shards (that are read now), is_over,
-- hook_failures (calls of `progress` that raised; nil for none) }.
-- @function info
function methods:info(...)
  local own = own_of(self, "info", ...)
  local open = 0
  for _, shard in ipairs(own.tree.front) do
    if not trees.is_finished(shard) then open = open + 1 end
  end
  return setmetatable({
    count = own.count,
    pages = own.info.pages,
    attempts = own.info.attempts,
    shards = open,
    is_over = own.is_over or own.is_closed,
    hook_failures = following.report_failures(own),
  }, show.PRINTABLE)
end

--- Ends it: what waits in it, in another coroutine, returns nil. Its checkpoint stays what it is. Twice
-- does no harm.
-- @function close
function methods:close(...)
  following.close(own_of(self, "close", ...))
end

-- ---- the verb ------------------------------------------------------------------------------

M.changes = {}

--- Returns what is asked of users:changes(options), or nil, what is wrong with its arguments.
function M.changes.read(noun, o, ...)
  local surplus = given.surplus_problem(...)
  if surplus then return nil, surplus end
  local checked, problem = options_check.checked(o, CHECKS, WHAT)
  if problem then return nil, problem end
  return { noun = noun, o = checked }
end

--- Returns an object with the methods above.
function M.changes.run(asked)
  return new_changes({}, following.new(asked.noun, asked.o))
end

return M
