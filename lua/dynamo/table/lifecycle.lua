-- SPDX-License-Identifier: MIT
-- The table itself: create, describe, wait, ttl.
local call = require "dynamo.call"
local spans = require "dynamo.call.span"
local given = require "dynamo.given"
local canceller = require "dynamo.loop.canceller"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"
local arguments = require "dynamo.table.arguments"
local layout = require "dynamo.table.layout"
local schema = require "dynamo.table.schema"
local waiter = require "dynamo.table.waiter"
local tables = require "dynamo.tables"

local M = {}

local create_table = operations.by_method.create_table
local describe_table = operations.by_method.describe_table
local update_time_to_live = operations.by_method.update_time_to_live

-- ---- describe ------------------------------------------------------------------------------

local OF_CALL = { timeout = options_check.seconds, cancel = canceller.problem }

-- Returns the description in a response, and notes what it says of keys.
local function described(noun, response, message, info, member)
  if not response then return nil, message, info end
  local description = response[member]
  schema.note(noun, description)
  return description, nil, info
end

-- Returns how call.run is asked of an operation.
local function asking(operation, params, options)
  return { operation = operation, params = params, options = options }
end

local function read_describe(noun, o, ...)
  local problem = given.surplus_problem(...)
  if problem then return nil, problem end
  local options
  options, problem = options_check.checked(o, OF_CALL)
  if not options then return nil, problem end
  return {
    noun = noun,
    asked = asking(describe_table, { TableName = noun.name }, options),
  }
end

local function run_describe(own)
  local response, message, info = call.run(own.noun.client, own.asked)
  return described(own.noun, response, message, info, "Table")
end

local function explain(own)
  return call.explain(own.noun.client, own.asked)
end

-- ---- wait ----------------------------------------------------------------------------------

-- State -> the waiter that AWS publishes for it.
local STATES = { active = "table_exists", deleted = "table_not_exists" }
local state_problem = options_check.one_of { "active", "deleted" }

local function read_wait(noun, state, o, ...)
  local problem = given.surplus_problem(...)
  local wrong = state_problem(state)
  problem = problem or wrong and "the state " .. wrong
  if problem then return nil, problem end
  local checked
  checked, problem = options_check.checked(o, waiter.CHECKS)
  if not checked then return nil, problem end
  local params = { TableName = noun.name }
  return { noun = noun, asked = waiter.asked(noun.client, STATES[state], params, checked) }
end

local function run_wait(own)
  local response, message, info = waiter.run(own.asked)
  if response == true then return true, message, info end
  return described(own.noun, response, message, info, "Table")
end

-- ---- time to live --------------------------------------------------------------------------

local OF_TTL = {
  enabled = options_check.boolean,
  timeout = options_check.seconds,
  cancel = canceller.problem,
}

local function ttl_params(name, attribute, enabled)
  return {
    TableName = name,
    TimeToLiveSpecification = { AttributeName = attribute, Enabled = enabled },
  }
end

-- Returns nil, or what the attribute of a time to live must be.
local function attribute_problem(value)
  if type(value) == "string" and value ~= "" then return nil end
  return ("must be the name of an attribute, not %s"):format(
    value == "" and "empty" or "a " .. type(value)
  )
end

local function read_ttl(noun, attribute, o, ...)
  local problem = given.surplus_problem(...)
  local wrong = attribute_problem(attribute)
  problem = problem or wrong and "the attribute " .. wrong
  if problem then return nil, problem end
  local checked
  checked, problem = options_check.checked(o, OF_TTL, { defaults = { enabled = true } })
  if not checked then return nil, problem end
  local params = ttl_params(noun.name, attribute, checked.enabled)
  local options = { timeout = checked.timeout, cancel = checked.cancel }
  return { noun = noun, asked = asking(update_time_to_live, params, options) }
end

local function run_ttl(own)
  local response, message, info = call.run(own.noun.client, own.asked)
  if not response then return nil, message, info end
  return true, nil, info
end

-- ---- create --------------------------------------------------------------------------------

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
  ttl = attribute_problem,
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
  return { noun = noun, options = options, asked = asking(create_table, params) }
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
  o.timeout = math.min(options.timeout, waiter.MOST_SECONDS)
  local asked = waiter.asked(own.noun.client, STATES.active, { TableName = own.noun.name }, o)
  local description, message, info = run_wait { noun = own.noun, asked = asked }
  if not description then return half_done(message, info) end
  return description, nil, info
end

-- Says which attribute is the time to live; returns nil, or nil, message, err.
local function add_ttl(own, span)
  if not own.options.ttl then return true end
  local client = own.noun.client
  local options, problem = spans.options(span, {}, client.timeout)
  if not options then return half_done(problem.message, problem) end
  local params = ttl_params(own.noun.name, own.options.ttl, true)
  local done, message, err = call.run(client, asking(update_time_to_live, params, options))
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
  created, message, info = described(own.noun, response, message, info, "TableDescription")
  if not created or options.wait == false then return created, message, info end
  created, message, info = await(own, span)
  if not created then return nil, message, info end
  local done, why, err = add_ttl(own, span)
  if not done then return nil, why, err end
  return created, nil, info
end

-- ---- the verbs -----------------------------------------------------------------------------

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

--- Returns the description of the table: describe(options).
-- @function describe
-- @tparam ?table o timeout (seconds), cancel
-- @treturn[1] table as DescribeTable's member Table
-- @treturn[1] nil
-- @treturn[1] table info
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err such as ResourceNotFoundException
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
M.describe = { read = read_describe, run = run_describe, explain = explain }

--- Waits until the table is in a state: wait(state, options).
-- @function wait
-- @tparam string state "active" or "deleted"
-- @tparam ?table o as of db:wait
-- @return[1] the description; true where it is deleted
-- @treturn[1] nil
-- @treturn[1] table info with polls
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err as of db:wait
M.wait = { read = read_wait, run = run_wait }

--- Says by which attribute items expire, in seconds since the epoch: ttl(attribute, options).
-- @function ttl
-- @tparam string attribute
-- @tparam ?table o enabled (true; false: they no longer do), timeout (seconds), cancel
-- @treturn[1] boolean true
-- @treturn[1] nil
-- @treturn[1] table info
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err ValidationException where it is so already
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
M.ttl = { read = read_ttl, run = run_ttl, explain = explain }

return M
