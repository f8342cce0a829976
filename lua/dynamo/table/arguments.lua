-- SPDX-License-Identifier: MIT
-- The options of the table verbs: the API's members in snake_case, and a few shorter words.
local nearest = require "dynamo.nearest"
local seconds_problem = require("dynamo.options").seconds_problem

local M = {}

-- Members with a shorter name.
local SHORT = {
  ConditionExpression = "condition",
  ProjectionExpression = "projection",
  ExpressionAttributeNames = "names",
  ExpressionAttributeValues = "values",
}

-- Members that a verb sets itself, and those that expressions replaced.
local WITHHELD = {
  TableName = true,
  Key = true,
  Item = true,
  UpdateExpression = true,
  AttributesToGet = true,
  AttributeUpdates = true,
  ConditionalOperator = true,
  Expected = true,
}

local TYPES = { condition = "string", projection = "string", names = "table", values = "table" }

--- Returns the options of an operation's verb: option -> member.
function M.options_of(operation)
  local members = {}
  for member in pairs(operation.members) do
    local name = SHORT[member] or member:gsub("(%l)(%u)", "%1_%2"):lower()
    if not WITHHELD[member] then members[name] = member end
  end
  return members
end

-- Returns nil, or what is wrong with one option.
local function problem_of(members, name, value)
  if name == "timeout" then
    local problem = seconds_problem(value)
    return problem and "timeout " .. problem
  elseif not members[name] then
    local known = nearest.names(members)
    known[#known + 1] = "timeout"
    return ('unknown option "%s"%s'):format(tostring(name), nearest.hint(name, known))
  elseif TYPES[name] and type(value) ~= TYPES[name] then
    return ("%s must be a %s, not a %s"):format(name, TYPES[name], type(value))
  end
end

--- Returns a fresh table of parameters, with what the options say; or nil, what is wrong.
-- @tparam table noun
-- @tparam table members from options_of
-- @tparam ?table o
function M.params(noun, members, o)
  local params = { TableName = noun.name }
  if o == nil then return params end -- the common call
  if type(o) ~= "table" then
    return nil, ("the options must be a table, not a %s"):format(type(o))
  end
  for name, value in next, o do
    local problem = problem_of(members, name, value)
    if problem then return nil, problem end
    if members[name] then params[members[name]] = value end
  end
  return params
end

return M
