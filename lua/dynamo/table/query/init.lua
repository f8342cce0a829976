-- SPDX-License-Identifier: MIT
-- The verbs that read many items: query, scan and count. Each is a room of dynamo.late: read (its
-- arguments), run and explain. What is asked, an ask, is
--   noun, verb     what the table knows (see dynamo.table.definition), and the verb: name, operation,
--                  options, words and expression, as dynamo.table.verbs has them
--   operation      what is sent
--   params         the members of the request, fresh
--   options        those that are no member; not to be changed
--   arguments      the values of the ? in the condition, { n = count, ... }
--   expression     the condition, if it is no text
--   parts, equals  what the expressions became: see dynamo.table.query.prepare_query
--   refusal        the error of what data made wrong: the first page is refused with it
--   start          where it begins: a position, nil for the beginning
--   places         token -> the path whose value it is
local given = require "dynamo.given"
local operations = require "dynamo.operations"
local arguments = require "dynamo.table.arguments"
local pages = require "dynamo.table.pages"
local positional = require "dynamo.table.positional"
local page_cursor = require "dynamo.table.query.page_cursor"
local page_source = require "dynamo.table.query.page_source"
local prepare = require "dynamo.table.query.prepare_query"
local teller = require "dynamo.table.teller"

local M = {}

-- Returns a verb over an operation, whose options are those of it without some.
local function verb_of(name, method, ...)
  local operation = operations.by_method[method]
  local words = arguments.options_of(method, operation)
  for i = 1, select("#", ...) do
    words[(select(i, ...))] = nil
  end
  return {
    name = name,
    operation = operation,
    options = words,
    words = arguments.words_of(words),
    expression = "condition",
  }
end

local QUERY, SCAN = verb_of("query", "query"), verb_of("scan", "scan")
local COUNT_QUERY = verb_of("count", "query", "projection", "select", "descending")
local COUNT_SCAN = verb_of("count", "scan", "projection", "select")

-- Returns nil, or why options do not go together.
local function conflict(options, params)
  local select_word, projection = params.Select, options.projection
  if select_word == "COUNT" then
    return 'select = "COUNT" would return no items: use users:count(...), or :count() of the result'
  elseif projection and select_word and select_word ~= "SPECIFIC_ATTRIBUTES" then
    return ('select = "%s" does not go with projection'):format(select_word)
  elseif select_word == "SPECIFIC_ATTRIBUTES" and not projection then
    return 'select = "SPECIFIC_ATTRIBUTES" needs projection'
  elseif select_word == "ALL_PROJECTED_ATTRIBUTES" and not params.IndexName then
    return 'select = "ALL_PROJECTED_ATTRIBUTES" needs index_name'
  elseif options.in_flight and not options.segments and not options.cursor then
    return "in_flight needs segments"
  end
end

-- Reads the cursor of an ask, if it was given one.
local function begin(ask)
  local text = ask.options.cursor
  if not text or ask.refusal then return end
  local ok, position = page_cursor.read(ask, text)
  if ok then
    ask.start = position
  else
    ask.refusal = position
  end
end

-- Returns the ask of a verb; or nil, what is wrong with its arguments.
local function ask_of(noun, verb, o, condition, values)
  local params, options = arguments.params(noun, verb.options, o)
  if not params then return nil, options end
  local problem = conflict(options, params)
  if problem then return nil, problem end
  params.ReturnConsumedCapacity = params.ReturnConsumedCapacity or "TOTAL"
  if options.descending then params.ScanIndexForward = false end
  local ask = {
    noun = noun,
    verb = verb,
    operation = verb.operation,
    params = params,
    options = options,
    arguments = values,
    expression = type(condition) == "table" and condition or nil,
    start = nil,
    refusal = nil,
  }
  problem = prepare.read(ask, condition)
  if type(problem) == "string" then return nil, problem end
  ask.refusal = problem
  begin(ask)
  return ask
end

-- Returns the ask of a verb with a condition; or nil, what is wrong with its arguments.
local function with_condition(noun, verb, condition, ...)
  local problem = prepare.condition_problem(noun, verb, condition)
  if problem then return nil, problem end
  local values, o, mismatch = positional.split(noun, verb.options, "condition", condition, ...)
  if mismatch then return nil, mismatch end
  return ask_of(noun, verb, o, condition, values)
end

-- Returns the ask of a verb without one.
local function without_condition(noun, verb, o, ...)
  local surplus = given.surplus_problem(...)
  if surplus then return nil, surplus end
  return ask_of(noun, verb, o)
end

-- Returns the number of segments, nil for none.
local function segments_of(ask)
  return ask.options.segments or ask.start and ask.start.live and ask.start.total or nil
end

-- Returns the lazy result of an ask.
local function result_of(ask)
  local options = ask.options
  return pages.new(page_source.new(ask, segments_of(ask)), {
    limit = options.limit,
    max_pages = options.max_pages,
    start = ask.start,
    prefetch = options.prefetch,
    progress = teller.of(ask.noun.client, options.progress),
  })
end

-- Returns the request of the first page of an ask.
local function explain(ask)
  local counts_only = ask.verb.name == "count"
  return page_source.explain(ask, ask.start, segments_of(ask), counts_only)
end

--- Reads the items of a partition that a condition on key attributes says:
-- query(condition, values..., options).
--
-- Nothing is sent before the result is used: see dynamo.table.pages. What data makes wrong, such as a
-- value that no item can hold or a cursor of another query, is told by the result.
-- @function query
-- @param condition text with a ? for each value; a table of key attributes, which equal its values; or a
--   builder
-- @param ... the values, then options: filter, projection, names, values, index_name, descending
--   (false), consistent_read (false), select, limit (of results), page_size (the API's Limit),
--   max_pages, cursor, rate_limit (capacity units a second), progress, prefetch (false),
--   return_consumed_capacity ("TOTAL"), timeout (seconds for each page), cancel
-- @treturn table result
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
-- @usage
-- for order in orders:query("customerId = ? AND begins_with(orderedAt, ?)", "c-1", "2026-"):items() do
--   print(order.total)
-- end
M.query = {
  read = function(noun, condition, ...)
    return with_condition(noun, QUERY, condition, ...)
  end,
  run = result_of,
  explain = explain,
}

--- Reads all items of a table, or of an index: scan(options).
-- @function scan
-- @tparam ?table o as query has them, but descending; and segments (how many parts are read side by
--   side), in_flight (10: of how many parts a page is in memory)
-- @treturn table result
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
M.scan = {
  read = function(noun, ...)
    return without_condition(noun, SCAN, ...)
  end,
  run = result_of,
  explain = explain,
}

--- Counts items, of which none is sent: count(condition, values..., options); of the whole table
-- without a condition.
-- @function count
-- @param condition as query has it, nil for all items
-- @param ... the values, then options, as query or scan has them
-- @treturn[1] number
-- @treturn[1] nil
-- @treturn[1] table info; with `cursor` where max_pages or limit left something
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err with `count`, until then, and `cursor`
M.count = {
  read = function(noun, condition, ...)
    if condition == nil then return without_condition(noun, COUNT_SCAN, ...) end
    return with_condition(noun, COUNT_QUERY, condition, ...)
  end,
  run = function(ask)
    local result = result_of(ask)
    local count, message, told = result:count()
    if count then told.cursor = result:cursor() end
    return count, message, told
  end,
  explain = explain,
}

return M
