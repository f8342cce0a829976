-- SPDX-License-Identifier: MIT
-- The verbs about tables and about the prompt itself: use tables desc drop explain again help. What a
-- verb is: see dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local catalogue = require "dynamo.prompt.catalogue"
local cells = require "dynamo.prompt.cells"
local examples = require "dynamo.prompt.examples"
local guess = require "dynamo.prompt.guess"
local key_text = require "dynamo.prompt.key_text"
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Takes the name of a table; returns it and its byte; nil if none comes.
local function read_table(reader)
  local name, at = key_text.read_name(reader)
  reader:finish "the end"
  return name, at
end

-- Returns the record of a table, fresh; raises a mistake with the nearest name if there is none.
local function record_of(session, name, at)
  local ok, record = pcall(catalogue.record, session.catalogue, name, true)
  if ok then return record end
  local is_missing = mistake.is_failure(record) and record.err.code == "ResourceNotFoundException"
  if not is_missing then error(record, 0) end
  local names = catalogue.names(session.catalogue) or {}
  mistake.raise(at, ('there is no table "%s"%s'):format(name, guess.hint(name, names)))
end

-- Returns "userId (S), at (N)".
local function key_words(keys)
  local parts = {}
  for i, key in ipairs(keys) do
    parts[i] = ("%s (%s)"):format(key.name, key.kind)
  end
  return table.concat(parts, ", ")
end

local function index_words(record)
  local names, parts = {}, {}
  for name in next, record.indexes do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    parts[i] = ("index %s: %s"):format(name, key_words(record.indexes[name].keys))
  end
  return parts
end

-- ---- tables ----------------------------------------------------------------------------------

M.use =
  { usage = "use TABLE", help = "The verbs that follow are about this table.", brackets = "values" }

function M.use.parse(_, reader)
  local name, at = read_table(reader)
  if not name then reader:fail "expected the name of a table, got the end" end
  return { name = name, at = at }
end

function M.use.run(session, asked)
  local record = record_of(session, asked.name, asked.at)
  session.record, session.table_name = record, record.name
  local count = record.description.ItemCount or 0
  local parts = { key_words(record.keys) }
  for _, words in ipairs(index_words(record)) do
    parts[#parts + 1] = words
  end
  parts[#parts + 1] = "about " .. cells.counted(count, "item")
  session.printer:say(("%s: %s"):format(record.name, table.concat(parts, "; ")))
end

M.tables = { usage = "tables", help = "Lists the tables.", brackets = "values" }

function M.tables.parse(_, reader)
  reader:finish "the end"
  return {}
end

function M.tables.run(session)
  local names, message, err = catalogue.names(session.catalogue)
  if not names then mistake.fail(message, err) end
  session.printer:names(names)
  if not names[1] then session.printer:say "there are no tables: create TABLE KEY:S" end
end

M.desc = { usage = "desc [TABLE]", help = "Describes a table.", brackets = "values" }

function M.desc.parse(session, reader)
  local name, at = read_table(reader)
  return { name = name or session:in_use(reader).name, at = at or reader.at }
end

function M.desc.run(session, asked)
  local record = record_of(session, asked.name, asked.at)
  session.printer:item(record.description)
end

M.drop = {
  usage = "drop TABLE",
  help = "Deletes a table with all of its items. It asks first.",
  writes = true,
  brackets = "values",
}

function M.drop.parse(_, reader)
  local name, at = read_table(reader)
  if not name then reader:fail "expected the name of a table, got the end" end
  return { name = name, at = at }
end

function M.drop.run(session, asked)
  local record = record_of(session, asked.name, asked.at)
  local count = cells.counted(record.description.ItemCount or 0, "item")
  local what = ("delete the table %s with about %s"):format(record.name, count)
  session:confirm(what, record.name)
  local done, message, err = session.db:delete_table { TableName = record.name }
  if not done then mistake.fail(message, err) end
  catalogue.forget(session.catalogue, record.name)
  if session.table_name == record.name then
    session.record, session.table_name = nil, nil
  end
  session.printer:say("deleted: table " .. record.name)
end

-- ---- the prompt itself -----------------------------------------------------------------------

M.explain = {
  usage = "explain VERB ...",
  help = "Shows the request of a verb, and sends nothing.",
  brackets = "values",
}

function M.explain.parse(session, reader)
  local word, at = reader:match "^%a+"
  local verb = word and session.verbs[word]
  if not (verb and verb.explains ~= false and verb.parse) then
    local known = session:explainable()
    local hint = word and guess.hint(word, known) or ""
    reader:fail(
      ("expected a verb that sends a request about items, got %s%s"):format(
        word and ('"%s"'):format(word) or reader:coming(),
        hint
      ),
      at
    )
  end
  local inner = verb.parse(session, reader)
  if not inner.method then reader:fail(("%s has no request to show"):format(word), at) end
  return { inner = inner }
end

function M.explain.run(session, asked)
  session.printer:request(asks.explain(asked.inner, session.text))
end

M.again = { usage = "again [N]", help = "Does the last verb again, N times.", brackets = "values" }

function M.again.parse(session, reader)
  local digits, at = reader:match "^%d+"
  reader:finish "a number or the end"
  local count = tonumber(digits or 1)
  if count < 1 or count > 10000 then reader:fail("expected 1 to 10000", at) end
  if not session.last then reader:fail("there is no verb yet to do again", 1) end
  return { count = count }
end

function M.again.run(session, asked)
  if session.last.is_unknown then session:confirm "do again what may have happened already" end
  for _ = 1, asked.count do
    session:perform(session.last.text)
  end
end

M.help =
  { usage = "help [VERB]", help = "Says what a verb does.", brackets = "values", speaks = true }

function M.help.parse(session, reader)
  local word, at = reader:word()
  reader:finish "the end"
  if word and not session.verbs[word] then
    reader:fail(('no verb "%s"%s'):format(word, guess.hint(word, session:verb_names())), at)
  end
  return { word = word }
end

-- Returns the lines of help: of one verb, or of all.
local function help_lines(session, word)
  local verbs, lines = session.verbs, {}
  if word then
    lines[1], lines[2] = verbs[word].usage, "  " .. verbs[word].help
    for i, statement in ipairs(examples[word] or {}) do
      lines[i + 2] = "    " .. statement
    end
    return lines
  end
  for _, name in ipairs(session:verb_names()) do
    lines[#lines + 1] = verbs[name].usage
    lines[#lines + 1] = "    " .. verbs[name].help
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] =
    "All else is Lua, with dynamo, db and every table by name; tables[name] has the others."
  return lines
end

function M.help.run(session, asked)
  for _, line in ipairs(help_lines(session, asked.word)) do
    session.printer:say(line)
  end
end

for _, name in ipairs { "use", "tables", "desc", "drop", "explain", "again", "help" } do
  M[name].explains = false
end

return M
