-- SPDX-License-Identifier: MIT
-- The table itself: describe, wait, ttl; dynamo.table.creation has create.
local call = require "dynamo.call"
local given = require "dynamo.given"
local canceller = require "dynamo.loop.canceller"
local operations = require "dynamo.operations"
local options_check = require "dynamo.options_check"
local schema = require "dynamo.table.schema"
local waiter = require "dynamo.table.waiter"

local M = {}

local describe_table = operations.by_method.describe_table
local update_time_to_live = operations.by_method.update_time_to_live

-- ---- describe ------------------------------------------------------------------------------

local OF_CALL = { timeout = options_check.seconds, cancel = canceller.problem }

--- Returns the description in a response, and notes what it says of keys.
function M.described(noun, response, message, info, member)
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
  return M.described(own.noun, response, message, info, "Table")
end

local function explain(own)
  return call.explain(own.noun.client, own.asked)
end

-- ---- wait ----------------------------------------------------------------------------------

--- State -> the waiter that AWS publishes for it.
M.STATES = { active = "table_exists", deleted = "table_not_exists" }
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
  return { noun = noun, asked = waiter.asked(noun.client, M.STATES[state], params, checked) }
end

local function run_wait(own)
  local response, message, info = waiter.run(own.asked)
  if response == true then return true, message, info end
  return M.described(own.noun, response, message, info, "Table")
end

-- ---- time to live --------------------------------------------------------------------------

local OF_TTL = {
  enabled = options_check.boolean,
  timeout = options_check.seconds,
  cancel = canceller.problem,
}

--- Returns how call.run is asked to say which attribute is the time to live.
function M.asking_ttl(noun, attribute, enabled, options)
  return asking(update_time_to_live, {
    TableName = noun.name,
    TimeToLiveSpecification = { AttributeName = attribute, Enabled = enabled },
  }, options)
end

--- Returns nil, or what the attribute of a time to live must be.
function M.attribute_problem(value)
  if type(value) == "string" and value ~= "" then return nil end
  return ("must be the name of an attribute, not %s"):format(
    value == "" and "empty" or "a " .. type(value)
  )
end

local function read_ttl(noun, attribute, o, ...)
  local problem = given.surplus_problem(...)
  local wrong = M.attribute_problem(attribute)
  problem = problem or wrong and "the attribute " .. wrong
  if problem then return nil, problem end
  local checked
  checked, problem = options_check.checked(o, OF_TTL, { defaults = { enabled = true } })
  if not checked then return nil, problem end
  local options = { timeout = checked.timeout, cancel = checked.cancel }
  return { noun = noun, asked = M.asking_ttl(noun, attribute, checked.enabled, options) }
end

local function run_ttl(own)
  local response, message, info = call.run(own.noun.client, own.asked)
  if not response then return nil, message, info end
  return true, nil, info
end

-- ---- the verbs -----------------------------------------------------------------------------

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
