-- SPDX-License-Identifier: MIT
-- What batches are asked for: their lists and their options. What is wrong with the code is told as a
-- text, for whoever may raise it.
local given_arguments = require "dynamo.given"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"
local arguments = require "dynamo.table.arguments"
local asks = require "dynamo.table.ask"
local tables = require "dynamo.tables"

local M = {}

local get_item = operations.by_method.get_item
local batch_write_item = operations.by_method.batch_write_item

-- The options of each verb (see dynamo.table.arguments). What is read is read as by get.
local WORDS = {
  batch_get = arguments.options_of("batch_get", get_item),
  batch_write = arguments.options_of("batch_write", batch_write_item),
  writer = arguments.options_of("writer", batch_write_item),
}
WORDS.writer.return_item_collection_metrics = nil -- there may be any number of them

local GET = {
  name = "get",
  operation = get_item,
  argument = "key",
  options = WORDS.batch_get,
  words = arguments.words_of(WORDS.batch_get),
}

-- Returns nil, or what keeps a value from being a list.
local function list_problem(value)
  if type(value) ~= "table" then return ("must be a list, not a %s"):format(type(value)) end
  local problem = given_arguments.list_problem(value)
  return problem and ("is no list: %s"):format(problem)
end

--- Returns the part of a batch that reads keys of a table; or nil, what is wrong with them.
-- @tparam table noun
-- @param object what results have it under
-- @tparam string place how messages call the list
-- @param keys
function M.keys(noun, object, place, keys)
  local problem = list_problem(keys)
  if problem then return nil, ("%s %s"):format(place, problem) end
  return { noun = noun, object = object, place = place, given = tables.copy(keys) }
end

local LISTS = {}
for _, name in ipairs { "put", "delete" } do
  LISTS[name] = list_problem
end

--- Returns the part of a batch that writes to a table; or nil, what is wrong with it.
-- @tparam table noun
-- @param object what results have it under
-- @tparam string label what places in it begin with in messages
-- @param lists { put = items, delete = keys }
function M.lists(noun, object, label, lists)
  local what = {
    needed = true,
    no_table = label .. "{ put = items, delete = keys } expected, not a %s",
    unknown = label .. "{ put = items, delete = keys } expected; unknown list",
    named = label .. "%s %s",
  }
  local problem = options_check.problem(lists, LISTS, what)
  if problem then return nil, problem end
  if rawget(lists, "put") == nil and rawget(lists, "delete") == nil then
    return nil, label .. "{ put = items, delete = keys } expected; there is neither"
  end
  return { noun = noun, object = object, label = label, given = tables.copy(lists) }
end

-- Adds to each part the ask of its expressions; returns nil, or what is wrong.
local function add_asks(parts, o)
  for _, part in ipairs(parts) do
    local ask, problem = asks.of(part.noun, GET, tables.NONE, o)
    if not ask then return problem end
    part.ask = ask
  end
end

--- Returns what is asked: { client, parts, is_one, members (of the operation), o (the other options, a
-- copy) }; or nil, what is wrong with the options.
-- @tparam table client
-- @tparam string verb
-- @tparam {table,...} parts
-- @tparam boolean is_one whether it is of one table
-- @param o the options
-- @param ... what stands behind them
function M.asked(client, verb, parts, is_one, o, ...)
  local problem = given_arguments.surplus_problem(...)
  if problem then return nil, problem end
  local params, options = arguments.params(tables.NONE, WORDS[verb], o)
  if not params then return nil, options end
  problem = verb == "batch_get" and add_asks(parts, o)
  if problem then return nil, problem end
  local members = {
    ReturnConsumedCapacity = params.ReturnConsumedCapacity or options.rate_limit and "TOTAL" or nil,
    ReturnItemCollectionMetrics = params.ReturnItemCollectionMetrics,
  }
  return {
    client = client,
    parts = parts,
    is_one = is_one,
    members = members,
    o = tables.copy(options),
  }
end

--- The options of each verb, for those who walk them.
M.WORDS = WORDS

return M
