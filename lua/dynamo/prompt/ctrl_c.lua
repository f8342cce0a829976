-- SPDX-License-Identifier: MIT
-- Ctrl-C outside of a call: the interpreter raises "interrupted!" where the program is.
local M = {}

--- Makes the next Ctrl-C raise, too: the interpreters' own handlers leave that to the system, which ends the
-- program. Without dynamo.line nothing can be done about it.
function M.rearm()
  local ok, line = pcall(require, "dynamo.line")
  if ok then line.rearm() end
end

--- Whether something raised is Ctrl-C.
function M.is_one(problem)
  return type(problem) == "string" and problem:find "interrupted!$" ~= nil
end

return M
