-- SPDX-License-Identifier: MIT
-- The verbs about many items: query scan count. What a verb is: see dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local cells = require "dynamo.prompt.cells"
local clauses = require "dynamo.prompt.clauses"
local guess = require "dynamo.prompt.guess"
local key_text = require "dynamo.prompt.key_text"

local M = {}

-- A scan of more is asked about: 10 MB, some 1,280 read capacity units.
local LARGE_BYTES = 10 * 1024 * 1024
-- An eventually consistent read of so many bytes takes one unit:
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
local UNIT_BYTES = 8 * 1024

local WORDS = { WHERE = true, LIMIT = true, DESC = true, CONSISTENT = true, ONLY = true }
local WORD_LIST = { "CONSISTENT", "DESC", "LIMIT", "ONLY", "WHERE" }
local COMPARISONS = { ["<="] = true, [">="] = true, ["<"] = true, [">"] = true, ["="] = true }

-- ---- the key ---------------------------------------------------------------------------------

-- Takes INDEX NAME; returns the index's record, and its name, nil for none.
local function read_index(reader, record)
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

-- Whether what comes is the end, or the word of a clause.
local function is_clause_next(reader)
  if reader:is_done() then return true end
  return WORDS[reader.text:match("^%u+%f[^%w_]", reader.at) or ""] ~= nil
end

-- Takes a comparison of the sort key; returns its text with a ? for each value, and the values.
local function read_sort(reader, key)
  local function value()
    return (key_text.read(reader, key.name, key.kind))
  end
  local symbol = reader:match "^[<>=]+"
  if symbol and not COMPARISONS[symbol] then
    reader:fail(("expected = < <= > or >=, got %q"):format(symbol), reader.at - #symbol)
  elseif symbol then
    return "#sort " .. symbol .. " ?", { value() }
  elseif reader:match "^begins_with%f[^%w_]" then
    return "begins_with(#sort, ?)", { value() }
  elseif reader:keyword "BETWEEN" then
    local low = value()
    if not reader:keyword "AND" then reader:fail("expected AND, got " .. reader:coming()) end
    return "#sort BETWEEN ? AND ?", { low, value() }
  end
  return "#sort = ?", { value() }
end

-- Takes the key that is asked for; returns the condition, its values, its byte; the names of the key
-- attributes go into the options.
local function read_key(reader, keys, options)
  local value, at = key_text.read(reader, keys[1].name, keys[1].kind)
  local condition, values = "#partition = ?", { value }
  options.names = { ["#partition"] = keys[1].name }
  if keys[2] and not is_clause_next(reader) then
    local text, more = read_sort(reader, keys[2])
    condition = condition .. " AND " .. text
    options.names["#sort"] = keys[2].name
    for _, each in ipairs(more) do
      values[#values + 1] = each
    end
  end
  return condition, values, at
end

-- ---- clauses ---------------------------------------------------------------------------------

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

local BARE = { DESC = true, CONSISTENT = true }

-- Takes the clauses at the end; returns where their expressions stand.
local function read_clauses(reader, options, allowed)
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
    if not allowed[part.word] then
      reader:fail(part.word .. " has no meaning here", part.at)
    elseif seen[part.word] then
      reader:fail(part.word .. " is written twice", part.at)
    elseif BARE[part.word] and part.text ~= "" then
      reader:fail(("expected %s or the end"):format(allowed.text), part.from)
    elseif not BARE[part.word] and part.text == "" then
      reader:fail(("expected something after %s"):format(part.word), part.from)
    end
    seen[part.word] = true
    CLAUSES[part.word](reader, part, options, places)
  end
  return places
end

local function allowed_of(...)
  local allowed = { text = table.concat({ ... }, ", ") }
  for _, word in ipairs { ... } do
    allowed[word] = true
  end
  return allowed
end

local OF_QUERY = allowed_of("WHERE", "ONLY", "LIMIT", "DESC", "CONSISTENT")
local OF_SCAN = allowed_of("WHERE", "ONLY", "LIMIT", "CONSISTENT")
local OF_COUNT = allowed_of("WHERE", "LIMIT", "CONSISTENT")

-- ---- verbs -----------------------------------------------------------------------------------

-- Returns what is asked of a table or an index. `takes_key` is true where a key must come, nil where it
-- may.
local function read(session, reader, method, takes_key, allowed)
  local record, options = session:in_use(reader), {}
  local index, name = read_index(reader, record)
  options.index_name = name
  local arguments, at = { n = method == "count" and 1 or 0 }, reader.at
  if takes_key or takes_key == nil and not is_clause_next(reader) then
    local condition, values
    condition, values, at = read_key(reader, (index or record).keys, options)
    arguments = { condition, values[1], values[2], values[3], n = 1 + #values }
  end
  local places = read_clauses(reader, options, allowed)
  local asked = asks.new(method, record, {
    arguments = arguments,
    options = options,
    at = at,
    places = places,
  })
  asked.is_whole, asked.index = options.names == nil, index
  return asked
end

-- Asks before a whole table is read that is large.
local function confirm_size(session, asked)
  local limit = asked.options.limit
  local of = asked.index and asked.index.description or asked.record.description
  local bytes = of.TableSizeBytes or of.IndexSizeBytes or 0
  if not asked.is_whole or limit or bytes < LARGE_BYTES then return end
  local units = bytes / UNIT_BYTES * (asked.options.consistent_read and 2 or 1)
  session:confirm(
    ("read all of %s, about %s and %s read capacity units"):format(
      asked.record.name,
      cells.counted(of.ItemCount or 0, "item"),
      cells.count(math.ceil(units))
    )
  )
end

-- Returns an iterator over a result, which raises failures.
local function items_of(asked, result)
  return function()
    local item, message, err = result:next()
    if item == nil and message then asks.fail(asked, message, err) end
    return item
  end
end

local function run_items(session, asked)
  confirm_size(session, asked)
  local result = session:call(asked)
  local count = session.printer:items(items_of(asked, result), asked.record.keys)
  local read_count = result:info().scanned_count
  local more = read_count and read_count ~= count and (", %s read"):format(cells.count(read_count))
    or ""
  session.printer:say(session.printer:dim(cells.counted(count, "item") .. more))
end

M.query = {
  usage = "query [INDEX NAME] KEY [SORT KEY | begins_with VALUE | < VALUE | BETWEEN VALUE AND VALUE] "
    .. "[WHERE FILTER] [ONLY ATTRIBUTES] [LIMIT N] [DESC] [CONSISTENT]",
  help = "Shows the items of a partition, in the order of the sort key.",
  brackets = "values",
  run = run_items,
}

function M.query.parse(session, reader)
  return read(session, reader, "query", true, OF_QUERY)
end

M.scan = {
  usage = "scan [INDEX NAME] [WHERE FILTER] [ONLY ATTRIBUTES] [LIMIT N] [CONSISTENT]",
  help = "Shows all items. Of a large table without LIMIT it says what that takes, and asks.",
  brackets = "values",
  run = run_items,
}

function M.scan.parse(session, reader)
  return read(session, reader, "scan", false, OF_SCAN)
end

M.count = {
  usage = "count [INDEX NAME] [KEY [SORT KEY ...]] [WHERE FILTER] [LIMIT N] [CONSISTENT]",
  help = "Counts items, of a partition or of all, and shows none.",
  brackets = "values",
}

function M.count.parse(session, reader)
  return read(session, reader, "count", nil, OF_COUNT)
end

function M.count.run(session, asked)
  confirm_size(session, asked)
  session.printer:value((session:call(asked)))
end

return M
