-- SPDX-License-Identifier: MIT
-- What the last write by a verb replaced, for undo. It is session.written:
--   { text (the statement), record, key, old, new }   items, {} for none; what a verb asked for is one
--   { why }                                           why there is nothing to write back
local M = {}

-- Writes after which the item is what was given, and those that set the attributes which were given.
local WHOLE = { put = true, insert = true, replace = true }
local PARTIAL = { upsert = true, patch = true }

-- Returns an item with the attributes of another set.
local function merged(old, given)
  local item = {}
  for _, part in ipairs { old, given } do
    for name, value in next, part do
      item[name] = value
    end
  end
  return item
end

--- Returns the item after a write, {} for none, and whether no more than that was written by it; nil where it
-- is not known without reading it.
-- @tparam table written a write, or what a verb asked for, with old
function M.new_item(written)
  if written.new then return written.new, true end
  if WHOLE[written.method] then return written.item, true end
  if written.method == "delete" then return {}, true end
  if PARTIAL[written.method] then return merged(written.old, written.item), false end
end

--- Notes a write of one item that is done.
-- @tparam table session
-- @tparam table record of the table
-- @tparam table key
-- @tparam table old the item before, {} for none
-- @tparam table new the item after, {} for none
function M.note(session, record, key, old, new)
  session.written = { text = session.text, record = record, key = key, old = old, new = new }
end

--- Notes a write of one item that a verb asked for.
-- @tparam table session
-- @tparam table asked see dynamo.prompt.asked
-- @tparam table old the item before, {} for none
function M.note_asked(session, asked, old)
  asked.text, asked.old = session.text, old
  session.written = asked
end

--- Notes that the last write is none that could be taken back.
-- @tparam table session
-- @tparam string why
function M.forget(session, why)
  session.written = { why = why }
end

return M
