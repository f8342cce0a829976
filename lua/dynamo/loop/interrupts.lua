-- SPDX-License-Identifier: MIT
-- What becomes of Ctrl-C while something waits. The first SIGINT ends the waits, and no more: the
-- calls say so. A program that goes on regardless could never be ended, so each later one goes to its
-- own handler, too; unless it was told by a canceller, which it has for that.
local M = { hand_on = false } -- to the program's handler, the next time

--- Notes that SIGINT has ended a wait.
function M.note()
  M.hand_on = true
end

--- Notes that the program was told.
function M.settle()
  M.hand_on = false
end

return M
