-- SPDX-License-Identifier: MIT
-- The verb watch: a verb that reads, again and again. What a verb is: see dynamo.prompt.item_verbs.
local cells = require "dynamo.prompt.cells"
local guess = require "dynamo.prompt.guess"
local ctrl_c = require "dynamo.prompt.ctrl_c"
local mistake = require "dynamo.prompt.mistake"

local M = {}

local MOST_SECONDS, MOST_ROUNDS = 86400, 1000000

-- The verbs that read, and end by themselves.
local READERS = { "count", "desc", "diff", "get", "query", "scan", "sql", "tables" }
local IS_READER = {}
for _, name in ipairs(READERS) do
  IS_READER[name] = true
end

M.watch = {
  usage = "watch SECONDS [TIMES] VERB ...",
  help = "Does a verb that reads every so many seconds, until Ctrl-C; marks what changed.",
  brackets = "values",
  explains = false,
}

-- ---- the statement -------------------------------------------------------------------------------

-- Takes the number of seconds between two rounds.
local function read_seconds(reader)
  local text, at = reader:match "^[%d.]+"
  local seconds = tonumber(text or "")
  if not text then reader:fail("expected a number of seconds, got " .. reader:coming()) end
  if not seconds or seconds < 0.1 or seconds > MOST_SECONDS then
    reader:fail(("expected 0.1 to %d seconds"):format(MOST_SECONDS), at)
  end
  return seconds
end

-- Takes how often it is done; all along without it.
local function read_times(reader)
  local digits, at = reader:match "^%d+"
  local times = tonumber(digits or MOST_ROUNDS)
  if times < 1 or times > MOST_ROUNDS then
    reader:fail(("expected 1 to %d times"):format(MOST_ROUNDS), at)
  end
  return times
end

-- Takes the word of a verb that reads.
local function read_verb(session, reader)
  local word, at = reader:match "^%a+"
  if word and IS_READER[word] then return session.verbs[word], at end
  local text = "expected a verb that reads, got %s"
  if word and session.verbs[word] then text = "%s is no verb that reads items or tables" end
  local hint = word and not session.verbs[word] and guess.hint(word, READERS) or ""
  reader:fail(text:format(word and ('"%s"'):format(word) or reader:coming()) .. hint, at)
end

function M.watch.parse(session, reader)
  local seconds, times = read_seconds(reader), read_times(reader)
  local verb, at = read_verb(session, reader)
  local inner = verb.parse(session, reader)
  if inner.is_read == false then reader:fail("only a SELECT can be watched", at) end
  local text = reader.text:sub(at)
  return { seconds = seconds, times = times, verb = verb, inner = inner, statement = text }
end

-- ---- rounds --------------------------------------------------------------------------------------

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do
    lines[#lines + 1] = line
  end
  return lines
end

-- Returns how often each line occurs.
local function tally(lines)
  local counts = {}
  for _, line in ipairs(lines) do
    counts[line] = (counts[line] or 0) + 1
  end
  return counts
end

-- Returns the lines with a mark: "* " for what was not there before, "- " for what was, at the end.
local function marked(before, now)
  local left, shown = tally(before), {}
  for _, line in ipairs(now) do
    local was_there = (left[line] or 0) > 0
    left[line] = was_there and left[line] - 1 or left[line]
    shown[#shown + 1] = (was_there and "  " or "* ") .. line
  end
  for _, line in ipairs(before) do
    if left[line] > 0 then
      left[line] = left[line] - 1
      shown[#shown + 1] = "- " .. line
    end
  end
  return shown
end

-- Shows a round to people.
local function show(session, asked, before, text)
  local printer, now = session.printer, lines_of(text)
  local time = os.date "%H:%M:%S"
  if before == text then return printer:say(printer:dim(time .. "  as before")) end
  printer:say(printer:dim(("%s  %s"):format(time, asked.statement)))
  for _, line in ipairs(marked(before and lines_of(before) or now, now)) do
    printer:say(line)
  end
end

-- Does the verb once; returns what it wrote.
local function round(session, asked)
  return session.printer:captured(asked.verb.run, session, asked.inner)
end

-- Does rounds until the last, or until Ctrl-C while it waits. What asks, asks once.
local function go_round(session, asked, watched)
  local before
  while true do
    local text = round(session, asked)
    watched.rounds, session.yes = watched.rounds + 1, true
    if session.printer.format == "table" then
      show(session, asked, before, text)
    else
      session.printer:raw(text)
    end
    session.printer:flush()
    before = text
    if watched.rounds >= asked.times then return end
    if not session.world.pause(asked.seconds) then return end
  end
end

-- Whether it ended by Ctrl-C, in a call or between two.
local function is_interrupt(problem)
  if mistake.is_failure(problem) then return problem.err.kind == "cancelled" end
  return ctrl_c.is_one(problem)
end

function M.watch.run(session, asked)
  local watched, yes = { rounds = 0 }, session.yes
  local ok, problem = pcall(go_round, session, asked, watched)
  session.yes = yes
  if not ok and not is_interrupt(problem) then error(problem, 0) end
  session.printer:say(session.printer:dim("watched: " .. cells.counted(watched.rounds, "time")))
end

return M
