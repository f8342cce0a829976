-- SPDX-License-Identifier: MIT
-- What the service refuses of an expression whatever item it meets: operands of a wrong type, an
-- attribute compared with itself, a range that ends before it begins. Grammar, bind and builders ask
-- here, each for the nodes that it makes.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local TYPE_WORDS = require("dynamo.compare").TYPE_WORDS
local core = require "dynamo.core"
local object = require "dynamo.expression.object"
local paths = require "dynamo.expression.path"
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {}

--- The names of the types, as attribute_type takes them.
M.TYPES = { "S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M" }

-- ---- types ---------------------------------------------------------------------------------

-- Returns the type of a value; nil for what no item can hold.
local function type_of_value(value)
  return object.tree(value) == nil and core.kind(value) or nil
end

-- Returns the type of a node, nil where only the item tells.
local function type_of(node)
  if node.kind == "value" then return type_of_value(node.value) end
  if node.kind == "size" or node.kind == "arith" then return "N" end
  if node.kind == "list" or node.name == "list_append" then return "L" end
  return node.kind == "map" and "M" or nil
end

local NUMBER = { N = true }
local LIST = { L = true }
local SET = { SS = true, NS = true, BS = true }
local ADDABLE = { N = true, SS = true, NS = true, BS = true }
local TEXT = { S = true, B = true }
local ORDERED = { S = true, N = true, B = true }

-- Returns what is wrong with the type of one of a node's children, and the child's key; or nil.
local function type_problem(node, key, allowed, what)
  local got = type_of(node[key])
  if got == nil or allowed[got] then return nil end
  return ("%s, not %s"):format(what, TYPE_WORDS[got]), key
end

-- Keys of children, the one to blame first.
local BOTH, ARGUMENTS, SECOND, ENDS =
  { "left", "right" }, { 1, 2 }, { 2 }, { "low", "high", "subject" }
local NONE = tables.NONE

-- kind of node -> function(node): the keys of the operands that must be of certain types, which
-- types, and how that is said; nothing where all do.
local TYPED = {}

function TYPED.arith(node)
  return BOTH, NUMBER, ('"%s" takes numbers'):format(node.op)
end

function TYPED.call(node)
  if node.name ~= "list_append" then return nil end
  return ARGUMENTS, LIST, "list_append takes lists (dynamo.list {} is an empty one)"
end

function TYPED.compare(node)
  if node.op == "=" or node.op == "<>" then return nil end
  return BOTH, ORDERED, ('"%s" takes strings, numbers and binaries'):format(node.op)
end

function TYPED.between()
  return ENDS, ORDERED, "BETWEEN takes strings, numbers and binaries"
end

function TYPED.test(node)
  if node.name ~= "begins_with" then return nil end
  return SECOND, TEXT, "begins_with takes a string or a binary"
end

--- Returns the keys of a node's operands that must be of certain types, and the set of those types.
function M.typed(node)
  local typed = TYPED[node.kind]
  local keys, types, what
  if typed then
    keys, types, what = typed(node)
  end
  return keys or NONE, types, what
end

local function types_problem(node)
  local keys, types, what = M.typed(node)
  for _, key in ipairs(keys) do
    local problem = type_problem(node, key, types, what)
    if problem then return problem, key end
  end
end

-- ---- an attribute and itself ---------------------------------------------------------------

local function same_problem(node, first, second, what)
  local a, b = node[first], node[second]
  if a.kind ~= "path" or b.kind ~= "path" or not paths.equal(a, b) then return nil end
  return ("%s takes two different attributes, and both of these are %s"):format(what, paths.show(b)),
    second
end

-- ---- more than types -----------------------------------------------------------------------

--- Returns what is wrong with the ends of a BETWEEN if its lower end is above its upper one.
function M.range_problem(node)
  if node.low.kind ~= "value" or node.high.kind ~= "value" then return nil end
  local reversed = core.compare(node.low.value, node.high.value) == 1
  return reversed and "the lower end of BETWEEN is above its upper end" or nil
end

local function ends_problem(node)
  local low, high = type_of(node.low), type_of(node.high)
  if not low or not high or low == high then return nil end
  return ("the ends of BETWEEN must be of one type, not %s and %s"):format(
    TYPE_WORDS[low],
    TYPE_WORDS[high]
  ),
    "high"
end

local function type_name_problem(node)
  if node[2].kind ~= "value" then return nil end
  local name = node[2].value
  for _, known in ipairs(M.TYPES) do
    if name == known then return nil end
  end
  return ('attribute_type takes one of %s, not "%s"%s'):format(
    table.concat(M.TYPES, " "),
    nearest.word(name),
    nearest.hint(name, M.TYPES)
  ),
    2
end

--- Whether of the values of a node more counts than the type of each.
function M.is_more_than_types(node)
  return node.kind == "between" or node.name == "attribute_type"
end

-- ---- by kind of node -----------------------------------------------------------------------

-- name of a test -> what is wrong with one, beside its types.
local TESTS = { attribute_type = type_name_problem }

function TESTS.begins_with(node)
  return same_problem(node, 1, 2, "begins_with")
end

function TESTS.contains(node)
  return same_problem(node, 1, 2, "contains")
end

local PROBLEMS = { arith = types_problem, call = types_problem }

function PROBLEMS.compare(node)
  local problem, key = same_problem(node, "left", "right", ('"%s"'):format(node.op))
  if problem then return problem, key end
  return types_problem(node)
end

function PROBLEMS.between(node)
  local problem, key = types_problem(node)
  if problem then return problem, key end
  return ends_problem(node)
end

function PROBLEMS.test(node)
  local problem_of = TESTS[node.name]
  local problem, key
  if problem_of then
    problem, key = problem_of(node)
  end
  if problem then return problem, key end
  return types_problem(node)
end

--- Returns what the service refuses about a node, its children looked at and not theirs; nil for
-- nothing. Of a BETWEEN, `range_problem` is asked apart: which end is greater the values say, where
-- the rest is wrong for every value of a type.
-- @tparam table node
-- @treturn ?string problem
-- @return the key of the child that is to blame
function M.problem(node)
  local problem_of = PROBLEMS[node.kind]
  if problem_of then return problem_of(node) end
end

--- Returns a node that a grammar read, or fails at the token of what the service refuses.
-- @tparam table cursor
-- @tparam table node
-- @tparam table tokens key of a child -> the token it begins with
-- @treturn table node
function M.checked(cursor, node, tokens)
  if cursor.strict then return node end
  local problem, key = M.problem(node)
  if problem then cursor:fail(tokens[key], problem) end
  return node
end

local OF_CLAUSE = {
  add = { ADDABLE, "ADD takes a number or a set such as dynamo.set { 1 }" },
  delete = { SET, "DELETE takes a set such as dynamo.set { 1 }" },
}

--- Returns the set of types that the operand of an action may have; nil where all may.
function M.action_types(clause)
  return OF_CLAUSE[clause] and OF_CLAUSE[clause][1]
end

--- Returns what the service refuses about the operand of an action of the clause "add" or "delete".
-- @treturn ?string problem
-- @treturn ?string "operand"
function M.action_problem(clause, action)
  local rule = OF_CLAUSE[clause]
  if rule then return type_problem(action, "operand", rule[1], rule[2]) end
end

return M
