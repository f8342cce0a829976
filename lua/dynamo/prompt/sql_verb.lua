-- SPDX-License-Identifier: MIT
-- The verb sql: PartiQL. What a verb is: see dynamo.prompt.item_verbs.
local cells = require "dynamo.prompt.cells"
local last_write = require "dynamo.prompt.last_write"
local mistake = require "dynamo.prompt.mistake"

local M = {}

M.sql = {
  usage = "sql STATEMENT",
  help = "Runs a statement of PartiQL: sql SELECT * FROM Users WHERE userId = '123'",
  brackets = "expression",
  explains = false,
}

-- Raises where a statement has a ? outside of quotes: there is no value for it.
local function refuse_placeholder(reader, text, at)
  local function blank(quoted)
    return (" "):rep(#quoted)
  end
  local place = text:gsub("'[^']*'", blank):gsub('"[^"]*"', blank):find("?", 1, true)
  if place then
    reader:fail("there is no value for a ?: write it where it stands", at + place - 1)
  end
end

function M.sql.parse(session, reader)
  local word = reader:peek() and reader.text:match("^%a*", reader.at)
  local at, text = reader.at, reader.text:sub(reader.at):gsub("%s+$", "")
  if text == "" then reader:fail "expected a statement of PartiQL, got the end" end
  refuse_placeholder(reader, text, at)
  local is_read = word:upper() == "SELECT"
  if session.read_only and not is_read then
    mistake.refuse "refused: this session is read-only (--read-only), nothing was sent"
  elseif session.transaction then
    reader:fail("a statement of PartiQL cannot wait for commit; commit or rollback first", 1)
  end
  return { text = text:gsub("\n", " "), at = at, is_read = is_read }
end

-- Runs a statement; returns its result. What it lacks, such as values for ?, is a mistake.
local function execute(session, asked)
  local options = { return_consumed_capacity = session.timing and "TOTAL" or nil }
  local function judged(ok, result, message, err)
    if not ok then
      mistake.raise(asked.at, (tostring(result):gsub("^db:execute: ", ""):gsub("\n.*$", "")))
    end
    if not result then mistake.fail(message, err) end
    return result
  end
  return judged(pcall(session.db.execute, session.db, asked.text, options))
end

-- Returns an iterator over what a statement gave.
local function items_of(result)
  return function()
    local item, message, err = result:next()
    if item == nil and message then mistake.fail(message, err) end
    return item
  end
end

function M.sql.run(session, asked)
  local next_item = items_of(execute(session, asked))
  if asked.is_read then
    local count = session.printer:items(next_item)
    return session.printer:say(session.printer:dim(cells.counted(count, "item")))
  end
  last_write.forget(session, "the last write was a statement of PartiQL, which tells no old item")
  local first = next_item()
  if first then session.printer:item(first) end
  session.printer:say "done"
end

return M
