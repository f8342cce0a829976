-- SPDX-License-Identifier: MIT
-- What is asked before many items are written into a table.
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Whether a table has items.
local function has_items(noun)
  local result = noun:scan { limit = 1, consistent_read = true }
  local item, message, err = result:first()
  if item == nil and message then mistake.fail(message, err) end
  return item ~= nil
end

--- Raises unless it may be done: who can be asked is asked always; else a table that has items needs
-- --yes.
-- @tparam table session
-- @tparam table noun of the table that is written to
-- @tparam string what such as "write 5 lines of x into Users"
function M.ask(session, noun, what)
  if session.yes then return end
  local has = has_items(noun)
  if not has and not session.ask then return end
  local more = has and ", which has items: those with the same keys are replaced" or ""
  session:confirm(what .. more)
end

return M
