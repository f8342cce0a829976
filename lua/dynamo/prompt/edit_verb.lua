-- SPDX-License-Identifier: MIT
-- The verb edit: an item in the editor of whoever sits there. What a verb is: see
-- dynamo.prompt.item_verbs.
local changes = require "dynamo.prompt.changes"
local dynamo = require "dynamo"
local edit_file = require "dynamo.prompt.edit_file"
local key_parts = require "dynamo.prompt.key_parts"
local last_write = require "dynamo.prompt.last_write"
local mistake = require "dynamo.prompt.mistake"
local readers = require "dynamo.prompt.reader"
local unchanged = require "dynamo.prompt.unchanged"
local value_text = require "dynamo.prompt.value_text"

local M = {}

M.edit = {
  usage = "edit KEY",
  help = "Opens an item in $VISUAL or $EDITOR, and writes what differs, if it is unchanged since.",
  writes = true,
  brackets = "values",
  explains = false,
}

function M.edit.parse(session, reader)
  local record = session:in_use(reader)
  local key = key_parts.read(reader, record.keys)
  reader:finish "the end"
  if session.transaction then
    reader:fail("what is edited cannot wait for commit; commit or rollback first", 1)
  end
  local text = key_parts.text(record.keys, key)
  return { record = record, key = key, name = ("%s %s"):format(record.name, text) }
end

-- Returns the item, nil for none.
local function fetch(session, asked)
  local options = { consistent_read = true }
  options.return_consumed_capacity = session.timing and "TOTAL" or nil
  local item, message, err = asked.record.noun:get(asked.key, options)
  if not item and message then mistake.fail(message, err) end
  return item
end

local OF_ITEM = [[
-- %s. What is saved is written, if the item is unchanged until then.
]]
local OF_NONE = [[
-- %s: there is no such item. What is saved is inserted.
]]
local REST = [[
-- Nothing is written where nothing differs, or where all is deleted.
]]

-- Returns what the editor is given.
local function text_of(asked, item)
  local title = (item and OF_ITEM or OF_NONE):format(asked.name:gsub("%c", " "))
  return title .. REST .. dynamo.show(item or asked.key) .. "\n"
end

-- Returns the byte behind the lines of comment at the beginning.
local function past_comment(text)
  local at = 1
  while text:find("^%s*%-%-", at) do
    at = text:match("^[^\n]*\n?()", text:match("^%s*()", at))
  end
  return at
end

-- Raises a mistake where the key is another one.
local function judge_key(reader, record, key, item, at)
  for _, part in ipairs(record.keys) do
    local value = item[part.name]
    if value == nil or not dynamo.equal(value, key[part.name]) then
      local text = "%s is in the key of the item, which stays: delete and insert for another key"
      reader:fail(text:format(part.name), at)
    end
  end
end

-- Returns the item that a text says; nil for none. Raises the mistake in it.
local function parse(session, asked, text)
  local reader = readers.new(text, past_comment(text), session.evaluate)
  if reader:is_done() then return nil end
  local item, at = value_text.read_item(reader)
  reader:finish "the end behind the item"
  local fine, message = dynamo.encode_item(item)
  if not fine then reader:fail((message:gsub("\n.*$", "")), at) end
  judge_key(reader, asked.record, asked.key, item, at)
  return item
end

-- Raises that nothing was sent; the text is kept.
local function keep(file, why)
  mistake.refuse(edit_file.kept(file, why .. ": nothing was sent", "; "))
end

-- Whether the editor is to be opened again.
local function wants_more(session)
  local answer = session.ask and session.ask "Edit it again? Type yes: "
  return answer == "yes"
end

-- Lets somebody edit; returns the item that is wanted, nil for none.
local function edited(session, asked, file)
  while true do
    if not edit_file.edit(session, file) then keep(file, "the editor failed") end
    local ok, result = pcall(parse, session, asked, file.text)
    if ok then return result end
    if not mistake.is(result) then error(result, 0) end
    local printer = session.printer
    printer:warn(printer:red(mistake.text(file.text, result)))
    if not wants_more(session) then keep(file, "it cannot be read") end
  end
end

-- Writes what differs, and says so.
local function write(session, asked, from, to)
  local printer, record = session.printer, asked.record
  if not to or not unchanged.differing(from or asked.key, to)[1] then
    return printer:say "nothing differs: nothing was sent"
  end
  local old = from or {}
  unchanged.write(session, record, asked.key, old, to)
  last_write.note(session, record, asked.key, old, to)
  printer:say(("%s: %s"):format(from and "updated" or "created", asked.name))
  local columns = session.tells_changes and printer.columns
  for _, line in ipairs(columns and changes.lines(old, to, record.keys, columns) or {}) do
    printer:say(line)
  end
end

-- Raises a failure, with where the text lies.
local function fail(problem, file)
  if mistake.is(problem) then error(problem, 0) end
  local is_failure = mistake.is_failure(problem)
  local message = is_failure and problem.message or tostring(problem)
  message = edit_file.kept(file, message, "\n")
  mistake.fail(message, is_failure and problem.err or nil, is_failure and problem.look or nil)
end

function M.edit.run(session, asked)
  local item = fetch(session, asked)
  local file = edit_file.new(session, "item.lua", text_of(asked, item))
  local ok, problem = pcall(function()
    write(session, asked, item, edited(session, asked, file))
  end)
  if not ok then fail(problem, file) end
  edit_file.remove(file)
end

return M
