-- SPDX-License-Identifier: MIT
-- The grammar of update expressions.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
local literal = require "dynamo.expression.literal"
local refusal = require "dynamo.expression.refusal"
local term = require "dynamo.expression.term"
local nodes = require "dynamo.expression.tree"
local nearest = require "dynamo.nearest"

-- The keywords, and the clause of each.
local WORDS, CLAUSES = {}, {}
for i, clause in ipairs(nodes.CLAUSES) do
  WORDS[i] = nodes.KEYWORDS[clause]
  CLAUSES[WORDS[i]] = clause
end

-- The functions of updates, and why others do not stand here.
local FUNCTIONS, ELSEWHERE = {}, {}
for name, signature in pairs(nodes.FUNCTIONS) do
  if signature.of == "update" then
    FUNCTIONS[name] = signature
  else
    ELSEWHERE[name] = "belongs in a condition, not in an update"
  end
end

local OPERAND = "a path, a value or a function"

-- ---- SET -----------------------------------------------------------------------------------

local read_value

local function read_operand(cursor)
  if not term.begins_call(cursor) then return term.operand(cursor, OPERAND) end
  local name, given, tokens = term.call(cursor, FUNCTIONS, ELSEWHERE, read_operand)
  return refusal.checked(cursor, nodes.call(name, given[1], given[2]), tokens)
end

-- Reads an operand, or a value in parentheses.
local function read_side(cursor)
  if cursor:peek().type ~= "(" then return read_operand(cursor) end
  cursor:enter()
  cursor:take()
  local inside = read_value(cursor)
  cursor:expect(")", 'to close the "("')
  cursor:leave()
  return inside
end

-- Fails unless `side`, of the arithmetic at the token `operator`, is an operand.
local function check_operand(cursor, side, operator)
  if side.kind ~= "arith" then return end
  cursor:fail(
    operator,
    'a second "%s": the service takes one "+" or "-" for each value; '
      .. "add constants up beforehand, or use a second update",
    operator.type
  )
end

local function next_operator(cursor)
  local token = cursor:peek()
  return (token.type == "+" or token.type == "-") and token or nil
end

-- Reads what follows "=": an operand, or two with "+" or "-" between.
function read_value(cursor)
  local tokens = { left = cursor:peek() }
  local left = read_side(cursor)
  local operator = next_operator(cursor)
  if not operator then return left end
  check_operand(cursor, left, operator)
  cursor:take()
  tokens.right = cursor:peek()
  local right = read_side(cursor)
  check_operand(cursor, right, operator)
  local second = next_operator(cursor)
  local value = nodes.arith(operator.type, left, right)
  if second then check_operand(cursor, value, second) end
  return refusal.checked(cursor, value, tokens)
end

-- ---- actions -------------------------------------------------------------------------------

local ACTIONS = {}

function ACTIONS.SET(cursor, where)
  local path = term.path(cursor, where)
  cursor:expect("=", "after the path")
  return nodes.action(path, read_value(cursor))
end

function ACTIONS.REMOVE(cursor, where)
  return nodes.action(term.path(cursor, where))
end

-- Returns the reader of the actions `path value` of a clause.
local function with_value(clause, wanted)
  return function(cursor, where)
    local path, token = term.path(cursor, where), cursor:peek()
    local operand = literal.read(cursor)
    if not operand then cursor:expected(wanted) end
    local action = nodes.action(path, operand)
    local problem = refusal.action_problem(clause, action)
    if problem then cursor:fail(token, problem) end
    return action
  end
end

ACTIONS.ADD = with_value("add", "a value after the path (ADD path value: a number or a set)")
ACTIONS.DELETE = with_value("delete", "a value after the path (DELETE path value: a set)")

local function expected_clause(cursor, what)
  local token = cursor:peek()
  local hint = token.type == "name" and nearest.hint(token.text, WORDS)
  if not hint or hint == "" then cursor:expected(what) end
  cursor:fail(token, "expected %s, got %s%s", what, cursor:quote(token), hint)
end

-- Reads the actions of the clause `word`, to the next clause or the end.
local function read_actions(cursor, word, actions)
  local where = "a path after " .. word
  repeat
    actions[#actions + 1] = ACTIONS[word](cursor, where)
    where = 'a path after ","'
  until not cursor:accept ","
  if cursor:peek().type ~= "end" and not cursor:word(CLAUSES) then
    expected_clause(cursor, '",", another clause or the end')
  end
end

-- Moves past the word that begins a clause and returns it; `seen` has the columns of those before.
local function read_clause(cursor, seen)
  local word = cursor:word(CLAUSES)
  if not word then expected_clause(cursor, "SET, REMOVE, ADD or DELETE") end
  local token = cursor:take()
  if seen[word] then
    cursor:refuse(token, 'The "%s" section can only be used once in an update expression;', word)
    cursor:fail(
      token,
      "a second %s, after that of column %d; one clause takes many actions, " .. 'with "," between',
      word,
      cursor:column(seen[word])
    )
  end
  seen[word] = token
  return word
end

--- Reads an update expression from a cursor.
-- @treturn table tree
local function grammar(cursor)
  local tree, seen = nodes.update(), {}
  repeat
    local word = read_clause(cursor, seen)
    read_actions(cursor, word, tree[CLAUSES[word]])
  until cursor:peek().type == "end"
  return tree
end

return { grammar = grammar, keywords = CLAUSES }
