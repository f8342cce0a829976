-- SPDX-License-Identifier: MIT
-- The folders of the command in the user's own: https://specifications.freedesktop.org/basedir-spec/latest/
local shell = require "dynamo.prompt.shell"

local M = {}

--- Returns the path of a folder, which may not be there; nil where there is no home.
-- @tparam function getenv
-- @tparam string variable such as "XDG_STATE_HOME"
-- @tparam string beneath where it is without the variable, below the home: ".local/state"
function M.path(getenv, variable, beneath)
  local base, home = getenv(variable), getenv "HOME"
  if not base or base == "" then base = home and home ~= "" and home .. "/" .. beneath end
  return base and base .. "/dynamo" or nil
end

--- Makes a folder unless it is there, of mode 0700; returns whether it is there.
function M.make(path)
  return shell.succeeds(("mkdir -p -m 700 -- %s 2>/dev/null"):format(shell.quoted(path)))
end

return M
