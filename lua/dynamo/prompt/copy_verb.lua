-- SPDX-License-Identifier: MIT
-- The verb copy: the items of a table into another one, be it of another account, region or endpoint. What
-- a verb is: see dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local cells = require "dynamo.prompt.cells"
local clause_words = require "dynamo.prompt.clause_words"
local copy_target = require "dynamo.prompt.copy_target"
local long_work = require "dynamo.prompt.long_work"
local mistake = require "dynamo.prompt.mistake"
local scan_work = require "dynamo.prompt.scan_work"
local write_question = require "dynamo.prompt.write_question"

local M = {}

local CLAUSES = clause_words.allowed(
  "WHERE",
  "LIMIT",
  "CONSISTENT",
  "REGION",
  "ENDPOINT",
  "SEGMENTS",
  "IN_FLIGHT",
  "PAGE",
  "RATE",
  "RESUME"
)

M.copy = {
  usage = "copy [PROFILE:]TABLE [REGION NAME] [ENDPOINT URL] [WHERE FILTER] [LIMIT N] [CONSISTENT] "
    .. "[SEGMENTS N] [IN_FLIGHT N] [PAGE N] [RATE UNITS] [RESUME [FILE]]",
  help = "Writes the items of the table into another one; RESUME goes on where it stopped.",
  brackets = "values",
  clauses = CLAUSES,
  writes = true,
  explains = false,
}

function M.copy.parse(session, reader)
  local record = session:in_use(reader)
  local target, at = copy_target.read(reader)
  if session.transaction then
    reader:fail("a copy cannot wait for commit; commit or rollback first", 1)
  end
  local asked = scan_work.read(reader, record, CLAUSES, false)
  target.region, target.endpoint = asked.own.region, asked.own.endpoint
  asked.target, asked.target_at = target, at
  asked.rate_limit, asked.in_flight = asked.options.rate_limit, asked.options.in_flight
  asked.options.rate_limit, asked.options.in_flight = nil, nil
  return asked
end

-- Asks whether to go on.
local function confirm(session, asked, job, target)
  if job.resumed then return end
  local count = asked.record.description.ItemCount or 0
  local is_all = not asked.options.filter and not asked.options.limit
  local what = is_all and "about " .. cells.counted(count, "item") or "items"
  local text = ("copy %s of %s into %s"):format(what, asked.record.name, target.record.name)
  local where = target.place:match "%((.*)%)$"
  local is_elsewhere = target.place ~= tostring(session.db) or asked.target.profile
  if is_elsewhere then
    local profile = asked.target.profile and ", profile " .. asked.target.profile or ""
    text = ("%s (%s%s)"):format(text, where, profile)
  end
  write_question.ask(session, target.record.noun, text)
end

-- Waits until all that was given is written, and notes where that ends.
local function settle(job, writer, result, count)
  writer:flush()
  long_work.note(job, { items = job.first.items + count, cursor = result:cursor() })
end

-- Gives the writer item after item.
local function give(job, scan, result, writer)
  local count = 0
  local item, message, err = result:next()
  while item do
    job.has_written = true
    writer:put(item)
    count = count + 1
    if long_work.is_due(job, job.first.items + count) then settle(job, writer, result, count) end
    item, message, err = result:next()
  end
  if message then asks.fail(scan, message, err) end
  settle(job, writer, result, count)
end

-- Does what is left of a copy.
local function run(session, asked, job, target)
  if scan_work.is_over(job, asked) then return end
  local scan = scan_work.scan(asked, job)
  scan.options.prefetch = true
  local result = session:call(scan)
  long_work.save(job)
  local options = {
    in_flight = asked.in_flight,
    rate_limit = asked.rate_limit,
    return_consumed_capacity = session.timing and "TOTAL" or nil,
  }
  local done, message, err = target.record.noun:writer(options, function(writer)
    return give(job, scan, result, writer)
  end)
  if not done then mistake.fail(message, err) end
end

function M.copy.run(session, asked)
  local target = copy_target.open(session, asked.record, asked.target, asked.target_at)
  local about = scan_work.about(session, asked)
  about.into, about.profile, about.elsewhere =
    target.record.name, asked.target.profile, target.place
  local ok, problem = pcall(function()
    local job = long_work.begin(session, "copy", {
      about = about,
      resume = asked.own.resume,
      path = ("%s-%s.resume"):format(asked.record.name, target.record.name),
      state = { items = 0 },
    })
    confirm(session, asked, job, target)
    local fine, why = pcall(run, session, asked, job, target)
    if not fine then long_work.fail(job, why, "copied for certain") end
    long_work.finish(job)
    local count = cells.counted(job.state.items, "item")
    session.printer:say(
      ("copied: %s of %s into %s"):format(count, asked.record.name, target.record.name)
    )
  end)
  target.close()
  if not ok then error(problem, 0) end
end

return M
