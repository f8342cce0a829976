-- SPDX-License-Identifier: MIT
-- The verb diff: two items side by side. What a verb is: see dynamo.prompt.item_verbs.
local catalogue = require "dynamo.prompt.catalogue"
local cells = require "dynamo.prompt.cells"
local clause_words = require "dynamo.prompt.clause_words"
local copy_target = require "dynamo.prompt.copy_target"
local item_difference = require "dynamo.prompt.item_difference"
local key_parts = require "dynamo.prompt.key_parts"
local mistake = require "dynamo.prompt.mistake"
local width = require "dynamo.prompt.width"

local M = {}

local LEAST = 12 -- columns of a value

M.diff = {
  usage = "diff KEY KEY | diff KEY [PROFILE:]TABLE [KEY] [REGION R] [ENDPOINT URL]",
  help = "Compares two items, of one table or of two, path by path.",
  brackets = "values",
  explains = false,
}

-- ---- the statement -------------------------------------------------------------------------------

-- Whether a bare word names a table. Where the tables are not to be known, it does not.
local function is_table(session, word)
  local ok, names = pcall(catalogue.known_names, session.catalogue)
  for _, name in ipairs(ok and names or {}) do
    if name == word then return true end
  end
  return false
end

-- Takes the table of the other item, { name, profile }, and its byte; nil where a key comes.
local function read_target(session, reader)
  reader:peek()
  local from = reader.at
  local word = reader:word()
  reader.at = from
  if not word then return nil end
  if word:find "^[^:]+:[^:]+$" or is_table(session, word) then return copy_target.read(reader) end
end

local CLAUSES = clause_words.allowed("REGION", "ENDPOINT")

-- Whether the word of a clause comes, or the end.
local function is_past_key(reader)
  if reader:is_done() then return true end
  return CLAUSES[reader.text:match("^%u+%f[^%w_]", reader.at) or ""] ~= nil
end

function M.diff.parse(session, reader)
  local record = session:in_use(reader)
  local asked = { record = record, key = key_parts.read(reader, record.keys), target = {} }
  if is_past_key(reader) and not reader:is_done() then
    asked.target, asked.at = { name = record.name }, reader.at
  elseif reader:is_done() then
    reader:fail "expected another key, Table or profile:Table, got the end"
  else
    local target, at = read_target(session, reader)
    asked.target, asked.at = target or { name = record.name }, at or reader.at
  end
  asked.other_key = asked.key
  if not is_past_key(reader) then asked.other_key = key_parts.read(reader, record.keys) end
  clause_words.read(reader, asked.target, CLAUSES)
  return asked
end

-- ---- reading -------------------------------------------------------------------------------------

-- Returns an item, {} for none.
local function fetch(session, record, key)
  local options = { consistent_read = true }
  options.return_consumed_capacity = session.timing and "TOTAL" or nil
  local item, message, err = record.noun:get(key, options)
  if not item and message then mistake.fail(message, err) end
  return item or {}
end

-- Returns the two items, and the name of the other table.
local function fetch_both(session, asked)
  local target = copy_target.connect(session, asked.target, asked.at)
  local ok, left, right = pcall(function()
    local problem = copy_target.key_mismatch(asked.record, target.record)
    if problem then mistake.raise(asked.at, problem) end
    return fetch(session, asked.record, asked.key), fetch(session, target.record, asked.other_key)
  end)
  target.close()
  if not ok then error(left, 0) end
  return left, right
end

-- ---- showing -------------------------------------------------------------------------------------

-- Returns the headings of the two items.
local function headings(asked)
  local keys, target = asked.record.keys, asked.target
  local place = target.profile or target.region or target.endpoint
  local name = (target.profile and target.profile .. ":" or "") .. target.name
  if place and not target.profile then name = ("%s (%s)"):format(name, place) end
  return ("%s %s"):format(asked.record.name, key_parts.text(keys, asked.key)),
    ("%s %s"):format(name, key_parts.text(keys, asked.other_key))
end

-- Returns the text of one side, cut to columns.
local function side(value, columns)
  return value == nil and "" or cells.text(value, columns)
end

-- Writes the rows as three columns: the path, and both sides.
local function write_table(printer, asked, rows)
  local left_title, right_title = headings(asked)
  local path_columns, left_columns = 0, width.of(left_title)
  for _, row in ipairs(rows) do
    path_columns = math.max(path_columns, width.of(row.path))
  end
  local half = math.max(LEAST, math.floor((printer.columns - path_columns - 4) / 2))
  for _, row in ipairs(rows) do
    row.shown = { side(row.left, half), side(row.right, half) }
    left_columns = math.max(left_columns, width.of(row.shown[1]))
  end
  local function line(path, left, right)
    local text = width.padded(path, path_columns) .. "  " .. width.padded(left, left_columns)
    return (text .. "  " .. right):gsub("%s+$", "")
  end
  printer:say(printer:dim(line("", left_title, right_title)))
  for _, row in ipairs(rows) do
    printer:say((line(row.path, row.shown[1], row.shown[2])))
  end
end

-- Writes the rows as data.
local function write_data(printer, rows)
  local at = 0
  printer:items(function()
    at = at + 1
    return rows[at]
  end)
end

-- Returns the rows, without the keys of two items that are both there.
local function rows_of(asked, left, right)
  local rows, kept, is_key = item_difference.rows(left, right, asked.record.keys), {}, {}
  if next(left) == nil or next(right) == nil then return rows end
  for _, key in ipairs(asked.record.keys) do
    is_key[item_difference.path(key.name)] = true
  end
  for _, row in ipairs(rows) do
    if not is_key[row.path] then kept[#kept + 1] = row end
  end
  return kept
end

function M.diff.run(session, asked)
  local left, right = fetch_both(session, asked)
  local rows, printer = rows_of(asked, left, right), session.printer
  if printer.format ~= "table" then
    write_data(printer, rows)
  elseif rows[1] then
    write_table(printer, asked, rows)
  end
  local none = next(left) == nil and next(right) == nil
  if none then return printer:say "there is neither of the two" end
  local words = rows[1] and cells.counted(#rows, "difference") or "nothing differs"
  printer:say(printer:dim(words))
end

return M
