-- SPDX-License-Identifier: MIT
-- The verb create: a table. What a verb is: see dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local catalogue = require "dynamo.prompt.catalogue"
local clauses = require "dynamo.prompt.clauses"
local guess = require "dynamo.prompt.guess"
local key_text = require "dynamo.prompt.key_text"
local mistake = require "dynamo.prompt.mistake"
local readers = require "dynamo.prompt.reader"
local value_text = require "dynamo.prompt.value_text"

local M = {}

M.create = {
  usage = "create TABLE KEY:S|N|B [SORT KEY:S|N|B] [INDEX NAME KEY:S [SORT KEY:S] [ONLY NAMES]] "
    .. "[LOCAL NAME SORT KEY:S [ONLY NAMES]] [STREAM [both|new|old|keys]] [TTL ATTRIBUTE] "
    .. "[CAPACITY READ WRITE] | create TABLE {...}",
  help = "Makes a table, shows the request, and waits until the table is there.",
  writes = true,
  brackets = "values",
}

local WORDS =
  { INDEX = true, LOCAL = true, ONLY = true, STREAM = true, TTL = true, CAPACITY = true }
local KINDS = { S = true, N = true, B = true }

-- Takes a key attribute with its type: userId:S, or "user id":S; returns it as { name = kind }, and its byte.
local function read_key(reader)
  local text, at = key_text.read_name(reader)
  local name, kind = (text or ""):match "^(.+):(%a+)$"
  if not name then
    name, kind = text, reader.text:match("^:(%a+)", reader.at)
    reader.at = reader.at + (kind and 1 + #kind or 0)
  end
  if not name or not KINDS[kind or ""] then
    reader:fail("expected a key attribute with its type, such as userId:S, N or B", at)
  end
  return { [name] = kind }, at
end

-- Takes the key attributes of a table or an index, the partition key first, at most `most`; returns them as
-- table:create has them, { { name = kind }, ... }.
local function read_keys(reader, most)
  local keys = {}
  while not reader:is_done() do
    local key, at = read_key(reader)
    if #keys == most then
      reader:fail("there are key attributes enough: the next is a word in capitals", at)
    end
    keys[#keys + 1] = key
  end
  return keys
end

-- Takes a name at the beginning of a clause.
local function read_name(reader, what)
  local name = key_text.read_name(reader)
  if not name then reader:fail(("expected %s, got %s"):format(what, reader:coming())) end
  return name
end

-- Adds an index, to which an ONLY that follows belongs.
local function add_index(state, reader, name, index)
  if state.what.indexes[name] then reader:fail(("index %s is written twice"):format(name)) end
  state.what.indexes[name], state.index = index, index
end

local CLAUSES = {}

function CLAUSES.INDEX(state, reader)
  local name = read_name(reader, "the name of an index")
  local keys = read_keys(reader, 2)
  if not keys[1] then reader:fail "expected the partition key of the index, such as email:S" end
  add_index(state, reader, name, { partition_key = keys[1], sort_key = keys[2] })
end

function CLAUSES.LOCAL(state, reader)
  local name = read_name(reader, "the name of an index")
  local keys = read_keys(reader, 1)
  if not keys[1] then reader:fail "expected the sort key of the index, such as total:N" end
  add_index(state, reader, name, { sort_key = keys[1] })
end

function CLAUSES.ONLY(state, reader, part)
  if not state.index then reader:fail("ONLY belongs to an INDEX or a LOCAL before it", part.at) end
  local names = {}
  repeat
    local name = reader:match "^[^%s,\"']+" or read_name(reader, "the name of an attribute")
    names[#names + 1] = name
  until not reader:take ","
  local is_keys = #names == 1 and names[1] == "KEYS"
  state.index.projection = is_keys and "KEYS_ONLY" or names
  state.index = nil
end

local VIEWS =
  { both = "NEW_AND_OLD_IMAGES", new = "NEW_IMAGE", old = "OLD_IMAGE", keys = "KEYS_ONLY" }

function CLAUSES.STREAM(state, reader)
  local word, at = reader:word()
  local view = VIEWS[word or "both"]
  if not view then
    local hint = guess.hint(word, { "both", "new", "old", "keys" })
    reader:fail("STREAM takes both, new, old or keys" .. hint, at)
  end
  state.what.stream_specification = { StreamEnabled = true, StreamViewType = view }
end

function CLAUSES.TTL(state, reader)
  state.what.ttl = read_name(reader, "the attribute that says when an item expires")
end

function CLAUSES.CAPACITY(state, reader)
  local units = {}
  for i = 1, 2 do
    units[i] = tonumber(reader:match "^%d+%f[^%w]" or "")
    if not units[i] then reader:fail "CAPACITY takes the units of reads and of writes: 5 5" end
  end
  state.what.billing = { read = units[1], write = units[2] }
end

-- Returns a reader of a part of a statement: it ends with that.
local function reader_of(reader, part)
  return readers.new(reader.text:sub(1, part.past - 1), part.from)
end

-- Takes the clauses; returns what table:create takes.
local function read_clauses(reader)
  local parts = clauses.split(reader, WORDS)
  local first = reader_of(reader, parts[1])
  local keys = read_keys(first, 2)
  if not keys[1] then first:fail "expected the partition key, such as userId:S" end
  local state = { what = { partition_key = keys[1], sort_key = keys[2], indexes = {} } }
  local seen = {}
  for i = 2, #parts do
    local part = parts[i]
    local is_once = part.word == "STREAM" or part.word == "TTL" or part.word == "CAPACITY"
    if is_once and seen[part.word] then reader:fail(part.word .. " is written twice", part.at) end
    seen[part.word] = true
    local own = reader_of(reader, part)
    CLAUSES[part.word](state, own, part)
    own:finish "the next clause"
  end
  if next(state.what.indexes) == nil then state.what.indexes = nil end
  return state.what
end

function M.create.parse(session, reader)
  local name, at = key_text.read_name(reader)
  if not name then reader:fail("expected the name of a table, got " .. reader:coming()) end
  local what
  local what_at = reader:peek() and reader.at
  if reader:peek() == "{" then
    what = value_text.read_item(reader)
    reader:finish "the end"
  else
    what = read_clauses(reader)
  end
  local ok, noun = pcall(session.db.table, session.db, name)
  if not ok then reader:fail((tostring(noun):gsub("^[^:]*:%d+: ", ""):gsub("\n.*$", "")), at) end
  local record = { name = name, noun = noun, keys = {} }
  return asks.new("create", record, { options = what, at = what_at })
end

-- Raises what creating failed with.
local function fail(problem)
  if mistake.is_failure(problem) and problem.err.created then
    problem.message = "the table was made, but then: " .. problem.message
  end
  error(problem, 0)
end

function M.create.run(session, asked)
  local printer, name = session.printer, asked.record.name
  if printer.format == "table" then
    printer:request(asks.explain(asked, session.text))
    printer:flush()
  end
  asked.options.progress = session.world.progress "create"
  local ok, problem = pcall(session.call, session, asked)
  catalogue.forget(session.catalogue, name)
  if session.table_name == name then session.record = nil end
  if not ok then fail(problem) end
  printer:say("created: table " .. name)
end

return M
