-- SPDX-License-Identifier: MIT
-- The parameters that expressions replaced, as the trees that expressions are.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
local values = require "dynamo.embedded.values"
local tree = require "dynamo.expression.tree"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"

local M = {}

local INVALID = "One or more parameter values were invalid: "

-- ---- comparisons -------------------------------------------------------------------------------

local COMPARATORS = { EQ = "=", NE = "<>", LT = "<", LE = "<=", GT = ">", GE = ">=" }

-- By ComparisonOperator: how many values it takes, and the condition it is.
local function compare(word)
  return {
    1,
    function(path, list)
      return tree.compare(COMPARATORS[word], path, list[1])
    end,
  }
end

local function test(name, count)
  return {
    count,
    function(path, list)
      return tree.test(name, path, list[1])
    end,
  }
end

local OPERATORS = {
  NOT_NULL = test("attribute_exists", 0),
  NULL = test("attribute_not_exists", 0),
  CONTAINS = test("contains", 1),
  BEGINS_WITH = test("begins_with", 1),
  NOT_CONTAINS = {
    1,
    function(path, list)
      local contains = tree.negation(tree.test("contains", path, list[1]))
      return tree.all { tree.test("attribute_exists", path), contains }
    end,
  },
  BETWEEN = {
    2,
    function(path, list)
      return tree.between(path, list[1], list[2])
    end,
  },
  IN = {
    nil,
    function(path, list)
      return tree.one_of(path, list)
    end,
  },
}
for word in pairs(COMPARATORS) do
  OPERATORS[word] = compare(word)
end

-- Returns the condition that an attribute compares so.
local function comparison(name, word, given)
  local row = OPERATORS[word]
  if not row then
    refusal.validation(
      "1 validation error detected: Value '%s' at 'comparisonOperator' failed to satisfy constraint: "
        .. "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, "
        .. "NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]",
      tostring(word)
    )
  end
  given = given or {}
  if row[1] and #given ~= row[1] or not row[1] and #given == 0 then
    refusal.validation(
      "%sInvalid number of argument(s) for the %s ComparisonOperator",
      INVALID,
      word
    )
  end
  local list = {}
  for i, value in ipairs(given) do
    list[i] = tree.value(values.check(value))
  end
  return row[2](tree.path(name), list)
end

-- Returns some conditions joined as ConditionalOperator says.
local function joined(conditions, operator)
  if operator == "OR" then return tree.any(conditions) end
  return tree.all(conditions)
end

-- ---- conditions and filters --------------------------------------------------------------------

-- Returns what one element of Expected expects.
local function expectation(name, expected)
  local word, value = expected.ComparisonOperator, expected.Value
  if word then
    return comparison(name, word, expected.AttributeValueList or value and { value })
  elseif expected.Exists == false then
    if value then
      refusal.validation(
        "%sValue cannot be used when Exists is false for Attribute: %s",
        INVALID,
        name
      )
    end
    return tree.test("attribute_not_exists", tree.path(name))
  elseif not value then
    refusal.validation(
      "%sValue must be provided when Exists is %s for Attribute: %s",
      INVALID,
      expected.Exists == nil and "null" or "true",
      name
    )
  end
  return tree.compare("=", tree.path(name), tree.value(values.check(value)))
end

--- Returns the condition that `Expected` is, nil for none.
-- @tparam table expected
-- @tparam ?string operator ConditionalOperator
function M.condition(expected, operator)
  local conditions = {}
  for i, name in ipairs(tables.sorted_keys(expected)) do
    conditions[i] = expectation(name, expected[name])
  end
  return joined(conditions, operator)
end

--- Returns the condition that `KeyConditions`, `QueryFilter` or `ScanFilter` is, nil for none.
-- @tparam table given
-- @tparam ?string operator ConditionalOperator
function M.filter(given, operator)
  local conditions = {}
  for i, name in ipairs(tables.sorted_keys(given)) do
    local one = given[name]
    conditions[i] = comparison(name, one.ComparisonOperator, one.AttributeValueList)
  end
  return joined(conditions, operator)
end

-- ---- projections and updates -------------------------------------------------------------------

--- Returns the projection that `AttributesToGet` is.
function M.projection(names)
  local projection = tree.projection()
  for i, name in ipairs(names) do
    projection[i] = tree.path(name)
  end
  return projection
end

-- By Action: the clause and whether it has an operand.
local function clause_of(action, value)
  if action == "PUT" or action == nil then return "set" end
  if action == "ADD" then return "add" end
  return value and "delete" or "remove"
end

local ADDED = { N = true, SS = true, NS = true, BS = true }

-- Refuses a value that an action does not take.
local function check_value(name, action, value)
  if not value and action ~= "DELETE" then
    refusal.validation(
      "%sOnly DELETE action is allowed when no attribute value is specified",
      INVALID
    )
  elseif action == "ADD" and not ADDED[next(value)] then
    refusal.validation(
      "%sADD action is not supported for the type %s of %s",
      INVALID,
      (next(value)),
      name
    )
  end
end

--- Returns the update that `AttributeUpdates` is.
function M.update(given)
  local update = tree.update()
  for _, name in ipairs(tables.sorted_keys(given)) do
    local value, action = given[name].Value, given[name].Action
    check_value(name, action, value and values.check(value))
    local clause = clause_of(action, value)
    local list = update[clause]
    list[#list + 1] = tree.action(tree.path(name), value and tree.value(value) or nil)
  end
  return update
end

-- ---- side by side ------------------------------------------------------------------------------

local LEGACY = {
  "AttributesToGet",
  "AttributeUpdates",
  "ConditionalOperator",
  "Expected",
  "KeyConditions",
  "QueryFilter",
  "ScanFilter",
}
local EXPRESSIONS = {
  "ProjectionExpression",
  "UpdateExpression",
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
}

-- Returns the names of a list that a request has.
local function had(request, names)
  local found = {}
  for _, name in ipairs(names) do
    if request[name] ~= nil then found[#found + 1] = name end
  end
  return found
end

--- Refuses a request that has expressions and what they replaced.
function M.check(request)
  local old, new = had(request, LEGACY), had(request, EXPRESSIONS)
  if old[1] and new[1] then
    refusal.validation(
      "Can not use both expression and non-expression parameters in the same request: "
        .. "Non-expression parameters: {%s} Expression parameters: {%s}",
      table.concat(old, ", "),
      table.concat(new, ", ")
    )
  elseif request.ConditionalOperator and not old[2] then
    refusal.validation(
      "%sConditionalOperator can only be used when Filter or Expected has two or more elements",
      INVALID
    )
  end
end

return M
