-- SPDX-License-Identifier: MIT
-- The grammar of conditions: condition, filter and key condition expressions. From the tightest:
-- comparisons, IN, BETWEEN and functions; NOT; AND; OR.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local refusal = require "dynamo.expression.refusal"
local term = require "dynamo.expression.term"
local nodes = require "dynamo.expression.tree"

local KEYWORDS = { AND = true, OR = true, NOT = true, IN = true, BETWEEN = true }
local COMPARATORS = nodes.COMPARATORS
local INFIX = { IN = true, BETWEEN = true }

local UPDATE = "belongs in the SET of an update, not in a condition"
local TEST = "is true or false by itself and can be no operand"
-- The functions of conditions, and why others, and tests as operands, do not stand here.
local FUNCTIONS, NOT_A_TEST, NOT_AN_OPERAND = {}, {}, {}
for name, signature in pairs(nodes.FUNCTIONS) do
  if signature.of == "condition" then
    FUNCTIONS[name] = signature
    NOT_AN_OPERAND[name] = signature.is == "test" and TEST or nil
  else
    NOT_A_TEST[name], NOT_AN_OPERAND[name] = UPDATE, UPDATE
  end
end

local OPERAND = "a path, a value or a function"

-- ---- operands ------------------------------------------------------------------------------

local function read_operand(cursor)
  if cursor:peek().type == "(" then
    cursor:enter()
    cursor:take()
    local inside = read_operand(cursor)
    cursor:expect(")", 'to close the "("')
    cursor:leave()
    return inside
  elseif not term.begins_call(cursor) then
    return term.operand(cursor, OPERAND)
  end
  local _, given = term.call(cursor, FUNCTIONS, NOT_AN_OPERAND, read_operand)
  return nodes.size(given[1])
end

-- ---- tests ---------------------------------------------------------------------------------

local function read_test(cursor)
  local name, given, tokens = term.call(cursor, FUNCTIONS, NOT_A_TEST, read_operand)
  if COMPARATORS[cursor:peek().type] then
    cursor:fail(
      cursor:peek(),
      "%s is true or false by itself: leave out the comparison, or put " .. "NOT before it",
      name
    )
  end
  return refusal.checked(cursor, nodes.test(name, given[1], given[2]), tokens)
end

local function read_between(cursor, subject, tokens)
  tokens.low = cursor:peek()
  local low = read_operand(cursor)
  if not cursor:accept_word "AND" then cursor:expected "AND and the upper end of BETWEEN" end
  tokens.high = cursor:peek()
  local node = nodes.between(subject, low, read_operand(cursor))
  refusal.checked(cursor, node, tokens)
  local problem = not cursor.strict and refusal.range_problem(node)
  if problem then cursor:fail(tokens.low, problem) end
  return node
end

local function read_in(cursor, subject)
  cursor:expect("(", "after IN")
  local list = {}
  repeat
    list[#list + 1] = read_operand(cursor)
  until not cursor:accept ","
  cursor:expect(")", "after the values of IN")
  return nodes.one_of(subject, list)
end

local function read_compare(cursor, subject, tokens)
  local op = cursor:take().type
  tokens.right = cursor:peek()
  local node = nodes.compare(op, subject, read_operand(cursor))
  return refusal.checked(cursor, node, tokens)
end

local function read_comparison(cursor)
  local token = cursor:peek()
  local subject, tokens = read_operand(cursor), { left = token, subject = token }
  if COMPARATORS[cursor:peek().type] then
    return read_compare(cursor, subject, tokens)
  elseif cursor:accept_word "BETWEEN" then
    return read_between(cursor, subject, tokens)
  elseif cursor:accept_word "IN" then
    return read_in(cursor, subject)
  elseif cursor:peek().type == "+" then
    cursor:fail(cursor:peek(), "a condition knows no arithmetic; compute it beforehand")
  end
  cursor:expected "a comparison (=, <>, <, <=, >, >=, BETWEEN or IN)"
end

-- ---- conditions ----------------------------------------------------------------------------

local read_or

-- Tells whether the "(" that comes next holds an operand: a comparison follows its ")".
local function holds_operand(cursor)
  local after = cursor.tokens[cursor:peek().closes + 1]
  return COMPARATORS[after.type] or after.type == "name" and INFIX[after.text:upper()]
end

local function read_group(cursor)
  cursor:enter()
  local outer, inner = cursor:take(), cursor:peek()
  local inside = read_or(cursor)
  if inner.type == "(" and inner.closes + 1 == outer.closes then
    cursor:refuse(outer, "The expression has redundant parentheses;")
  end
  cursor:expect(")", 'to close the "("')
  cursor:leave()
  return inside
end

local function read_primary(cursor)
  if cursor:peek().type == "(" and not holds_operand(cursor) then return read_group(cursor) end
  if term.begins_call(cursor) and cursor:peek().text ~= "size" then return read_test(cursor) end
  return read_comparison(cursor)
end

local function read_not(cursor)
  if not cursor:accept_word "NOT" then return read_primary(cursor) end
  cursor:enter()
  local child = read_not(cursor)
  cursor:leave()
  return nodes.negation(child)
end

-- Reads one or more of what `read` reads, with `word` between; returns what `join` makes of them.
local function read_chain(cursor, join, word, read)
  local parts = {}
  repeat
    parts[#parts + 1] = read(cursor)
  until not cursor:accept_word(word)
  return join(parts)
end

local function read_and(cursor)
  return read_chain(cursor, nodes.all, "AND", read_not)
end

function read_or(cursor)
  return read_chain(cursor, nodes.any, "OR", read_and)
end

--- Reads a condition from a cursor.
-- @treturn table tree
local function grammar(cursor)
  local tree = read_or(cursor)
  if cursor:peek().type ~= "end" then cursor:expected "AND, OR or the end" end
  return tree
end

return { grammar = grammar, keywords = KEYWORDS }
