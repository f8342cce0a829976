-- SPDX-License-Identifier: MIT
-- The command `dynamo`: reads its arguments, runs its statements, gives the exit code.
local command_line = require "dynamo.prompt.command_line"
local conversation = require "dynamo.prompt.conversation"
local dynamo = require "dynamo"
local line_source = require "dynamo.prompt.line_source"
local outside = require "dynamo.prompt.outside"
local outcome = require "dynamo.prompt.outcome_words"
local printer = require "dynamo.prompt.printer"
local sessions = require "dynamo.prompt.session"
local shell = require "dynamo.prompt.shell"
local statements = require "dynamo.prompt.statements"
local terminal = require "dynamo.prompt.terminal"

local M = {}

-- Returns an iterator over the lines of a text.
local function lines_of(text)
  return (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\n"
end

-- Returns what statements come from: { next_line, name (nil of -e) }, ... ; or nil, a message.
local function sources_of(settings, world)
  local sources = {}
  for _, code in ipairs(settings.execute) do
    sources[#sources + 1] = { lines_of(code) }
  end
  if sources[1] then return sources end
  if not settings.file or settings.file == "-" then return { { world.stdin:lines(), "stdin" } } end
  local file, message = io.open(settings.file)
  if not file then return nil, message end
  return { { file:lines(), settings.file } }
end

-- Returns the columns that output may take: those of the terminal; off one, what COLUMNS says, or all.
local function columns_of(world, is_terminal)
  return is_terminal and world.columns() or tonumber(world.getenv "COLUMNS" or "") or math.huge
end

local function printer_of(settings, world)
  local is_terminal = world.is_terminal(1)
  local no_color = settings.no_color or (world.getenv "NO_COLOR" or "") ~= ""
  return printer.new {
    out = world.stdout,
    err = world.stderr,
    format = settings.output,
    columns = columns_of(world, is_terminal),
    color = is_terminal and not no_color,
  }
end

-- Returns the function that asks a question; nil where nobody is there to answer.
local function asker(world)
  if not (world.is_terminal(0) and world.is_terminal(2)) then return nil end
  return function(question)
    world.stderr:write(question)
    world.stderr:flush()
    return world.stdin:read "*l"
  end
end

-- Whether somebody sits at a terminal and gave nothing to run.
local function is_conversation(settings, world)
  if settings.execute[1] or settings.file then return false end
  return world.is_terminal(0) and world.is_terminal(1)
end

local function session_of(settings, world, is_talk)
  local is_short = is_talk or settings.execute[1] ~= nil
  local format = settings.output or "table"
  return sessions.new {
    printer = printer_of(settings, world),
    table_name = settings.table,
    read_only = settings.read_only,
    yes = settings.yes,
    timing = settings.timing or is_short and format == "table",
    tells_changes = is_short and format == "table",
    is_conversation = is_talk,
    ask = not settings.yes and asker(world) or nil,
    world = outside.new(settings, world, is_talk),
    new_client = function(hooks)
      return world.new_client {
        region = settings.region,
        profile = settings.profile,
        endpoint = settings.endpoint,
        hooks = hooks,
      }
    end,
  }
end

-- Runs all statements of the sources; returns the exit code.
local function run_all(session, sources, keep_going)
  local first_code = outcome.OK
  local function known(line)
    return session:known(line)
  end
  for _, source in ipairs(sources) do
    for text, line, asked in statements.each(source[1], session.verbs, known) do
      local code, is_closed = session:run(text, source[2], line, asked)
      if is_closed then return code end
      if first_code == outcome.OK then first_code = code end
      if code ~= outcome.OK and not keep_going then return code end
    end
  end
  return first_code
end

-- Writes a message about the command itself; returns its exit code.
local function usage(world, message, code)
  world.stderr:write("dynamo: ", message, "\n")
  return code or outcome.USAGE
end

-- Returns what the arguments ask to have printed, and no more; else nil.
local function page_of(settings)
  if settings.man then return require("dynamo.prompt.man_page").text() end
  local wanted = settings.completion
  return wanted and require("dynamo.prompt.shell_completion")[wanted]() or settings.text
end

--- The world as it is.
function M.world()
  return {
    stdin = io.stdin,
    stdout = io.stdout,
    stderr = io.stderr,
    getenv = os.getenv,
    is_terminal = terminal.is_terminal,
    columns = terminal.columns,
    open_lines = line_source.open,
    run = shell.succeeds,
    pause = shell.pause,
    new_client = dynamo.new,
  }
end

--- Runs the command; returns its exit code.
-- @tparam table arguments a list
-- @tparam ?table world see M.world
function M.main(arguments, world)
  world = world or M.world()
  local settings, problem = command_line.read(arguments)
  if not settings then return usage(world, problem) end
  local page = page_of(settings)
  if page then
    world.stdout:write(page, page:sub(-1) == "\n" and "" or "\n")
    return outcome.OK
  end
  local sources, missing = sources_of(settings, world)
  if not sources then return usage(world, missing) end
  local is_talk = is_conversation(settings, world)
  local ok, session = pcall(session_of, settings, world, is_talk)
  if not ok then return usage(world, (tostring(session):gsub("^[^:]*:%d+: ", ""))) end
  local code = outcome.OK
  if is_talk then
    conversation.run(session, world)
  else
    code = run_all(session, sources, settings.keep_going)
  end
  session.db:close()
  local written, lost = world.stdout:flush()
  if not written and code == outcome.OK then return usage(world, lost, outcome.FAILURE) end
  return code
end

return M
