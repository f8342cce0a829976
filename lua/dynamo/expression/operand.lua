-- SPDX-License-Identifier: MIT
--- Attributes as operands: what a condition compares and an update computes with.
-- Where a value is expected an operand may stand as well, so `dynamo.attr("a"):lt(dynamo.attr "b")`
-- compares two attributes.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local core = require "dynamo.core"
local conditions = require "dynamo.expression.condition"
local show = require "dynamo.expression.display"
local object = require "dynamo.expression.object"
local paths = require "dynamo.expression.path"
local refusal = require "dynamo.expression.refusal"
local nodes = require "dynamo.expression.tree"
local given = require "dynamo.given"
local values = require "dynamo.value"

local M = {}

local no_more = given.no_more
local tree_of = object.tree

--- The kinds of tree that may stand as an operand, by place.
M.IN_SET = { path = true, value = true, call = true, arith = true }
M.IN_CALL = { path = true, value = true, call = true }
M.IN_CONDITION = { path = true, value = true, size = true }

--- The value that appending starts from.
M.EMPTY_LIST = values.list {}

-- What to say of a kind of tree that stands where it cannot.
local MISPLACED = {
  arith = "+ and - can be the whole value of a SET only: one of them, in no function or condition",
  call = "or_else, append and prepend belong in an update, not a condition",
  size = "size belongs in a condition, not an update",
}

local function misplaced(tree)
  return MISPLACED[tree.kind] or "a value or an operand expected, got another expression"
end

--- Returns the tree of anything: of an object its own, of a value a node.
function M.tree_of(value)
  return tree_of(value) or nodes.value(value)
end

--- Returns the operand that `value` is.
-- @param value a value or an object
-- @tparam table allowed the kinds it may be, such as IN_SET
-- @tparam string who is asked, for the message
-- @tparam ?number level of the caller to blame (3: the caller of our caller)
function M.check(value, allowed, who, level)
  local tree = tree_of(value)
  if not tree then
    if value ~= nil then return nodes.value(value) end
    error(
      ("dynamo.%s: a value expected, got nil; dynamo.null is DynamoDB's NULL"):format(who),
      level or 3
    )
  end
  if allowed[tree.kind] then return tree end
  error(("dynamo.%s: %s"):format(who, misplaced(tree)), level or 3)
end

local check = M.check

--- Returns a term of a sum: a number or an operand. As `check`, level given.
function M.term(value, who, level)
  local tree = tree_of(value)
  if tree and M.IN_CALL[tree.kind] then return tree end
  if core.kind(value) == "N" then return nodes.value(value) end
  local problem = tree and misplaced(tree)
    or ("a number or dynamo.attr(path) expected, got %s"):format(type(value))
  error(("dynamo.%s: %s"):format(who, problem), level)
end

-- Returns what is wrong with a value that should be a list, or nil.
local function list_problem(value)
  if type(value) ~= "table" then return type(value) .. "; write { value }" end
  if values.is_set(value) then return "a set; use add" end
  if next(value) ~= nil and rawget(value, 1) == nil then return "a map; write { map }" end
end

--- Returns the operand of a list: a sequence or an operand. As `check`, level given.
-- An empty table is a list here.
function M.list(value, who, level)
  if tree_of(value) then
    local tree = check(value, M.IN_CALL, who, level + 1)
    return tree
  end
  local problem = list_problem(value)
  if problem then error(("dynamo.%s: a list expected, got %s"):format(who, problem), level) end
  return nodes.value(next(value) == nil and M.EMPTY_LIST or value)
end

-- Raises, at the caller of the method `who`, what the service refuses of a tree.
local function refuse(tree, who)
  local problem = refusal.problem(tree)
  if problem then error(("dynamo.%s: %s"):format(who, problem), 4) end
end

-- Returns the condition of a tree, or raises at the caller of the method `who`.
local function condition_of(tree, who)
  refuse(tree, who)
  return conditions.new(tree)
end

-- Returns the tree of `self`, or raises at the line that called the method `who`.
local function own(self, who)
  return tree_of(self) or error(("use %s(...), with a colon"):format(who), 3)
end

-- ---- comparisons ---------------------------------------------------------------------------

local attr, call, size = {}, {}, {}

-- Gives attributes and sizes the method `name`, which compares with `op`.
local function compares(name, op)
  local who = "attr:" .. name
  local function method(self, value, ...)
    no_more("dynamo." .. who, ...)
    local left, right = own(self, who), check(value, M.IN_CONDITION, who)
    local condition = condition_of(nodes.compare(op, left, right), who)
    return condition
  end
  attr[name], size[name] = method, method
end

--- Conditions of an attribute or a size and one value or operand: equal, not equal, less, at most,
-- greater, at least.
-- @function attr:eq
-- @param value a value, dynamo.attr(path) or a size
-- @treturn table a condition
-- @usage dynamo.attr("stock"):ge(dynamo.attr "reserved")
compares("eq", "=")
compares("ne", "<>")
compares("lt", "<")
compares("le", "<=")
compares("gt", ">")
compares("ge", ">=")

--- Returns the condition low <= attribute <= high.
-- @param low a value or an operand
-- @param high a value or an operand
-- @treturn table a condition; that `low` is above `high` is an error when it is sent
function attr:between(low, high, ...)
  no_more("dynamo.attr:between", ...)
  local subject = own(self, "attr:between")
  local from = check(low, M.IN_CONDITION, "attr:between")
  local to = check(high, M.IN_CONDITION, "attr:between")
  local condition = condition_of(nodes.between(subject, from, to), "attr:between")
  return condition
end

--- Returns the condition that the attribute equals one of some values (IN).
-- @tparam table list a sequence of 1 to 100 values and operands, or a set
-- @treturn table a condition; a list of no or too many values is an error when it is sent
function attr:within(list, ...)
  no_more("dynamo.attr:within", ...)
  local subject, operands = own(self, "attr:within"), {}
  if type(list) ~= "table" or tree_of(list) then
    error("dynamo.attr:within: a list of values expected, as in within { 1, 2 }", 2)
  end
  local problem = given.list_problem(list)
  if problem then error("dynamo.attr:within: " .. problem, 2) end
  for i, value in ipairs(list) do
    operands[i] = check(value, M.IN_CONDITION, "attr:within")
  end
  return conditions.new(nodes.one_of(subject, operands))
end

size.between, size.within = attr.between, attr.within

-- ---- tests ---------------------------------------------------------------------------------

-- Returns the condition of a function of DynamoDB's, or raises at the caller of the method `who`.
local function test(who, name, path, operand)
  local tree = nodes.test(name, path, operand)
  refuse(tree, who)
  return conditions.new(tree)
end

--- Returns the condition that the attribute is there, whatever its value.
-- @treturn table a condition
function attr:exists(...)
  no_more("dynamo.attr:exists", ...)
  return test("attr:exists", "attribute_exists", (own(self, "attr:exists")))
end

--- Returns the condition that the attribute is not there. Of the partition key: that the item is
-- not there.
-- @treturn table a condition
function attr:missing(...)
  no_more("dynamo.attr:missing", ...)
  return test("attr:missing", "attribute_not_exists", (own(self, "attr:missing")))
end

--- Returns the condition that the attribute is there with this type.
-- @tparam string name S SS N NS B BS BOOL NULL L or M
-- @treturn table a condition
function attr:type(name, ...)
  no_more("dynamo.attr:type", ...)
  local path = own(self, "attr:type")
  local condition = test("attr:type", "attribute_type", path, nodes.value(name))
  return condition
end

--- Returns the condition that the attribute, a string or binary, begins with `prefix`.
-- @param prefix a string, dynamo.binary or operand
-- @treturn table a condition
function attr:begins_with(prefix, ...)
  no_more("dynamo.attr:begins_with", ...)
  local path = own(self, "attr:begins_with")
  local operand = check(prefix, M.IN_CONDITION, "attr:begins_with")
  local condition = test("attr:begins_with", "begins_with", path, operand)
  return condition
end

--- Returns the condition that the attribute contains something: a string a part of it, a set or
-- list an element.
-- @param what a value or an operand
-- @treturn table a condition
function attr:contains(what, ...)
  no_more("dynamo.attr:contains", ...)
  local path = own(self, "attr:contains")
  local operand = check(what, M.IN_CONDITION, "attr:contains")
  local condition = test("attr:contains", "contains", path, operand)
  return condition
end

-- ---- operands ------------------------------------------------------------------------------

local function shown(self)
  return (show(tree_of(self)))
end

local sum_class

-- Returns the metamethod of + or -, one side of which at least is an operand.
local function arithmetic(op)
  local who = "attr " .. op
  return function(a, b)
    local left, right = M.term(a, who, 3), M.term(b, who, 3)
    local tree = nodes.arith(op, left, right)
    local problem = refusal.problem(tree)
    if problem then error(("dynamo.%s: %s"):format(who, problem), 2) end
    return object.new(tree, sum_class)
  end
end

-- Returns the metamethod of an operator that compares: Lua's own makes a boolean, no condition.
local function no_operator(operator, method)
  return function()
    error(
      ("dynamo.attr: %s compares in Lua, here and now; a condition is attr%s"):format(
        operator,
        method
      ),
      2
    )
  end
end

-- Returns the metatable of operands.
local function meta_of_operand()
  return {
    __tostring = shown,
    __eq = no_operator("==", ":eq(value)"),
    __lt = no_operator("<", ":lt(value) or :gt(value)"),
    __le = no_operator("<=", ":le(value) or :ge(value)"),
  }
end

-- What other libraries call the methods.
local ELSEWHERE = {
  equals = ":eq(value)",
  equal = ":eq(value)",
  equalto = ":eq(value)",
  is = ":eq(value)",
  notequals = ":ne(value)",
  notequal = ":ne(value)",
  neq = ":ne(value)",
  less = ":lt(value)",
  lessthan = ":lt(value)",
  lte = ":le(value)",
  lessthanorequal = ":le(value)",
  lessthanequal = ":le(value)",
  atmost = ":le(value)",
  greater = ":gt(value)",
  greaterthan = ":gt(value)",
  gte = ":ge(value)",
  greaterthanorequal = ":ge(value)",
  greaterthanequal = ":ge(value)",
  atleast = ":ge(value)",
  isin = ":within { values }",
  ["in"] = ":within { values }",
  oneof = ":within { values }",
  attributeexists = ":exists()",
  isset = ":exists()",
  present = ":exists()",
  notexists = ":missing()",
  attributenotexists = ":missing()",
  doesnotexist = ":missing()",
  absent = ":missing()",
  isnil = ":missing()",
  isnull = ':type "NULL", or :missing() for an attribute that is not there',
  null = ':type "NULL", or :missing() for an attribute that is not there',
  attributetype = ":type(name)",
  startswith = ":begins_with(prefix)",
  includes = ":contains(value)",
  length = ":size()",
  len = ":size()",
  ifnotexists = ":or_else(default)",
  orelse = ":or_else(default)",
  default = ":or_else(default)",
  listappend = ":append(list)",
  push = ":append(list)",
  plus = "attr + number",
  minus = "attr - number",
  increment = "dynamo.update():increment(path, by)",
  set = "dynamo.update():set(path, value)",
  ["and"] = "dynamo.all(condition, condition)",
  ["or"] = "dynamo.any(condition, condition)",
  ["not"] = "dynamo.negate(condition)",
}

-- Returns the class of operands that can be added, with these methods.
local function class(word, methods)
  local meta = meta_of_operand()
  meta.__add, meta.__sub = arithmetic "+", arithmetic "-"
  return object.class(word, methods, meta, ELSEWHERE)
end

local attr_class, call_class = class("an attribute", attr), class("an operand", call)
local size_class = object.class("a size", size, meta_of_operand(), ELSEWHERE)
sum_class = class("a sum", {}) -- adding to it says that one + or - is all there can be

-- Returns the operand of a function, or raises at the caller of the method `who`.
local function new_call(who, name, first, second)
  local tree = nodes.call(name, first, second)
  refuse(tree, who)
  return object.new(tree, call_class)
end

--- Returns the size of the attribute, for comparisons: of a string its bytes, of a set, list or
-- map its elements.
-- @treturn table has :eq :ne :lt :le :gt :ge :between :within
function attr:size(...)
  no_more("dynamo.attr:size", ...)
  return object.new(nodes.size((own(self, "attr:size"))), size_class)
end

--- Returns the operand that is the attribute, or `default` if it is not there (if_not_exists).
-- @param default a value or an operand
-- @treturn table an operand with `+`, `-`, :append and :prepend
-- @usage dynamo.update():set("visits", dynamo.attr("visits"):or_else(0) + 1)
function attr:or_else(default, ...)
  no_more("dynamo.attr:or_else", ...)
  local path = own(self, "attr:or_else")
  local operand = check(default, M.IN_CALL, "attr:or_else")
  return new_call("attr:or_else", "if_not_exists", path, operand)
end

--- Returns the operand that is the list with the elements of another behind its own. The list must
-- be there: `attr(path):or_else(dynamo.list{}):append(list)`, or the :append of `dynamo.update`.
-- @param list a sequence or an operand
-- @treturn table an operand
function attr:append(list, ...)
  no_more("dynamo.attr:append", ...)
  local first, second = own(self, "attr:append"), M.list(list, "attr:append", 3)
  local operand = new_call("attr:append", "list_append", first, second)
  return operand
end

--- Returns the operand that is the list with the elements of another before its own.
-- @param list a sequence or an operand
-- @treturn table an operand
function attr:prepend(list, ...)
  no_more("dynamo.attr:prepend", ...)
  local second, first = own(self, "attr:prepend"), M.list(list, "attr:prepend", 3)
  local operand = new_call("attr:prepend", "list_append", first, second)
  return operand
end

call.append, call.prepend = attr.append, attr.prepend

--- Returns an attribute, by its path, as an operand: with `+` and `-`, the methods above and, for
-- `==` `<>` `<` `<=` `>` `>=`, :eq :ne :lt :le :gt :ge.
-- @param path text such as "a.b[2].c", or dynamo.path{...}; raises on anything else
-- @treturn table immutable
-- @usage dynamo.attr("version"):eq(3)
function M.attr(path, ...)
  no_more("dynamo.attr", ...)
  local tree, message = object.path(path)
  if not tree then error("dynamo.attr: " .. message, 2) end
  return object.new(tree, attr_class)
end

--- Returns an attribute by a path whose names are taken as they are, dots and all.
-- @tparam table list names, and numbers for the indexes of lists, from 0
-- @treturn table as `attr` gives; serves where a path is expected
-- @usage dynamo.path { "a.b", 2, "c" }
function M.path(list, ...)
  no_more("dynamo.path", ...)
  if type(list) ~= "table" then
    error(("dynamo.path: a list of names and indexes expected, got %s"):format(type(list)), 2)
  end
  local tree, message = paths.literal(list)
  if not tree then error("dynamo." .. message, 2) end
  return object.new(tree, attr_class)
end

return M
