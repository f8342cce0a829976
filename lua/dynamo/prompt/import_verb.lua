-- SPDX-License-Identifier: MIT
-- The verb import: the items of a file into a table. What a verb is: see dynamo.prompt.item_verbs.
local cells = require "dynamo.prompt.cells"
local clause_words = require "dynamo.prompt.clause_words"
local file_name = require "dynamo.prompt.file_name"
local file_records = require "dynamo.prompt.file_records"
local import_work = require "dynamo.prompt.import_work"
local item_reader = require "dynamo.prompt.item_reader"
local item_writer = require "dynamo.prompt.item_writer"
local long_work = require "dynamo.prompt.long_work"
local mistake = require "dynamo.prompt.mistake"
local out_file = require "dynamo.prompt.out_file"
local rejected = require "dynamo.prompt.rejected"
local write_question = require "dynamo.prompt.write_question"

local M = {}

local CLAUSES = clause_words.allowed("FORMAT", "REJECTS", "IN_FLIGHT", "RATE", "RESUME")

M.import = {
  usage = "import FILE [FORMAT dynamodb-json | jsonl | csv] [REJECTS FILE] [IN_FLIGHT N] [RATE UNITS] "
    .. "[RESUME [FILE]]",
  help = "Writes the items of a file into the table; RESUME goes on where it stopped.",
  brackets = "values",
  clauses = CLAUSES,
  takes_file = true,
  writes = true,
  explains = false,
}

function M.import.parse(session, reader)
  local record = session:in_use(reader)
  local path, at = file_name.read(reader, session)
  if session.transaction then
    reader:fail("an import cannot wait for commit; commit or rollback first", 1)
  elseif path == "-" and session.world.reads_statements then
    reader:fail("standard input has the statements: those of an import from it are told by -e", at)
  end
  local options = {}
  clause_words.read(reader, options, CLAUSES)
  local format = options.format or item_writer.format_of(path, nil) == "csv" and "csv" or nil
  return { record = record, path = path, options = options, format = format }
end

-- Returns what must be the same whenever an import goes on.
local function about_of(session, asked)
  return {
    table = asked.record.name,
    place = tostring(session.db),
    file = asked.path,
    format = asked.format,
  }
end

-- Returns how many lines a file has behind a place; nil where lines are no items, or cannot be counted.
local function lines_of(asked, place)
  if asked.format == "csv" or asked.path:find "%.gz$" or not file_name.resume_path(asked.path) then
    return nil
  end
  return file_records.count_lines(asked.path, place.bytes)
end

-- Asks whether to go on.
local function confirm(session, asked, job, lines)
  local rejects = asked.options.rejects
  if job.resumed then return end
  if rejects and (out_file.size(rejects) or 0) > 0 then
    session:confirm("write over " .. rejects)
  end
  local what = lines and cells.counted(lines, "line") or "the items"
  local from = asked.path == "-" and "standard input" or asked.path
  local text = "write %s of %s into %s"
  write_question.ask(session, asked.record.noun, text:format(what, from, asked.record.name))
end

-- Returns the work of an import: see dynamo.prompt.import_work.
local function work_of(session, asked, job, lines)
  local state, options = job.state, asked.options
  local place = job.resumed and state or nil
  local reader =
    item_reader.open(asked.path, session.world.stdin, asked.format, asked.record.keys, place)
  local kept = options.rejects == state.rejects and state.rejects_bytes or nil
  return {
    job = job,
    noun = asked.record.noun,
    reader = reader,
    rejects = rejected.new(reader, options.rejects, kept, session.printer),
    rejects_path = options.rejects,
    pending = {},
    items = state.items,
    rejected = state.rejected,
    options = {
      in_flight = options.in_flight,
      rate_limit = options.rate_limit,
      progress = long_work.progress(job, lines),
      return_consumed_capacity = session.timing and "TOTAL" or nil,
    },
  }
end

-- Says what was done; lines that were rejected are a failure.
local function tell(session, asked, work)
  local count = cells.counted(work.items, "item")
  local words = ("imported: %s into %s"):format(count, asked.record.name)
  if work.rejected == 0 then return session.printer:say(words) end
  local text = "%s; %s rejected: see %s"
  mistake.fail(text:format(words, cells.counted(work.rejected, "line"), asked.options.rejects))
end

function M.import.run(session, asked)
  local job = long_work.begin(session, "import", {
    about = about_of(session, asked),
    resume = asked.options.resume,
    path = file_name.resume_path(asked.path),
    state = { items = 0, rejected = 0, bytes = 0, line = 0, tail = "" },
  })
  local lines = lines_of(asked, job.state)
  confirm(session, asked, job, lines)
  local work = work_of(session, asked, job, lines)
  local ok, problem = pcall(function()
    long_work.save(job)
    import_work.run(work)
  end)
  work.rejects.close()
  if not ok then long_work.fail(job, problem, "imported for certain") end
  long_work.finish(job)
  tell(session, asked, work)
end

return M
