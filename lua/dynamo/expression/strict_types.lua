-- SPDX-License-Identifier: MIT
-- Operands whose type the service refuses whatever the item is.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local paths = require "dynamo.expression.path"
local overlap = require "dynamo.expression.strict_overlap"
local wire = require "dynamo.expression.wire_value"
local refusal = require "dynamo.service_refusal"

local M = {}

local function set_of(...)
  local set = {}
  for _, type in ipairs { ... } do
    set[type] = true
  end
  return set
end

local ORDERED, TEXTS, STRINGS = set_of("S", "N", "B"), set_of("S", "B"), set_of "S"
local NUMBERS, LISTS = set_of "N", set_of "L"
local TYPES = set_of("S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M")
local ADDED, DELETED = set_of("N", "SS", "NS", "BS"), set_of("SS", "NS", "BS")
local SIZED = set_of("S", "B", "SS", "NS", "BS", "L", "M")

local LONG = {
  S = "STRING",
  N = "NUMBER",
  B = "BINARY",
  BOOL = "BOOLEAN",
  NULL = "NULL",
  L = "LIST",
  M = "MAP",
  SS = "STRING_SET",
  NS = "NUMBER_SET",
  BS = "BINARY_SET",
}

-- Returns the type of a node, nil where only the item tells.
local function type_of(node)
  if not node then return nil end
  if node.kind == "value" then return (next(node.value)) end
  if node.kind == "size" or node.kind == "arith" then return "N" end
  return node.name == "list_append" and "L" or nil
end

local function refuse_type(what, operator, type)
  refusal.validation(
    "Invalid %s: Incorrect operand type for operator or function; operator or function: %s, "
      .. "operand type: %s",
    what,
    operator,
    type
  )
end

-- Refuses an operand that is of none of some types.
local function want(what, operator, node, allowed)
  local type = type_of(node)
  if type and not allowed[type] then refuse_type(what, operator, type) end
end

-- Refuses an attribute that is set beside itself.
local function want_distinct(what, operator, a, b)
  if a.kind ~= "path" or b.kind ~= "path" or not paths.equal(a, b) then return end
  refusal.validation(
    "Invalid %s: The first operand must be distinct from the remaining operands for this operator "
      .. "or function; operator: %s, first operand: %s",
    what,
    operator,
    overlap.shown(a)
  )
end

local CHECKS = {}

function CHECKS.compare(node, what)
  want_distinct(what, node.op, node.left, node.right)
  if node.op == "=" or node.op == "<>" then return end
  want(what, node.op, node.left, ORDERED)
  want(what, node.op, node.right, ORDERED)
end

-- Refuses a range whose ends are of two types, or the wrong way round.
local function check_range(low, high, what)
  if low.kind ~= "value" or high.kind ~= "value" then return end
  local a, b = low.value, high.value
  if next(a) ~= next(b) then
    refusal.validation(
      "Invalid %s: The BETWEEN operator requires same data type for lower and upper bounds; lower "
        .. "bound operand: AttributeValue: {%s:%s}, upper bound operand: AttributeValue: {%s:%s}",
      what,
      next(a),
      a[next(a)],
      next(b),
      b[next(b)]
    )
  elseif wire.order(a, b) == 1 then
    refusal.validation(
      "Invalid %s: The BETWEEN operator requires upper bound to be greater than or equal to lower "
        .. "bound; lower bound operand: AttributeValue: {%s:%s}, upper bound operand: "
        .. "AttributeValue: {%s:%s}",
      what,
      next(a),
      a[next(a)],
      next(b),
      b[next(b)]
    )
  end
end

function CHECKS.between(node, what)
  want(what, "BETWEEN", node.subject, ORDERED)
  want(what, "BETWEEN", node.low, ORDERED)
  want(what, "BETWEEN", node.high, ORDERED)
  check_range(node.low, node.high, what)
end

local TESTS = {}

function TESTS.begins_with(node, what)
  want_distinct(what, "begins_with", node[1], node[2])
  want(what, "begins_with", node[1], TEXTS)
  want(what, "begins_with", node[2], TEXTS)
end

function TESTS.contains(node, what)
  want_distinct(what, "contains", node[1], node[2])
end

function TESTS.attribute_type(node, what)
  want(what, "attribute_type", node[2], STRINGS)
  if node[2].kind ~= "value" then
    refuse_type(what, "attribute_type", "{NS,SS,L,BS,N,NS,M,B,BOOL,NULL,S}")
  end
  local value = node[2].value
  if TYPES[value.S] then return end
  refusal.validation(
    "Invalid %s: Invalid attribute type name found; type: %s, valid types: "
      .. "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
    what,
    value.S
  )
end

function CHECKS.test(node, what)
  local check = TESTS[node.name]
  if check then check(node, what) end
end

function CHECKS.size(node, what)
  want(what, "size", node[1], SIZED)
end

function CHECKS.arith(node, what)
  want(what, node.op, node.left, NUMBERS)
  want(what, node.op, node.right, NUMBERS)
end

function CHECKS.call(node, what)
  if node.name ~= "list_append" then return end
  want(what, "list_append", node[1], LISTS)
  want(what, "list_append", node[2], LISTS)
end

-- Refuses the operands of ADD or DELETE.
local function check_actions(actions, operator, allowed, what)
  for _, action in ipairs(actions) do
    local type = type_of(action.operand)
    if type and not allowed[type] then
      refusal.validation(
        "Invalid %s: Incorrect operand type for operator or function; operator: %s, operand type: "
          .. "%s, typeSet: ALLOWED_FOR_%s_OPERAND",
        what,
        operator,
        LONG[type],
        operator
      )
    end
  end
end

function CHECKS.update(node, what)
  check_actions(node.add, "ADD", ADDED, what)
  check_actions(node.delete, "DELETE", DELETED, what)
end

local CHILDREN = { "left", "right", "subject", "low", "high", "operand" }
local LISTS_OF_NODES = { "list", "set" }

--- Refuses a tree in which an operand can never do.
-- @tparam table tree
-- @tparam string what the member that has the expression
function M.check(tree, what)
  for _, name in ipairs(CHILDREN) do
    if tree[name] then M.check(tree[name], what) end
  end
  for _, name in ipairs(LISTS_OF_NODES) do
    for _, node in ipairs(tree[name] or {}) do
      M.check(node, what)
    end
  end
  if tree.kind ~= "path" then
    for _, node in ipairs(tree) do
      M.check(node, what)
    end
  end
  local check = CHECKS[tree.kind]
  if check then check(tree, what) end
end

return M
