-- SPDX-License-Identifier: MIT
-- What the shell's own tools say of the terminal.
local shell = require "dynamo.prompt.shell"

local M = {}

--- Whether standard input (0), output (1) or error (2) is a terminal.
function M.is_terminal(descriptor)
  return shell.succeeds(("[ -t %d ]"):format(descriptor))
end

--- Returns the columns of the terminal; nil if there is none to ask.
function M.columns()
  local pipe = io.popen "stty size 2>/dev/null </dev/tty"
  if not pipe then return nil end
  local said = pipe:read "*a"
  pipe:close()
  local columns = tonumber(said:match "^%d+ (%d+)")
  return columns and columns > 0 and columns or nil
end

return M
