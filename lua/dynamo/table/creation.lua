-- SPDX-License-Identifier: MIT
-- How a table is made: CreateTable, then the wait until it is active, then its time to live.
local call = require "dynamo.call"
local spans = require "dynamo.call.span"
local given = require "dynamo.given"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"
local arguments = require "dynamo.table.arguments"
local layout = require "dynamo.table.layout"
local lifecycle = require "dynamo.table.lifecycle"
local schema = require "dynamo.table.schema"
local waiter = require "dynamo.table.waiter"
local tables = require "dynamo.tables"

local M = {}

local create_table = operations.by_method.create_table

-- The members that our own words stand for.
local REPLACED = {
  "key_schema",
  "attribute_definitions",
  "local_secondary_indexes",
  "global_secondary_indexes",
  "billing_mode",
  "provisioned_throughput",
  "once",
  "retry_unsafe",
}

local function any() end
local OWN = {
  partition_key = any, -- looked at by dynamo.table.layout
  sort_key = any,
  indexes = any,
  billing = any,
  ttl = lifecycle.attribute_problem,
  wait = options_check.boolean,
}

-- Returns option -> member, or true for one of our own.
local function words_of()
  local words = arguments.options_of("create", create_table)
  for _, word in ipairs(REPLACED) do
    words[word] = nil
  end
  for _, checks in ipairs { OWN, waiter.CHECKS } do
    for word in pairs(checks) do
      words[word] = true
    end
  end
  return words
end

local WORDS = words_of()

-- Returns nil, or what is wrong with one of our own options.
local function own_problem(options)
  for name, value in next, options do
    local check = OWN[name] or waiter.CHECKS[name]
    local problem = check(value)
    if problem then return ("%s %s"):format(name, problem) end
  end
  if options.wait == false and options.ttl then
    return "ttl needs wait: a table that is not active takes none"
  end
end

local function read_create(noun, o, ...)
  local problem = given.surplus_problem(...)
  if problem then return nil, problem end
  if type(o) ~= "table" then
    return nil, ("a table expected that says what to create, got a %s"):format(type(o))
  end
  local params, options = arguments.params({ name = noun.name }, WORDS, o)
  if not params then return nil, options end
  problem = own_problem(options) or layout.add(params, options, noun.told)
  if problem then return nil, problem end
  return { noun = noun, options = options, asked = { operation = create_table, params = params } }
end

-- Returns nil, message, err of what failed after the table was there.
local function half_done(message, err)
  err.created = true
  return nil, message, err
end

-- Waits for the table that is being made; returns its description, nil, info.
local function await(own, span)
  local options, problem = spans.options(span, {})
  if not options then return half_done(problem.message, problem) end
  local o = tables.copy(own.options)
  o.timeout = options.timeout
  local asked =
    waiter.asked(own.noun.client, lifecycle.STATES.active, { TableName = own.noun.name }, o)
  local description, message, info = lifecycle.wait.run { noun = own.noun, asked = asked }
  if not description then return half_done(message, info) end
  return description, nil, info
end

-- Says which attribute is the time to live; returns true, or nil, message, err.
local function add_ttl(own, span)
  if not own.options.ttl then return true end
  local client = own.noun.client
  local options, problem = spans.options(span, {}, client.timeout)
  if not options then return half_done(problem.message, problem) end
  local asked = lifecycle.asking_ttl(own.noun, own.options.ttl, true, options)
  local done, message, err = call.run(client, asked)
  if not done then return half_done(message, err) end
  return true
end

-- Notes the key that the table is created with, as if db:table had been told.
local function tell_key(noun, params)
  if noun.told then return end
  noun.key = nil
  schema.note(noun, { KeySchema = params.KeySchema })
  noun.told = tables.copy(noun.key)
end

local function run_create(own)
  local client, options = own.noun.client, own.options
  tell_key(own.noun, own.asked.params)
  local span, problem = spans.begin(client, options.timeout or waiter.MOST_SECONDS, options.cancel)
  if not span then return call.fail(create_table, problem) end
  own.asked.options, problem = spans.options(span, {}, client.timeout)
  if problem then return call.fail(create_table, problem) end
  local response, message, info = call.run(client, own.asked)
  local created
  created, message, info =
    lifecycle.described(own.noun, response, message, info, "TableDescription")
  if not created or options.wait == false then return created, message, info end
  created, message, info = await(own, span)
  if not created then return nil, message, info end
  local done, why, err = add_ttl(own, span)
  if not done then return nil, why, err end
  return created, nil, info
end

local function explain(own)
  return call.explain(own.noun.client, own.asked)
end

--- Creates the table and waits until it is active: create(what).
-- @function create
-- @tparam table what partition_key ({ name = type }, of type "S", "N" or "B"); and all optional: sort_key;
--   indexes (name -> { partition_key, sort_key, projection, billing }; without a partition_key it is a local
--   index of the table's; a key of several attributes is a list; projection is "ALL", the default,
--   "KEYS_ONLY" or a list of attributes); billing ("PAY_PER_REQUEST", the default, or { read = units,
--   write = units }); ttl (an attribute); the other members of CreateTable in snake_case; wait (false: not
--   until it is active); timeout (500 seconds, for all of it), delay, cancel, progress: as of db:wait
-- @treturn[1] table the description, as DescribeTable has it
-- @treturn[1] nil
-- @treturn[1] table info
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err such as ResourceInUseException: it is there already; with err.created, the table was
--   made and what failed came after that
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
-- @usage orders:create { partition_key = { customerId = "S" }, sort_key = { orderedAt = "S" } }
M.create = { read = read_create, run = run_create, explain = explain }

return M
