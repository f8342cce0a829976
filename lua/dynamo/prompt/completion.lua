-- SPDX-License-Identifier: MIT
-- The words that Tab completes, by place: a list of place and word by turns, see csrc/line/line.c.
local saved_file = require "dynamo.prompt.saved_file"

local M = {}

local KEYWORDS = {
  "ADD",
  "AND",
  "BETWEEN",
  "CONSISTENT",
  "DELETE",
  "DESC",
  "IF",
  "IN",
  "INDEX",
  "LIMIT",
  "NOT",
  "ONLY",
  "OR",
  "REMOVE",
  "SET",
  "WHERE",
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "if_not_exists",
  "list_append",
  "size",
  "dynamo.binary",
  "dynamo.list",
  "dynamo.null",
  "dynamo.number",
  "dynamo.set",
}
local OF_TABLES = { "use", "desc", "drop", "copy" }
local OF_SAVED = { "run", "saved", "forget" }
local OF_VERBS = { "help", "explain" }

local function sorted(set)
  local names = {}
  for name in next, set do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Adds the names of what the table in use has: keys, indexes, attributes that were seen.
local function add_attributes(session, names)
  local record = session.record
  for name in next, session.printer.seen do
    names[name] = true
  end
  for _, key in ipairs(record and record.keys or {}) do
    names[key.name] = true
  end
  for name in next, record and record.indexes or {} do
    names[name] = true
  end
end

-- Returns the names of files here that need no quotes.
local function files_of(session)
  local names = {}
  for _, name in ipairs(session.world.files()) do
    if not name:find "[%s\"'`(){}%[%]]" then names[#names + 1] = name end
  end
  return names
end

-- Adds what verbs take beyond the rest: clauses of their own, files.
local function add_of_verbs(session, add)
  local files
  for _, name in ipairs(session:verb_names()) do
    local verb = session.verbs[name]
    if verb.clauses then add(name, sorted(verb.clauses.own)) end
    if verb.takes_file then
      files = files or files_of(session)
      add(name, files)
    end
  end
end

--- Returns the words for a session as it is now.
function M.words(session)
  local list, tables = {}, session.catalogue.names or {}
  local function add(place, words)
    for _, word in ipairs(words) do
      list[#list + 1] = place
      list[#list + 1] = word
    end
  end
  local names = {}
  add_attributes(session, names)
  add("", session:verb_names())
  add("", tables)
  for _, verb in ipairs(OF_TABLES) do
    add(verb, tables)
  end
  for _, verb in ipairs(OF_VERBS) do
    add(verb, session:verb_names())
  end
  local ok, statements = pcall(saved_file.read, session)
  for _, verb in ipairs(ok and OF_SAVED or {}) do
    add(verb, sorted(statements))
  end
  add_of_verbs(session, add)
  add("*", sorted(names))
  add("*", KEYWORDS)
  return list
end

return M
