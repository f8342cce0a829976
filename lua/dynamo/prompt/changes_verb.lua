-- SPDX-License-Identifier: MIT
-- The verb changes: what is written to a table, as it comes. What a verb is: see dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local cells = require "dynamo.prompt.cells"
local change_text = require "dynamo.prompt.change_text"
local clause_words = require "dynamo.prompt.clause_words"
local long_work = require "dynamo.prompt.long_work"
local mistake = require "dynamo.prompt.mistake"

local M = {}

local CLAUSES = clause_words.allowed("FROM", "WAIT", "LIMIT", "RESUME")

-- What is typed for a place, and what the library calls it; else it is a checkpoint.
local PLACES = { start = "trim_horizon" }

M.changes = {
  usage = "changes [FROM latest | start] [WAIT SECONDS] [LIMIT N] [RESUME [FILE]]",
  help = "Shows what is written to the table, as it comes, until Ctrl-C.",
  brackets = "values",
  clauses = CLAUSES,
  explains = false,
}

function M.changes.parse(session, reader)
  local record, options, at = session:in_use(reader), {}, reader.at
  local places = clause_words.read(reader, options, CLAUSES)
  local from = options.from or "latest"
  return {
    record = record,
    from = PLACES[from] or from,
    wait = options.wait,
    limit = options.limit or math.huge,
    resume = options.resume,
    at = places.from or at,
  }
end

-- Begins, or takes up what the resume file tells.
local function job_of(session, asked)
  return long_work.begin(session, "changes", {
    about = { table = asked.record.name, place = tostring(session.db) },
    resume = asked.resume,
    path = asked.resume and asked.record.name .. "-changes.resume" or nil,
    state = { items = 0 },
  })
end

-- Codes of what is wrong with a checkpoint.
local OF_CHECKPOINT = { checkpoint = true, other_stream = true }

-- Raises a failure; what is wrong with a checkpoint is a mistake in the statement.
local function fail(ask, message, err)
  if OF_CHECKPOINT[err.code] then asks.fail(ask, message, err) end
  mistake.fail(message, err)
end

-- Notes that all that was handed out is shown.
local function note(session, job, changes, count)
  session.printer:flush()
  long_work.note(job, { items = count, checkpoint = changes:checkpoint() })
end

-- Returns an iterator over the changes, which ends with the first that is too many, where none came for as
-- long as WAIT says, and by Ctrl-C.
local function each(session, job, asked, ask, changes)
  local count = 0
  return function()
    note(session, job, changes, count)
    if count >= asked.limit then return nil end
    local change, message, err = changes:next()
    if message and err.kind ~= "cancelled" then fail(ask, message, err) end
    if change then count = count + 1 end
    return change
  end
end

-- Shows the changes in the format of the session.
local function show(session, asked, next_change)
  if session.printer.format ~= "table" then return session.printer:items(next_change) end
  for change in next_change do
    change_text.write(session.printer, change, asked.record.keys)
  end
end

-- Says how many there were and how they go on.
local function tell(session, job)
  local count = cells.counted(job.state.items, "change")
  local text = job.path and session.text or ("changes FROM %s"):format(job.state.checkpoint)
  session.printer:warn(("%s; to go on: %s"):format(count, session.world.command(text, session)))
end

function M.changes.run(session, asked)
  local job = job_of(session, asked)
  local options = { from = job.state.checkpoint or asked.from, wait = asked.wait }
  local ask = asks.new("changes", asked.record, { options = options, at = asked.at })
  local changes = session:call(ask)
  local started, message, err = changes:start()
  if not started then fail(ask, message, err) end
  session.printer:warn(session.printer:dim("follows " .. asked.record.name .. "; Ctrl-C ends that"))
  local ok, problem = pcall(show, session, asked, each(session, job, asked, ask, changes))
  changes:close()
  local is_ended = ok or tostring(problem):find("interrupted!", 1, true)
  if not is_ended and not job.state.checkpoint then error(problem, 0) end
  long_work.save(job)
  if job.state.checkpoint then tell(session, job) end
  if not is_ended then error(problem, 0) end
end

return M
