-- SPDX-License-Identifier: MIT
-- Asking again and again until something is so: the waiters that AWS publishes, db:wait.
-- @see https://smithy.io/2.0/additional-specs/waiters.html
local call = require "dynamo.call"
local retry = require "dynamo.call.retry"
local spans = require "dynamo.call.span"
local errors = require "dynamo.error"
local given = require "dynamo.given"
local canceller = require "dynamo.loop.canceller"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"
local progress = require "dynamo.progress"
local show = require "dynamo.show"
local tables = require "dynamo.tables"
local waiters = require "dynamo.waiters"

local M = {}

local FIRST_SECONDS = 0.25 -- between the first two questions; doubled up to the waiter's own delay

local CHECKS = {
  timeout = options_check.seconds,
  delay = options_check.seconds,
  cancel = canceller.problem,
  progress = progress.problem,
}

-- ---- what an answer says -------------------------------------------------------------------

-- Returns what is at "Structure.Member" of an answer, or nil.
local function value_at(answer, path)
  for name in path:gmatch("[^.]+") do
    if type(answer) ~= "table" then return nil end
    answer = rawget(answer, name)
  end
  return answer
end

-- Whether of the elements of a list one, or each of one and more, has a word of an acceptor.
local function fits_list(acceptor, list)
  local fitting = 0
  for _, element in ipairs(list) do
    if tables.holds(acceptor.expected, value_at(element, acceptor.path)) then
      fitting = fitting + 1
    end
  end
  return fitting > 0 and (acceptor.each == "any" or fitting == #list)
end

-- Whether an acceptor fits an answer, or the error that came instead.
local function fits(acceptor, answer, err)
  if acceptor.error then return err ~= nil and err.code == acceptor.error end
  if not answer then return false end
  if acceptor.list then
    return fits_list(acceptor, value_at(answer, acceptor.list) or tables.NONE)
  end
  return tables.holds(acceptor.expected, value_at(answer, acceptor.path))
end

-- Returns "success", "failure" or "retry". An error that no acceptor knows is a failure, unless asking
-- again may cure it.
local function state_of(waiter, answer, err)
  for _, acceptor in ipairs(waiter.acceptors) do
    if fits(acceptor, answer, err) then return acceptor.state end
  end
  return err and not err.retryable and "failure" or "retry"
end

-- Returns in words what was seen last.
local function seen(waiter, answer, err)
  if err then return err.message end
  local words = {}
  for _, acceptor in ipairs(waiter.acceptors) do
    local place = acceptor.list or acceptor.path
    local value = place and value_at(answer, place)
    if value ~= nil and not words[place] then
      words[place] = true
      words[#words + 1] = ("%s is %s"):format(place, show.show(value, { width = 1000 }))
    end
  end
  return table.concat(words, ", ")
end

-- ---- asking --------------------------------------------------------------------------------

-- Returns nil, message, err of a wait that ended otherwise than hoped for.
local function fail(asked, kind, code, text, answer)
  return errors.fail {
    kind = kind,
    code = code,
    operation = asked.waiter.operation,
    message = ("%s: %s"):format(asked.name, text),
    response = answer,
    polls = asked.polls,
    retryable = false,
    throttled = false,
  }
end

-- Returns nil, message, err of a wait whose time is over.
local function time_out(asked)
  local text = ("not so within %g seconds; at last %s"):format(asked.seconds, asked.seen)
  return fail(asked, "timeout", "WaitTimedOut", text, asked.answer)
end

-- Notes what was seen last. A question for which there was no time left saw nothing.
local function note(asked, answer, err, is_over)
  if is_over and err and err.kind == "timeout" and asked.seen then return end
  asked.seen, asked.answer = seen(asked.waiter, answer, err), answer
end

-- Returns what the wait comes to after an answer, or an error; nothing where it goes on.
local function outcome(asked, answer, err, info)
  local state, left = state_of(asked.waiter, answer, err), spans.left(asked.span)
  local is_over = left ~= nil and left <= 0
  note(asked, answer, err, is_over)
  if state == "success" then
    info = info or { request_id = err.request_id, attempts = err.attempts }
    info.polls = asked.polls
    return answer or true, nil, setmetatable(info, show.PRINTABLE)
  elseif is_over and (state == "retry" or err and err.kind == "timeout") then
    return time_out(asked)
  elseif state == "failure" and err then
    err.polls = asked.polls
    return errors.give(err)
  elseif state == "failure" then
    return fail(asked, "service", "WaitFailed", asked.seen, answer)
  end
end

-- Returns the seconds until the next question: longer and longer, and no two programs' alike.
local function delay_of(asked, left)
  local longest = math.min(FIRST_SECONDS * 2 ^ (asked.polls - 1), asked.delay)
  local share = (1 + retry.jitter(asked.client.random)) / 2
  return math.min(longest * share, left)
end

-- Asks once; returns what outcome does.
local function ask(asked)
  local options, problem = spans.options(asked.span, {}, asked.client.timeout)
  local operation = operations.by_method[asked.waiter.operation]
  if not options then return call.fail(operation, problem) end
  local answer, _, info =
    call.run(asked.client, { operation = operation, params = asked.params, options = options })
  asked.polls = asked.polls + 1
  asked.told:add()
  if answer then return outcome(asked, answer, nil, info) end
  return outcome(asked, nil, info)
end

-- Asks until there is an outcome.
local function go_on(asked)
  while true do
    local result, message, err = ask(asked)
    if result ~= nil or message then return result, message, err end
    local left, problem = spans.left(asked.span)
    problem = problem or spans.rest(asked.span, delay_of(asked, left))
    if problem then return call.fail(operations.by_method[asked.waiter.operation], problem) end
  end
end

-- Ends the telling of how far it is; returns the results.
local function told(asked, result, message, info)
  local failures = asked.told:finish()
  if failures then info.hook_failures = (info.hook_failures or 0) + failures end
  return result, message, info
end

local function run(asked)
  local span, problem = spans.begin(asked.client, asked.seconds, asked.cancel)
  if not span then return call.fail(operations.by_method[asked.waiter.operation], problem) end
  asked.span, asked.polls, asked.seen, asked.answer = span, 0, nil, nil
  asked.told = progress.new(asked.report, spans.clock(span))
  return told(asked, go_on(asked))
end

-- ---- the arguments -------------------------------------------------------------------------

--- How long the waiters of tables wait, as published.
M.MOST_SECONDS = waiters.table_exists.delay * waiters.table_exists.max_attempts

--- The options of whatever waits, as of dynamo.options_check.
M.CHECKS = CHECKS

--- Returns what `run` is asked.
-- @tparam table client its state
-- @tparam string name of a waiter
-- @tparam table params of its operation
-- @tparam table o options, checked
function M.asked(client, name, params, o)
  local waiter = waiters[name]
  return {
    client = client,
    name = name,
    waiter = waiter,
    params = params,
    seconds = o.timeout or waiter.delay * waiter.max_attempts,
    delay = o.delay or waiter.delay,
    cancel = o.cancel,
    report = o.progress,
  }
end

--- Waits as asked; returns as db:wait.
M.run = run

local function read(client, name, params, o, ...)
  local surplus = given.surplus_problem(...)
  if surplus then return nil, surplus end
  if type(name) ~= "string" or not waiters[name] then
    return nil, nearest.unknown("no waiter", name, waiters)
  end
  if type(params) ~= "table" then
    return nil, ("the parameters must be a table, not a %s"):format(type(params))
  end
  local checked, problem = options_check.checked(o, CHECKS)
  if not checked then return nil, problem end
  return M.asked(client, name, tables.copy(params), checked)
end

--- Asks an operation again and again until something is so: wait(name, params, options).
--
-- The waiters are those that AWS publishes: table_exists, table_not_exists, export_completed,
-- import_completed, contributor_insights_enabled, kinesis_streaming_destination_active. The second
-- question comes after a quarter of a second, the later ones after longer and longer, up to the delay that
-- is published. A call that fails and may be made again does not end the wait.
-- @function wait
-- @tparam string name
-- @tparam table params of the operation, as { TableName = "Users" }
-- @tparam ?table o all optional: timeout (seconds for all of it; by default the published 500 to 1200),
--   delay (seconds between two questions at most, 20), cancel, progress (see dynamo.progress)
-- @return[1] the last response; true where an error was waited for, as of table_not_exists
-- @return[1] nil
-- @treturn[1] table info of the last call, and polls: how often was asked
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err with polls; kind "timeout", code WaitTimedOut; kind "service", code WaitFailed: it
--   will never be so; both with the last `response`; or what a call failed with
-- @usage assert(db:wait("table_exists", { TableName = "Users" }, { timeout = 60 }))
M.wait = { read = read, run = run }

return M
