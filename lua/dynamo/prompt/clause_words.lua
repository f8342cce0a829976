-- SPDX-License-Identifier: MIT
-- The clauses behind what a verb is about, each a word in capitals and what belongs to it: WHERE, LIMIT.
local clauses = require "dynamo.prompt.clauses"
local guess = require "dynamo.prompt.guess"
local key_text = require "dynamo.prompt.key_text"
local readers = require "dynamo.prompt.reader"

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

-- Takes what belongs to a clause as one word, bare or quoted.
local function word_of(reader, part, what)
  local own = readers.new(reader.text:sub(1, part.past - 1), part.from)
  local word = key_text.read_name(own)
  if not word or not own:is_done() then
    reader:fail(
      ("%s takes %s, quoted if it has blanks or brackets in it"):format(part.word, what),
      part.from
    )
  end
  return word
end

-- Defines a clause that takes a whole number, and the option that it is.
local function define_count(word, option, what, most)
  CLAUSES[word] = function(reader, part, options)
    local count = part.text:match "^%d+$" and tonumber(part.text)
    if not count or count < 1 or count > most then
      reader:fail(("%s takes %s, 1 to %d"):format(word, what, most), part.from)
    end
    options[option] = count
  end
end

-- Defines a clause that takes a word, and the option that it is.
local function define_word(word, option, what)
  CLAUSES[word] = function(reader, part, options)
    options[option] = word_of(reader, part, what)
  end
end

define_count("SEGMENTS", "segments", "how many parts are read side by side", 1000)
define_count("IN_FLIGHT", "in_flight", "how many requests are under way at most", 1000)
define_count("PAGE", "page_size", "how many items are read at once", 1000)
define_word("REJECTS", "rejects", "the name of a file")
define_word("REGION", "region", "a region")
define_word("ENDPOINT", "endpoint", "a URL")

function CLAUSES.RATE(reader, part, options)
  local rate = tonumber(part.text)
  if not (rate and rate > 0 and rate < math.huge) then
    reader:fail("RATE takes a number of capacity units a second, above 0", part.from)
  end
  options.rate_limit = rate
end

local PLACES = { "latest", "start" }

-- A checkpoint begins with its kind, see docs/streams.md.
function CLAUSES.FROM(reader, part, options, places)
  local word = word_of(reader, part, "latest, start or a checkpoint")
  if word ~= "latest" and word ~= "start" and not word:find "^changes1%." then
    local hint = guess.hint(word, PLACES)
    reader:fail(("FROM takes latest, start or a checkpoint%s"):format(hint), part.from)
  end
  options.from, places.from = word, part.from
end

function CLAUSES.WAIT(reader, part, options)
  local seconds = tonumber(part.text)
  if not (seconds and seconds >= 0 and seconds < math.huge) then
    reader:fail("WAIT takes a number of seconds", part.from)
  end
  options.wait = seconds
end

function CLAUSES.RESUME(reader, part, options)
  options.resume = part.text == "" or word_of(reader, part, "the name of a file")
end

local FORMATS = { "csv", "dynamodb-json", "jsonl" }

function CLAUSES.FORMAT(reader, part, options)
  local word = word_of(reader, part, "csv, dynamodb-json or jsonl")
  for _, known in ipairs(FORMATS) do
    if word == known then options.format = word end
  end
  if not options.format then
    local hint = guess.hint(word, FORMATS)
    reader:fail(("no format %q, but csv, dynamodb-json and jsonl%s"):format(word, hint), part.from)
  end
end

-- Clauses to which nothing belongs, and those to which something may.
local BARE, MAY_BE_BARE = { DESC = true, CONSISTENT = true }, { RESUME = true }

-- What may stand behind every verb that reads, or is a mistake that can be told.
local COMMON = { "CONSISTENT", "DESC", "LIMIT", "ONLY", "WHERE" }
local IS_COMMON = {}
for _, word in ipairs(COMMON) do
  IS_COMMON[word] = true
end

--- Returns the clauses that a verb has, for M.read: word -> true; text, their names; words, those at which
-- the statement is parted; own, those that not every verb that reads has.
function M.allowed(...)
  local allowed, words = { text = table.concat({ ... }, ", "), own = {} }, {}
  for _, word in ipairs(COMMON) do
    words[word] = true
  end
  for _, word in ipairs { ... } do
    allowed[word], words[word] = true, true
    if not IS_COMMON[word] then allowed.own[word] = true end
  end
  allowed.words = words
  return allowed
end

--- Whether what comes is the end, or the word of a clause of verbs that read.
function M.is_next(reader)
  if reader:is_done() then return true end
  return IS_COMMON[reader.text:match("^%u+%f[^%w_]", reader.at) or ""] ~= nil
end

-- Raises where a clause may not stand, or lacks something or has too much.
local function judge(reader, part, allowed, seen)
  if not allowed[part.word] then
    reader:fail(part.word .. " has no meaning here", part.at)
  elseif seen[part.word] then
    reader:fail(part.word .. " is written twice", part.at)
  elseif BARE[part.word] and part.text ~= "" then
    reader:fail(("expected %s or the end"):format(allowed.text), part.from)
  elseif not (BARE[part.word] or MAY_BE_BARE[part.word]) and part.text == "" then
    reader:fail(("expected something after %s"):format(part.word), part.from)
  end
end

-- Returns the words of a verb's clauses as a sorted list.
local function words_of(allowed)
  local list = {}
  for word in next, allowed.words do
    list[#list + 1] = word
  end
  table.sort(list)
  return list
end

--- Takes the clauses at the end of a statement; returns where their expressions stand, by option.
-- @tparam table reader
-- @tparam table options what they say goes there
-- @tparam table allowed of M.allowed
function M.read(reader, options, allowed)
  local parts, places, seen = clauses.split(reader, allowed.words), {}, {}
  if parts[1].text ~= "" then
    local word = parts[1].text:match "^%S+"
    local hint = guess.hint(word, words_of(allowed))
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
