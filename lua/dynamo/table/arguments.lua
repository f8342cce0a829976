-- SPDX-License-Identifier: MIT
-- The options of the table verbs: the API's members in snake_case, and a few words of our own.
local core = require "dynamo.core"
local conditions = require "dynamo.expression.condition"
local object = require "dynamo.expression.object"
local paths = require "dynamo.expression.path"
local canceller = require "dynamo.loop.canceller"
local side_options = require "dynamo.loop.side_options"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"
local problems = require "dynamo.problem"
local progress = require "dynamo.progress"
local ignore_nulls = require "dynamo.table.ignore_nulls"
local tables = require "dynamo.tables"

local M = {}

local unpack = table.unpack or unpack

-- Members that a verb sets itself, those that expressions replaced, and those that our own words
-- stand for.
local WITHHELD = {
  TableName = true,
  Key = true,
  Item = true,
  ConditionExpression = true,
  ExpressionAttributeNames = true,
  ExpressionAttributeValues = true,
  ProjectionExpression = true,
  UpdateExpression = true,
  AttributesToGet = true,
  ClientRequestToken = true,
  TransactItems = true,
  AttributeUpdates = true,
  ConditionalOperator = true,
  Expected = true,
  KeyConditionExpression = true,
  KeyConditions = true,
  QueryFilter = true,
  ScanFilter = true,
  ExclusiveStartKey = true,
  Limit = true,
  NextToken = true,
  Parameters = true,
  Statement = true,
  ScanIndexForward = true,
  Segment = true,
  TotalSegments = true,
  RequestItems = true,
  SearchVector = true,
}

-- Our own words for members of an operation.
local WORDS = {
  ConditionExpression = "condition",
  FilterExpression = "filter",
  SearchConditionExpression = "filter",
  TopK = "top",
  ProjectionExpression = "projection",
  ExpressionAttributeNames = "names",
  ExpressionAttributeValues = "values",
}

-- The options that are no members: checks of dynamo.options_check.
local MOST_PER_PAGE = 2 ^ 31 - 1
local MOST_SEGMENTS = 1000000 -- of a scan, by the API's own limit

local CHECKS = {
  timeout = options_check.seconds,
  cancel = canceller.problem,
  names = options_check.of_type "table",
  values = options_check.of_type "table",
  once = options_check.boolean,
  token = options_check.of_type "string",
  retry_conflicts = options_check.boolean,
  retry_unsafe = options_check.boolean,
  required = options_check.boolean,
  ignore_nulls = options_check.one_of(ignore_nulls.MODES, ", "),
  attempts = options_check.count,
  limit = options_check.whole(MOST_PER_PAGE),
  top = options_check.whole(MOST_PER_PAGE),
  page_size = options_check.whole(MOST_PER_PAGE),
  max_pages = options_check.whole(MOST_PER_PAGE),
  segments = options_check.whole(MOST_SEGMENTS),
  in_flight = side_options.in_flight_problem,
  descending = options_check.boolean,
  prefetch = options_check.boolean,
  cursor = options_check.of_type "string",
  progress = progress.problem,
}

function CHECKS.if_newer(value)
  if type(value) ~= "string" then return ("must be a path, not a %s"):format(type(value)) end
  local _, message = paths.parse(value)
  return message and "must be a path: " .. message
end

function CHECKS.rate_limit(value)
  if type(value) ~= "number" or not (value > 0 and value < math.huge) then
    return "must be a number of capacity units a second, above 0"
  end
end

--- What an expression may be.
M.EXPRESSION = "a string, { text, values... } or a builder"

--- Returns nil, or what an expression must be.
function M.expression_problem(value)
  local kind = type(value)
  if kind == "string" or kind == "userdata" then return nil end
  local first = kind == "table" and rawget(value, 1)
  if kind == "table" and (getmetatable(value) or type(first) == "string" or object.tree(first)) then
    return nil
  end
  local hint = kind == "boolean" and conditions.BOOLEAN_HINT or ""
  return ("must be %s, not a %s%s"):format(M.EXPRESSION, kind, hint)
end

CHECKS.condition, CHECKS.projection = M.expression_problem, M.expression_problem
CHECKS.filter = M.expression_problem
CHECKS.update = M.expression_problem

-- Member -> the shape the model gives it, of the members that are options.
local SHAPES = {}

-- Member -> those of its values that were fine, of the members that have few.
local known_of = {}

-- Notes what shape a member has.
local function note_shape(member, name)
  local shape = operations.shapes[name]
  SHAPES[member] = name
  if shape.enum or shape.type == "boolean" then known_of[member] = known_of[member] or {} end
end

-- Returns nil, or what is wrong with an option that is a member: another type, no word it takes.
local function member_problem(name, member, value)
  local text, problem = core.encode(operations.model, SHAPES[member], value, false)
  if not text then return problems.to_error(problem, name).message end
  if known_of[member] then known_of[member][value] = true end
end

-- Options of verbs beyond the members of their operation.
local OF_WRITES = { "once", "retry_unsafe" }
local OF_PAGES =
  { "limit", "page_size", "max_pages", "cursor", "rate_limit", "progress", "prefetch" }
local OF_BATCHES = { "in_flight", "progress", "rate_limit" }
local OF_VERB = {
  get = { "required" },
  put = { "if_newer" },
  insert = { "if_newer" },
  replace = { "if_newer" },
  upsert = { "if_newer", "ignore_nulls", "update" },
  patch = { "if_newer", "ignore_nulls", "update" },
  update = { "if_newer" },
  modify = { "attempts" },
  commit = { "token", "retry_conflicts" },
  transact_get = { "retry_conflicts" },
  execute = { "limit", "page_size", "max_pages", "progress", "prefetch" },
  query = { "descending", unpack(OF_PAGES) },
  scan = { "segments", "in_flight", unpack(OF_PAGES) },
  batch_get = OF_BATCHES,
  batch_write = OF_BATCHES,
  writer = OF_BATCHES,
}

local function add_words(words, more)
  for _, word in ipairs(more or {}) do
    words[word] = true
  end
end

--- Returns the options of a verb: option -> member, or true for one of our own.
-- @tparam string verb
-- @tparam table operation
function M.options_of(verb, operation)
  local words = { timeout = true, cancel = true }
  for member in pairs(operation.members) do
    local own = WORDS[member]
    if own then
      words[own] = true
    elseif not WITHHELD[member] then
      words[member:gsub("(%l)(%u)", "%1_%2"):lower()] = member
      note_shape(member, operation.members[member])
    end
  end
  local is_whole = OF_VERB[verb] == OF_BATCHES or operation.token
  add_words(words, not (operation.read or is_whole) and OF_WRITES)
  add_words(words, OF_VERB[verb])
  return words
end

--- Returns what the user calls each member: member -> option.
function M.words_of(words)
  local names = { UpdateExpression = "expression", KeyConditionExpression = "condition" }
  for member, own in pairs(WORDS) do
    names[member] = own
  end
  for word, member in pairs(words) do
    if type(member) == "string" then names[member] = word end
  end
  return names
end

-- Returns the member of an option, true for one of our own; nil for none.
local function meaning(noun, words, name)
  local known = words[name]
  if known then return known end
  return words.once and noun.options and noun.options[name]
end

local function unknown(noun, words, name)
  local known = tables.copy(words)
  for option in pairs(noun.options or {}) do
    known[option] = true
  end
  return nearest.unknown("unknown option", name, known)
end

-- Returns nil, or why the other options do not go together with once.
local function conflict(params)
  local wanted = params.ReturnValues
  if wanted and wanted ~= "NONE" then
    return "return_values is not available with once: a transaction returns no attributes"
  end
end

-- Returns nil, or what is wrong with an option.
local function option_problem(name, member, value)
  if member ~= true then return member_problem(name, member, value) end
  local problem = CHECKS[name] and CHECKS[name](value)
  return problem and ("%s %s"):format(name, problem)
end

--- Whether a value looks like the options of a verb: a plain table, not empty, whose keys are all
-- words of options.
function M.are_options(noun, words, value)
  if type(value) ~= "table" or getmetatable(value) or next(value) == nil then return false end
  for name in next, value do
    if not meaning(noun, words, name) then return false end
  end
  return true
end

local NONE = tables.NONE

-- Puts an option where it belongs, and returns those that are no member; or nil, what is wrong with it.
local function put(noun, words, name, value, params, extras)
  local member = meaning(noun, words, name)
  if not member then return nil, unknown(noun, words, name) end
  local problem = option_problem(name, member, value)
  if problem then return nil, problem end
  if member ~= true then
    params[member] = value
    return extras
  elseif extras == NONE then
    return { [name] = value }
  end
  extras[name] = value
  return extras
end

-- Puts the options into the parameters; returns those that are no member, or nil, what is wrong with
-- one.
local function sort(noun, words, o, params)
  local extras = NONE
  for name, value in next, o do
    local member = words[name]
    local known = member and known_of[member]
    if known and known[value] then
      params[member] = value
    else
      local more, problem = put(noun, words, name, value, params, extras)
      if problem then return nil, problem end
      extras = more
    end
  end
  return extras
end

--- Returns a fresh table of parameters with what the options say, and one of the options that are
-- no member (not to be changed); or nil, what is wrong.
-- @tparam table noun
-- @tparam table words from options_of
-- @tparam ?table o
function M.params(noun, words, o)
  if o == nil then return { TableName = noun.name }, NONE end
  if type(o) ~= "table" then
    return nil, ("the options must be a table, not a %s"):format(type(o))
  end
  local params = {
    TableName = noun.name,
    Key = nil, -- room for what most come to, so that the table need not grow
    UpdateExpression = nil,
    ExpressionAttributeNames = nil,
    ExpressionAttributeValues = nil,
  }
  local extras, problem = sort(noun, words, o, params)
  if extras and extras.once then problem = conflict(params) end
  if problem then return nil, problem end
  return params, extras
end

return M
