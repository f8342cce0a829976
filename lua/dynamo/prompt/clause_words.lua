-- SPDX-License-Identifier: MIT
-- The clauses behind what a verb is about, each a word in capitals and what belongs to it: WHERE, LIMIT.
local clauses = require "dynamo.prompt.clauses"
local guess = require "dynamo.prompt.guess"
local key_text = require "dynamo.prompt.key_text"

local M = {}

local CLAUSES = {}

function CLAUSES.WHERE(_, part, options, places)
  options.filter, places.filter = part.text, part.from
end

function CLAUSES.ONLY(_, part, options, places)
  options.projection, places.projection = part.text, part.from
end

function CLAUSES.LIMIT(reader, part, options)
  local limit = part.text:match "^%d+$" and tonumber(part.text)
  if not limit or limit < 1 or limit > 2 ^ 31 then
    reader:fail("LIMIT takes a number of items, at least 1", part.from)
  end
  options.limit = limit
end

function CLAUSES.DESC(_, _, options)
  options.descending = true
end

function CLAUSES.CONSISTENT(_, _, options)
  options.consistent_read = true
end

-- Clauses to which nothing belongs.
local BARE = { DESC = true, CONSISTENT = true }

local WORDS, WORD_LIST = {}, {}
for word in next, CLAUSES do
  WORDS[word], WORD_LIST[#WORD_LIST + 1] = true, word
end
table.sort(WORD_LIST)

--- Returns the set of clauses that a verb has, for M.read.
function M.allowed(...)
  local allowed = { text = table.concat({ ... }, ", ") }
  for _, word in ipairs { ... } do
    allowed[word] = true
  end
  return allowed
end

--- Whether what comes is the end, or the word of a clause.
function M.is_next(reader)
  if reader:is_done() then return true end
  return WORDS[reader.text:match("^%u+%f[^%w_]", reader.at) or ""] ~= nil
end

-- Raises where a clause may not stand, or lacks something or has too much.
local function judge(reader, part, allowed, seen)
  if not allowed[part.word] then
    reader:fail(part.word .. " has no meaning here", part.at)
  elseif seen[part.word] then
    reader:fail(part.word .. " is written twice", part.at)
  elseif BARE[part.word] and part.text ~= "" then
    reader:fail(("expected %s or the end"):format(allowed.text), part.from)
  elseif not BARE[part.word] and part.text == "" then
    reader:fail(("expected something after %s"):format(part.word), part.from)
  end
end

--- Takes the clauses at the end of a statement; returns where their expressions stand, by option.
-- @tparam table reader
-- @tparam table options what they say goes there
-- @tparam table allowed of M.allowed
function M.read(reader, options, allowed)
  local parts, places, seen = clauses.split(reader, WORDS), {}, {}
  if parts[1].text ~= "" then
    local word = parts[1].text:match "^%S+"
    local hint = guess.hint(word, WORD_LIST)
    reader:fail(
      ("expected %s or the end, got %q%s"):format(allowed.text, word, hint),
      parts[1].from
    )
  end
  for i = 2, #parts do
    local part = parts[i]
    judge(reader, part, allowed, seen)
    seen[part.word] = true
    CLAUSES[part.word](reader, part, options, places)
  end
  return places
end

--- Takes INDEX NAME; returns the index's record, and its name, nil for none.
function M.read_index(reader, record)
  if not reader:keyword "INDEX" then return nil end
  local name, at = key_text.read_name(reader)
  if not name then reader:fail("expected the name of an index, got " .. reader:coming()) end
  local index, names = record.indexes[name], {}
  for known in next, record.indexes do
    names[#names + 1] = known
  end
  table.sort(names)
  if not index then
    reader:fail(("%s has no index %s%s"):format(record.name, name, guess.hint(name, names)), at)
  end
  return index, name
end

return M
