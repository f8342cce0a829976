-- SPDX-License-Identifier: MIT
-- The verb search: the items of a vector index that are nearest to a vector. It is a room of
-- dynamo.late; what is asked is an ask as dynamo.table.query has them, and
--   vector   a copy of what was given
local call = require "dynamo.call"
local core = require "dynamo.core"
local errors = require "dynamo.error"
local given = require "dynamo.given"
local operations = require "dynamo.operations"
local arguments = require "dynamo.table.arguments"
local chain = require "dynamo.table.chain"
local place = require "dynamo.table.error_path"
local prepare = require "dynamo.table.query.prepare_query"
local values = require "dynamo.value"

local M = {}

local OPERATION = operations.by_method.search_vectors
local WORDS = arguments.options_of("search", OPERATION)

local VERB =
  { name = "search", operation = OPERATION, options = WORDS, words = arguments.words_of(WORDS) }
VERB.words.SearchVector, VERB.words.TopK = "vector", "top"

local TOP = 10

-- ---- reading -------------------------------------------------------------------------------

-- Returns nil, or what is wrong with a vector that is none whatever its numbers.
local function vector_problem(vector)
  if type(vector) ~= "table" then
    return ("the vector must be a list of numbers, not a %s"):format(type(vector))
  end
  local problem = given.list_problem(vector)
  return problem and "the vector: " .. problem
end

-- Returns a copy of a vector; or nil, the error of what is no number in it.
local function copy_of(vector)
  local copy = values.list {}
  for i, value in ipairs(vector) do
    if core.kind(value) ~= "N" then
      local path = ("vector[%d]"):format(i)
      return nil, errors.validation("vector", path, path .. " must be a number")
    end
    copy[i] = value
  end
  if copy[1] ~= nil then return copy end
  return nil, errors.validation("vector", "vector", "vector: there is no number in it")
end

-- Returns the ask, or nil, what is wrong with the arguments.
local function read(noun, vector, o, ...)
  local problem = given.surplus_problem(...) or vector_problem(vector)
  if problem then return nil, problem end
  local params, options = arguments.params(noun, WORDS, o)
  if not params then return nil, options end
  if not params.IndexName then
    return nil, "index_name is missing: the vector index that is searched"
  end
  local ask =
    { noun = noun, verb = VERB, operation = OPERATION, params = params, options = options }
  problem = prepare.read(ask)
  if type(problem) == "string" then return nil, problem end
  ask.vector, ask.refusal = copy_of(vector)
  ask.refusal = problem or ask.refusal
  return ask
end

-- ---- running -------------------------------------------------------------------------------

-- Puts what is asked into the parameters; returns nil, or an error.
local function store(ask)
  local params = ask.params
  local problem = ask.refusal or prepare.store(ask)
  if problem then return problem end
  params.SearchConditionExpression, params.FilterExpression = params.FilterExpression, nil
  params.SearchVector, params.TopK = ask.vector, ask.options.top or TOP
end

-- Returns nil, message, err, which speaks of the user's arguments.
local function failed(ask, err)
  if err.kind == "validation" and err.path then place.translate(ask, err) end
  return errors.give(err)
end

-- Returns the results as the extensions hand on their items.
local function results_of(ask, response)
  local results = values.list {}
  for _, each in ipairs(response.SearchResults or {}) do
    local item = chain.after(ask, each.Item or {})
    if item ~= nil then results[#results + 1] = { item = item, score = each.Score } end
  end
  return results
end

local function run(ask)
  local problem = store(ask)
  if problem then return call.fail(OPERATION, problem) end
  local response, _, info = call.run(ask.noun.client, ask)
  if not response then return failed(ask, info) end
  return results_of(ask, response), nil, info
end

local function explain(ask)
  local problem = store(ask)
  if problem then return call.fail(OPERATION, problem) end
  local request, _, err = call.explain(ask.noun.client, ask)
  if not request then return failed(ask, err) end
  return request
end

--- Finds the items whose vectors are nearest to one: search(vector, options).
-- @function search
-- @tparam {number,...} vector as many numbers as the index has dimensions; the service keeps 32 bits of
--   each
-- @tparam table o index_name: required, a vector index; top (10): how many items at most; filter: a
--   condition on attributes of the index's search schema; projection, names, values,
--   return_consumed_capacity, timeout, cancel
-- @treturn[1] table a list of { item, score }, the nearest first: the smallest scores first with COSINE and
--   EUCLIDEAN, the greatest with DOT_PRODUCT
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html
-- @usage
-- local found = users:search({ 0.1, 0.9 }, { index_name = "byTaste", top = 5, filter = { "city = ?", "Ulm" } })
M.search = { read = read, run = run, explain = explain }

return M
