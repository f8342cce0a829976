-- SPDX-License-Identifier: MIT
-- What the service refuses of a request by its model, before it looks at what the request is about: a
-- table's name that is none, members that are missing, words that are none of an enumeration. All of
-- them are told at once, but for the name, which is told alone.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
local operations = require "dynamo.operations"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"

local M = {}

local NAME, MOST_NAME_BYTES, MOST_ARN_BYTES = "^[%w_.-]+$", 255, 1024
local PATTERN = "satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
local ENOUGH = "have length greater than or equal to %d"
local TOO_LONG = "have length less than or equal to %d"

-- Enumerations in the order that the service tells, where that is not the model's.
local ORDERS = {
  Select = "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES",
  ScalarAttributeType = "B, N, S",
}

-- Returns a member's name as messages write it.
local function lowered(member)
  return member:sub(1, 1):lower() .. member:sub(2)
end

local function told(value, place, constraint)
  return ("Value %s at '%s' failed to satisfy constraint: Member must %s"):format(
    value,
    place,
    constraint
  )
end

-- Refuses a request for what is wrong with it, a list.
local function refuse(problems)
  refusal.validation(
    "%d validation error%s detected: %s",
    #problems,
    #problems == 1 and "" or "s",
    table.concat(problems, "; ")
  )
end

-- ---- the table's name --------------------------------------------------------------------------

-- Returns what is wrong with a table's name, which may be an ARN; nil for nothing.
local function name_problem(name)
  if name == "" then return ENOUGH:format(1) end
  local is_arn = name:find "^arn:"
  local most = is_arn and MOST_ARN_BYTES or MOST_NAME_BYTES
  if #name > most then return TOO_LONG:format(most) end
  if not is_arn and not name:find(NAME) then return PATTERN end
end

local function check_name(operation, name)
  if type(name) ~= "string" or operation.name == "CreateTable" then return end
  local problem = name_problem(name)
  if problem then refuse { told(("'%s'"):format(name), "tableName", problem) } end
end

-- ---- all the rest ------------------------------------------------------------------------------

local shapes = operations.shapes

-- Whether a text is one of an enumeration.
local function is_of(shape, text)
  return type(text) ~= "string" or tables.holds(shape.enum, text)
end

local visit

local function visit_structure(problems, shape, value, place)
  for member, content in next, value do
    local name = shape.members[member]
    if name then visit(problems, name, content, place, member) end
  end
end

local function visit_list(problems, shape, value, place)
  for i, element in ipairs(value) do
    visit(problems, shape.member, element, ("%s.%d"):format(place, i), "Member")
  end
end

-- Returns the place of a member within another, nil for the request itself.
local function within(place, member)
  return place and place .. "." .. lowered(member) or lowered(member)
end

-- Notes the words in a value that are none of their enumerations.
function visit(problems, name, value, outer, member)
  local shape = shapes[name]
  if not shape then return end
  if shape.enum and not is_of(shape, value) then
    local words = ORDERS[name] or table.concat(shape.enum, ", ")
    local constraint = ("satisfy enum value set: [%s]"):format(words)
    problems[#problems + 1] = told(("'%s'"):format(value), within(outer, member), constraint)
  elseif type(value) ~= "table" then
    return
  elseif shape.type == "structure" then
    visit_structure(problems, shape, value, within(outer, member))
  elseif shape.type == "list" then
    visit_list(problems, shape, value, within(outer, member))
  end
end

-- Refuses CreateTable without a name, which has words of its own.
local function check_new_name(operation, request)
  if operation.name == "CreateTable" and request.TableName == nil then
    refusal.validation "The parameter 'TableName' is required but was not present in the request"
  end
end

--- Refuses a request that is not as its model says.
-- @tparam table operation a record of dynamo.operations
-- @tparam table request
function M.check(operation, request)
  check_new_name(operation, request)
  check_name(operation, request.TableName)
  local problems, shape = {}, shapes[operation.input]
  for _, member in ipairs(shape.required) do
    if request[member] == nil then
      problems[#problems + 1] = told("null", lowered(member), "not be null")
    end
  end
  visit_structure(problems, shape, request, nil)
  if not problems[1] then return end
  table.sort(problems)
  refuse(problems)
end

return M
