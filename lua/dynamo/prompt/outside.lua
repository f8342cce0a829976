-- SPDX-License-Identifier: MIT
-- What verbs use of the world outside of the session:
--   stdin, stdout, getenv   as of the command
--   files()                 returns the names of the files here, few enough to choose from
--   reads_statements        whether they come from standard input
--   progress(label, total)  returns the function for the option progress; nil off a terminal
--   command(text, session)  returns what is to be typed to run a statement again
--   run(command)            runs a command of the shell at the terminal; returns whether it ended well
--   open_client(o, hooks)   returns a client of another profile, region or endpoint
local command_line = require "dynamo.prompt.command_line"
local dynamo = require "dynamo"

local M = {}

-- Returns the bar of a piece of work whose size is told from outside, about.
local function bar_of(world, label, total)
  local bar = dynamo.progress.bar { label = label, stream = world.stderr, is_terminal = true }
  return function(done, _, seconds, is_over)
    local known = total and done <= total and total or nil
    bar(done, is_over and done or known, seconds, is_over)
  end
end

local MOST_FILES = 500

-- Returns the names of the files in the current folder, nothing where there are too many.
local function files()
  local names, pipe = {}, io.popen "ls -p 2>/dev/null"
  for name in pipe:lines() do
    names[#names + 1] = name
  end
  pipe:close()
  return #names <= MOST_FILES and names or {}
end

-- Returns the options of another client: what is not said is as in this session, but that a profile brings
-- its own region and endpoint, and a region its own endpoint.
local function options_of(settings, o)
  local has_place = o.profile or o.region or o.endpoint
  return {
    profile = o.profile or settings.profile,
    region = o.region or not o.profile and settings.region or nil,
    endpoint = o.endpoint or not has_place and settings.endpoint or nil,
  }
end

--- Returns it.
-- @tparam table settings of dynamo.prompt.command_line
-- @tparam table world see dynamo.prompt
-- @tparam boolean is_talk whether statements are typed
function M.new(settings, world, is_talk)
  local own = { stdin = world.stdin, stdout = world.stdout, getenv = world.getenv, files = files }
  own.run, own.pause = world.run, world.pause
  own.reads_statements = not settings.execute[1] and (settings.file or "-") == "-"
  function own.progress(label, total)
    return world.is_terminal(2) and bar_of(world, label, total) or nil
  end
  function own.command(text, session)
    return is_talk and text or command_line.command(settings, session.table_name, text)
  end
  function own.open_client(o, hooks)
    local options = options_of(settings, o)
    options.hooks = hooks
    return world.new_client(options)
  end
  return own
end

return M
