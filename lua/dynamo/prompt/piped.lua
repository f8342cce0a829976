-- SPDX-License-Identifier: MIT
-- What a verb writes, as the input of a command of the shell: get 123 | jq .
local mistake = require "dynamo.prompt.mistake"
local printers = require "dynamo.prompt.printer"
local shell = require "dynamo.prompt.shell"

local M = {}

-- A command that ends early, by Ctrl-C too, must not end whoever writes to it: the rest is eaten.
local EATEN = "trap : INT; sh -c %s; cat >/dev/null 2>&1"

--- Calls a function while data goes to a command. Where people read it, it is JSON in lines.
-- @tparam table session
-- @tparam string command
-- @tparam integer at its byte in the statement
-- @tparam boolean is_words whether what is written is words all the same
-- @tparam function f
function M.run(session, command, at, is_words, f)
  if not command:find "%S" then mistake.raise(at, "expected a command of the shell after |") end
  local printer = session.printer
  local format, color = printer.format, printer.color
  printer:flush()
  local pipe = assert(io.popen(EATEN:format(shell.quoted(command)), "w"))
  printer.format, printer.color = format == "table" and not is_words and "jsonl" or format, false
  local ok, problem = pcall(printer.into, printer, pipe, f)
  printer.format, printer.color = format, color
  pipe:close()
  if not ok and problem ~= printers.CLOSED then error(problem, 0) end
end

return M
