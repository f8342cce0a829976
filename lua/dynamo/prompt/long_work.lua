-- SPDX-License-Identifier: MIT
-- Long work of a verb: it keeps how far it is in a file, says where it stopped, and with which statement
-- it goes on. A job is
--   session, verb, about   see dynamo.prompt.resume_file
--   path       of the resume file; nil for none
--   state      how far it certainly is: a table that is replaced, never changed; state.items is how many
--   saved      the state that the file has;  saved_at, when that was written
--   resumed    whether it goes on from a file
--   problem    what was raised while the bar was drawn: Ctrl-C; it ends the work at the next note
--   has_written   whether the table may have got something: set by the verb
--   first      the state at the beginning, or at which it was taken up
local cells = require "dynamo.prompt.cells"
local mistake = require "dynamo.prompt.mistake"
local printers = require "dynamo.prompt.printer"
local resume_file = require "dynamo.prompt.resume_file"

local M = {}

-- The file is written when so much was done since, or so long ago.
local MOST_ITEMS, MOST_SECONDS = 2000, 1

-- Raises that work which stopped is neither gone on with nor forgotten.
local function refuse_to_forget(job, found)
  local text =
    "%s tells of %s %s that stopped after %s; go on with: %s RESUME (or delete that file)"
  local count = cells.counted(found.state.items or 0, "item")
  local article = found.verb:find "^[aeiou]" and "an" or "a"
  mistake.refuse(text:format(job.path, article, found.verb, count, job.session.text))
end

-- Takes what the resume file says, if there is one.
local function take_up(job, wants_to)
  local found = job.path and resume_file.read(job.path)
  if not found then return end
  if not wants_to then refuse_to_forget(job, found) end
  resume_file.judge(job.path, found, job.verb, job.about)
  job.state, job.resumed = found.state, true
end

--- Begins work, or takes it up.
-- @tparam table session
-- @tparam string verb
-- @tparam table o about; resume: what the clause RESUME says, nil for none; path: of the file, unless that
--   says it, nil for none; state: at the beginning
function M.begin(session, verb, o)
  local path = type(o.resume) == "string" and o.resume or o.path
  local job = { session = session, verb = verb, about = o.about, path = path, state = o.state }
  take_up(job, o.resume ~= nil)
  job.first = job.state
  return job
end

--- Returns the function for the option progress: the bar, and how long it took, for requests that are
-- under way side by side take longer in sum.
-- @tparam table job
-- @tparam ?integer total how many things there are, about; nil where nobody knows
function M.progress(job, total)
  local bar, session = job.session.world.progress(job.verb, total), job.session
  return function(done, all, seconds, is_over)
    if session.calls then session.calls.seconds = seconds end
    if not bar then return end
    local ok, problem = pcall(bar, done, all, seconds, is_over)
    if not ok and not is_over then job.problem = problem end
  end
end

-- Raises what was raised while the bar was drawn: the library lets no such function end its work.
local function check(job)
  local problem = job.problem
  job.problem = nil
  if problem then error(problem, 0) end
end

--- Writes the resume file, unless it has the state.
function M.save(job)
  if not job.path or job.saved == job.state then return end
  resume_file.write(job.path, job.verb, job.about, job.state)
  job.saved, job.saved_at = job.state, os.time()
end

--- Whether it is time to note a state, where noting it takes time. Raises what is to end the work.
-- @tparam table job
-- @tparam integer items how many are done
function M.is_due(job, items)
  check(job)
  local saved = job.saved or job.state
  return items - saved.items >= MOST_ITEMS or os.time() - (job.saved_at or 0) >= MOST_SECONDS
end

--- Notes how far it certainly is, and keeps it if that is due.
function M.note(job, state)
  job.state = state -- certain, also where Ctrl-C ends it here
  if M.is_due(job, state.items) then M.save(job) end
end

--- Ends work that is done.
function M.finish(job)
  if job.path then resume_file.remove(job.path) end
end

-- Returns how the work goes on.
local function how_to_go_on(job)
  if not job.path then
    return "nothing is kept of where it stopped: with RESUME and a file it would be"
  end
  local text = job.session.text
  if not text:find "%f[%w_]RESUME%f[^%w_]" then text = text .. " RESUME" end
  return "to go on: " .. job.session.world.command(text, job.session)
end

-- Forgets work of which nothing was done.
local function forget(job)
  if job.path and not job.resumed then resume_file.remove(job.path) end
end

-- Returns the message of what was raised.
local function message_of(problem)
  if type(problem) == "table" then return problem.message end
  return (tostring(problem):gsub("^.-:%d+: ", ""))
end

--- Raises why work stopped, and says how it goes on.
-- @tparam table job
-- @param problem what was raised
-- @tparam string past what was done: "exported"
function M.fail(job, problem, past)
  local is_idle = job.state == job.first and not job.has_written
  if is_idle then forget(job) end
  if is_idle and not job.resumed or problem == printers.CLOSED then error(problem, 0) end
  local kept, why = pcall(M.save, job)
  local message = ("%s\n%s: %s; %s"):format(
    message_of(problem),
    past,
    cells.counted(job.state.items, "item"),
    kept and how_to_go_on(job) or message_of(why)
  )
  local err = mistake.is_failure(problem) and problem.err or {}
  mistake.fail(message, { kind = err.kind, code = err.code })
end

return M
