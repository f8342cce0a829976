-- SPDX-License-Identifier: MIT
-- Statements as somebody types them at a terminal: read, run, until Ctrl-D.
local catalogue = require "dynamo.prompt.catalogue"
local completion = require "dynamo.prompt.completion"
local dynamo = require "dynamo"
local ctrl_c = require "dynamo.prompt.ctrl_c"
local printers = require "dynamo.prompt.printer"
local statements = require "dynamo.prompt.statements"

local M = {}

local CONTINUATION = "...> "

-- Returns where the client is, in words: an endpoint, a region.
local function place_of(session, world)
  local place = tostring(session.db):match "%((.*)%)$"
  if place ~= "default region" then return (place:gsub("^https?://", "")) end
  return world.getenv "AWS_REGION" or world.getenv "AWS_DEFAULT_REGION" or place
end

--- Returns what stands before a statement: where, the table in use, whether it is read-only, and a star
-- while a transaction is open.
function M.prompt(session, world)
  local parts = { place_of(session, world) }
  parts[#parts + 1] = session.table_name
  if session.read_only then parts[#parts + 1] = "read-only" end
  return table.concat(parts, " ") .. (session.transaction and "*" or "") .. "> "
end

-- Returns the lines within what was read, the first of them the next to be taken.
local function lines_within(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = line
  end
  return lines
end

-- Returns a function that gives the next line of the source, and nil at its end; a dropped one raises. What
-- is left of a line with several within waits in `waiting`.
local function line_reader(source, waiting, prompt)
  local has_begun = false
  return function()
    if not waiting[1] then
      local text = source.read(has_begun and CONTINUATION or prompt)
      if text == false then error("dropped", 0) end
      if not text then return nil end
      for i, line in ipairs(lines_within(text)) do
        waiting[i] = line
      end
    end
    has_begun = has_begun or waiting[1]:find "%S" ~= nil
    return table.remove(waiting, 1)
  end
end

-- Reads a statement; returns it, nil at the end of the input, and false where Ctrl-C dropped it.
local function read_statement(session, world, source, waiting)
  source.words(completion.words(session))
  local next_line = line_reader(source, waiting, M.prompt(session, world))
  local ok, text = pcall(statements.each(next_line, session.verbs))
  if ok then return text end
  ctrl_c.rearm()
  for i = #waiting, 1, -1 do
    waiting[i] = nil
  end
  return false
end

-- Finds the names of the tables for completion, once something else was asked of the service.
local function learn_names(session)
  local was_asked = session.calls and session.calls.count > 0
  if session.catalogue.names or session.has_learnt or not was_asked then return end
  session.has_learnt = true
  catalogue.names(session.catalogue)
end

-- Whether to leave: an open transaction is asked about.
local function may_leave(session)
  if not session.transaction then return true end
  return (pcall(session.confirm, session, "forget the transaction"))
end

-- Reads a statement and runs it; returns whether that was all. Ctrl-C between two calls raises.
local function take_step(session, world, source, waiting)
  ctrl_c.rearm()
  local text = read_statement(session, world, source, waiting)
  if text == nil then return may_leave(session) end
  if text == false then
    session.printer:warn "dropped; Ctrl-D leaves"
    return false
  end
  source.add(text)
  local _, is_closed = session:run(text)
  if not is_closed then learn_names(session) end
  return is_closed
end

-- Says what was raised between two statements; returns whether nobody hears it.
local function tell(printer, problem)
  ctrl_c.rearm()
  local words = ctrl_c.is_one(problem) and "interrupted; Ctrl-D leaves" or tostring(problem)
  local ok, why = pcall(printer.warn, printer, words)
  return not ok and not ctrl_c.is_one(why)
end

-- Takes steps until the last. Ctrl-C that comes while it is told of raises once more.
local function take_steps(session, world, source, waiting)
  local is_over
  repeat
    local ok, problem = pcall(take_step, session, world, source, waiting)
    is_over = ok and problem or problem == printers.CLOSED
    if not ok and not is_over then is_over = tell(session.printer, problem) end
  until is_over
end

--- Talks until the end of the input. What a statement ends with does not end the conversation.
-- @tparam table session
-- @tparam table world getenv, and open_lines: see dynamo.prompt.line_source
function M.run(session, world)
  local printer, source, waiting = session.printer, world.open_lines(world.getenv), {}
  printer:warn(
    printer:dim(
      ("dynamo %s, %s; help lists the verbs, Ctrl-D leaves"):format(
        dynamo._VERSION,
        place_of(session, world)
      )
    )
  )
  local ok, problem
  repeat
    ok, problem = pcall(take_steps, session, world, source, waiting)
  until ok or tell(printer, problem)
  printer:warn ""
end

return M
