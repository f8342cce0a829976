-- SPDX-License-Identifier: MIT
-- The verbs about many items: query scan count. What a verb is: see dynamo.prompt.item_verbs.
local asks = require "dynamo.prompt.asked"
local cells = require "dynamo.prompt.cells"
local clause_words = require "dynamo.prompt.clause_words"
local key_text = require "dynamo.prompt.key_text"

local M = {}

-- A scan of more is asked about: 10 MB, some 1,280 read capacity units.
local LARGE_BYTES = 10 * 1024 * 1024
-- An eventually consistent read of so many bytes takes one unit:
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
local UNIT_BYTES = 8 * 1024

local COMPARISONS = { ["<="] = true, [">="] = true, ["<"] = true, [">"] = true, ["="] = true }

-- ---- the key ---------------------------------------------------------------------------------

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
  if keys[2] and not clause_words.is_next(reader) then
    local text, more = read_sort(reader, keys[2])
    condition = condition .. " AND " .. text
    options.names["#sort"] = keys[2].name
    for _, each in ipairs(more) do
      values[#values + 1] = each
    end
  end
  return condition, values, at
end

local OF_QUERY = clause_words.allowed("WHERE", "ONLY", "LIMIT", "DESC", "CONSISTENT")
local OF_SCAN = clause_words.allowed("WHERE", "ONLY", "LIMIT", "CONSISTENT")
local OF_COUNT = clause_words.allowed("WHERE", "LIMIT", "CONSISTENT")

-- ---- verbs -----------------------------------------------------------------------------------

-- Returns what is asked of a table or an index. `takes_key` is true where a key must come, nil where it
-- may.
local function read(session, reader, method, takes_key, allowed)
  local record, options = session:in_use(reader), {}
  local index, name = clause_words.read_index(reader, record)
  options.index_name = name
  local arguments, at = { n = method == "count" and 1 or 0 }, reader.at
  if takes_key or takes_key == nil and not clause_words.is_next(reader) then
    local condition, values
    condition, values, at = read_key(reader, (index or record).keys, options)
    arguments = { condition, values[1], values[2], values[3], n = 1 + #values }
  end
  local places = clause_words.read(reader, options, allowed)
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
