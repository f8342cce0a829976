-- SPDX-License-Identifier: MIT
-- The verb undo. What a verb is: see dynamo.prompt.item_verbs.
local changes = require "dynamo.prompt.changes"
local key_parts = require "dynamo.prompt.key_parts"
local last_write = require "dynamo.prompt.last_write"
local mistake = require "dynamo.prompt.mistake"
local unchanged = require "dynamo.prompt.unchanged"

local M = {}

M.undo = {
  usage = "undo",
  help = "Writes back what the last write of one item replaced, if the item is unchanged since.",
  writes = true,
  brackets = "values",
  explains = false,
}

-- Returns the last write, which can be taken back; raises why not.
local function undoable(session)
  local written = session.written
  if not written then mistake.raise(1, "nothing was written by a verb yet") end
  if written.why then mistake.refuse("refused: " .. written.why) end
  written.new = last_write.new_item(written)
  if not written.new then
    mistake.refuse(
      ("refused: what came of %s was not read, so nobody knows whether it is unchanged"):format(
        written.text
      )
    )
  end
  return written
end

function M.undo.parse(session, reader)
  reader:finish "the end"
  if session.transaction then
    reader:fail("a transaction is open: rollback forgets its writes", 1)
  end
  return undoable(session)
end

-- Says what is about to be done.
local function announce(session, written)
  local printer = session.printer
  printer:say("undoes: " .. written.text)
  if not session.tells_changes then return end
  local keys, columns = written.record.keys, printer.columns
  for _, line in ipairs(changes.lines(written.new, written.old, keys, columns)) do
    printer:say(line)
  end
end

-- Returns what undoing a write is: a deletion, a creation, a restoration; nil where nothing differs.
local function word_of(written)
  if not unchanged.differing(written.old, written.new)[1] then return nil end
  if next(written.old) == nil then return "deleted" end
  return next(written.new) == nil and "created" or "restored"
end

function M.undo.run(session, written)
  local word, record, key = word_of(written), written.record, written.key
  if not word then return session.printer:say "the last write changed nothing" end
  announce(session, written)
  unchanged.write(session, record, key, written.new, written.old)
  last_write.note(session, record, key, written.new, written.old)
  session.printer:say(("%s: %s %s"):format(word, record.name, key_parts.text(record.keys, key)))
end

return M
