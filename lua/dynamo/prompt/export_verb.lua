-- SPDX-License-Identifier: MIT
-- The verb export: the items of a table in a file. What a verb is: see dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local cells = require "dynamo.prompt.cells"
local clause_words = require "dynamo.prompt.clause_words"
local file_name = require "dynamo.prompt.file_name"
local item_writer = require "dynamo.prompt.item_writer"
local json_loss = require "dynamo.prompt.json_loss"
local long_work = require "dynamo.prompt.long_work"
local out_file = require "dynamo.prompt.out_file"
local scan_work = require "dynamo.prompt.scan_work"

local M = {}

local CLAUSES = clause_words.allowed(
  "WHERE",
  "ONLY",
  "LIMIT",
  "CONSISTENT",
  "FORMAT",
  "SEGMENTS",
  "IN_FLIGHT",
  "PAGE",
  "RATE",
  "RESUME"
)

M.export = {
  usage = "export FILE [INDEX NAME] [WHERE FILTER] [ONLY ATTRIBUTES] [LIMIT N] [CONSISTENT] "
    .. "[FORMAT dynamodb-json | jsonl | csv] [SEGMENTS N] [IN_FLIGHT N] [PAGE N] [RATE UNITS] [RESUME [FILE]]",
  help = "Writes the items of a table to a file, without loss; RESUME goes on where it stopped.",
  brackets = "values",
  clauses = CLAUSES,
  takes_file = true,
  explains = false,
}

function M.export.parse(session, reader)
  local record = session:in_use(reader)
  local path, at = file_name.read(reader, session)
  if path:find "%.gz$" then
    reader:fail("export packs nothing: export to a file, and gzip that", at)
  end
  local asked = scan_work.read(reader, record, CLAUSES, true)
  asked.path, asked.format = path, item_writer.format_of(path, asked.own.format)
  return asked
end

-- Returns what must be the same whenever an export goes on.
local function about_of(session, asked)
  local about = scan_work.about(session, asked)
  about.file, about.format = asked.path, asked.format
  return about
end

-- Asks before a file is written over.
local function confirm_file(session, asked, job)
  if job.resumed or asked.path == "-" then return end
  if (out_file.size(asked.path) or 0) > 0 then session:confirm("write over " .. asked.path) end
end

-- Writes page after page, and notes how far that is.
local function write_pages(job, scan, result, out, writer)
  local items, message, err = result:next_page()
  while items do
    out.write(writer.text(items))
    out.flush()
    long_work.note(job, {
      items = job.state.items + #items,
      bytes = out.bytes,
      cursor = result:cursor(),
      header = writer.header,
    })
    items, message, err = result:next_page()
  end
  if message then asks.fail(scan, message, err) end
end

-- Does what is left of an export.
local function run(session, asked, job, scan, result)
  local state = job.state
  local out = out_file.open(asked.path, session.world.stdout, job.resumed and state.bytes or nil)
  local writer = item_writer.new(asked.format, asked.record.keys, state.header)
  local ok, problem = pcall(function()
    long_work.save(job)
    if not scan_work.is_over(job, asked) then write_pages(job, scan, result, out, writer) end
    if job.state.items == 0 and asked.format == "csv" then out.write(writer.text {}) end
    out.flush()
  end)
  out.close()
  if not ok then long_work.fail(job, problem, "exported") end
  return writer
end

-- Says what was done, beside the data where that goes to the same place.
local function tell(session, asked, job, writer)
  local say = asked.path == "-" and session.printer.warn or session.printer.say
  local count = cells.counted(job.state.items, "item")
  local words = "exported: %s of %s, as %s"
  say(session.printer, words:format(count, asked.record.name, item_writer.NAMES[asked.format]))
  local lost = json_loss.words(writer.lost, "FORMAT dynamodb-json")
  if lost then session.printer:warn(lost) end
end

function M.export.run(session, asked)
  local job = long_work.begin(session, "export", {
    about = about_of(session, asked),
    resume = asked.own.resume,
    path = file_name.resume_path(asked.path),
    state = { items = 0, bytes = 0 },
  })
  local scan = scan_work.scan(asked, job)
  local result = session:call(scan) -- sends nothing yet, but finds mistakes
  confirm_file(session, asked, job)
  local writer = run(session, asked, job, scan, result)
  long_work.finish(job)
  tell(session, asked, job, writer)
end

return M
