-- SPDX-License-Identifier: MIT
-- Specs of time-outs that hold on any machine. A short time-out tells nothing where the other side
-- had no processor yet to do its part; a long one makes a spec slow everywhere. So a spec tries a
-- short one first, and longer ones only where it did not see what it should. What is wrong in the
-- library is wrong with each of them.
local M = {}

M.SECONDS = { 0.1, 0.4, 1.6, 6.4 }

--- Longer than any patience, in a spec that would hang: nothing measured is ever near it.
M.HANG = 15

--- Calls body(seconds) with ever more patience, until it does not raise, and returns true; raises what
-- the last one raised.
function M.grow(body)
  local ok, problem
  for _, seconds in ipairs(M.SECONDS) do
    ok, problem = pcall(body, seconds)
    if ok then return true end
  end
  error(problem, 0)
end

return M
