-- SPDX-License-Identifier: MIT
-- Trees to the text that DynamoDB reads. Every name and every value gets a token, counted in one
-- space per request, so reserved words and collisions cannot happen; the same trees give the same
-- text and tokens in every run.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
local errors = require "dynamo.error"
local spaces = require "dynamo.expression.aliases"
local paths = require "dynamo.expression.path"
local refusal = require "dynamo.expression.refusal"
local nodes = require "dynamo.expression.tree"

local M = {}

-- What one expression may hold.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
local MAX_BYTES = 4096
local MAX_OPERATORS = 300 -- comparators, functions, + and -; the service does not count AND and OR
local MAX_IN_OPERANDS = 100

--- Returns an empty alias space: one per request, for all of its expressions.
-- @treturn table :name(attribute), :value(value), :store(params); see dynamo.expression.aliases
M.space = spaces.new

--- Returns value token -> text of the path it is for, of those that have one: what the user calls
-- the place of a value that cannot be encoded.
function M.tokens_reverse(space)
  local texts = {}
  for token, path in next, space.places do
    texts[token] = paths.show(path)
  end
  return texts
end

-- ---- trees to text -------------------------------------------------------------------------

-- kind of node -> function(node, space, place): its text. `place` is the path that the values in
-- the node belong to, as far as one is known.
local text_of = {}

local function render(node, space, place)
  return text_of[node.kind](node, space, place)
end

-- Returns the texts of a sequence of nodes, from the first on, with `separator` between them.
local function join(list, separator, space, place)
  local texts = {}
  for i, node in ipairs(list) do
    texts[i] = render(node, space, place)
  end
  return table.concat(texts, separator)
end

-- Counts an operator or function of the expression at work.
local function count(space)
  space.operators = space.operators + 1
end

-- Returns the text of a segment that is not the first of its path.
local function segment_text(segment, space)
  if type(segment) == "number" then return ("[%d]"):format(segment) end
  return "." .. space:name(segment)
end

function text_of.path(path, space)
  local text = space:name(path[1])
  if not path[2] then return text end
  local parts = { text }
  for i = 2, #path do
    parts[i] = segment_text(path[i], space)
  end
  return table.concat(parts)
end

function text_of.value(node, space, place)
  return space:value(node.value, place)
end

function text_of.placeholder(node, space, place)
  return space:hole(node, node, place)
end
text_of.list, text_of.map = text_of.placeholder, text_of.placeholder

function text_of.token(node, space, place)
  return space:hole(node.name, node, place)
end

function text_of.size(node, space)
  count(space)
  return "size(" .. render(node[1], space) .. ")"
end

function text_of.arith(node, space, place)
  count(space)
  local left = render(node.left, space, place)
  return left .. " " .. node.op .. " " .. render(node.right, space, place)
end

-- Functions of operands, and the tests of conditions.
function text_of.call(node, space, place)
  count(space)
  return node.name .. "(" .. join(node, ", ", space, place) .. ")"
end

-- Returns the path that the values beside `node` belong to.
local function place_of(node)
  if node.kind == "path" then return node end
  return node.kind == "size" and node[1] or nil
end

function text_of.test(node, space)
  return text_of.call(node, space, node[1])
end

function text_of.compare(node, space)
  count(space)
  local place = place_of(node.left) or place_of(node.right)
  local left = render(node.left, space, place)
  return left .. " " .. node.op .. " " .. render(node.right, space, place)
end

function text_of.between(node, space)
  count(space)
  space.bad_range = space.bad_range or refusal.range_problem(node)
  local place = place_of(node.subject)
  local subject, low = render(node.subject, space), render(node.low, space, place)
  return subject .. " BETWEEN " .. low .. " AND " .. render(node.high, space, place)
end

text_of["in"] = function(node, space)
  count(space)
  local size = #node.list
  if size == 0 or size > MAX_IN_OPERANDS then space.bad_in = size end
  local subject = render(node.subject, space)
  return subject .. " IN (" .. join(node.list, ", ", space, place_of(node.subject)) .. ")"
end

-- Parts of AND, OR or NOT that stand in parentheses. DynamoDB refuses redundant ones, so there are no
-- others; the emulators do not take NOT NOT.
local IN_PARENTHESES = { ["and"] = true, ["or"] = true, ["not"] = true }

-- Returns the text of a part of AND, OR or NOT.
local function part(node, space)
  local text = render(node, space)
  return IN_PARENTHESES[node.kind] and "(" .. text .. ")" or text
end

local function joined_by(word)
  return function(node, space)
    local texts = {}
    for i, child in ipairs(node) do
      texts[i] = part(child, space)
    end
    return table.concat(texts, word)
  end
end

text_of["and"] = joined_by " AND "
text_of["or"] = joined_by " OR "
text_of["not"] = function(node, space)
  return "NOT " .. part(node[1], space)
end

-- ---- whole expressions ---------------------------------------------------------------------

local function clause_text(clause, actions, space)
  local texts, separator = {}, nodes.SEPARATORS[clause]
  for i = 1, #actions do
    local path, operand = actions[i].path, actions[i].operand
    local text = text_of.path(path, space)
    if operand then text = text .. separator .. render(operand, space, path) end
    texts[i] = text
  end
  return nodes.KEYWORDS[clause] .. " " .. table.concat(texts, ", ")
end

local function update_text(tree, space)
  local text = ""
  for i = 1, #nodes.CLAUSES do
    local clause = nodes.CLAUSES[i]
    local actions = tree[clause]
    if actions[1] then
      local more = clause_text(clause, actions, space)
      text = text == "" and more or text .. " " .. more
    end
  end
  return text
end

local function fail(code, what, message)
  return errors.give(errors.validation(code, what, what .. ": " .. message))
end

--- Checks an expression against DynamoDB's limits.
-- @tparam string text
-- @tparam table counts operators: of the expression; bad_in: the size of an IN list that is empty
--   or too long; bad_range: what is wrong with the ends of a BETWEEN
-- @tparam ?string what "update", "condition" or "projection", for messages
-- @treturn[1] string text
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", code expression_size, expression_operators, in_operands,
--   between_operands
function M.check(text, counts, what)
  what = what or "expression"
  if counts.bad_in == 0 then
    return fail("in_operands", what, "IN takes a list of 1 to 100 values; this one is empty")
  elseif counts.bad_in then
    return fail(
      "in_operands",
      what,
      ("IN takes at most %d values, not %d; join several with OR"):format(
        MAX_IN_OPERANDS,
        counts.bad_in
      )
    )
  elseif counts.bad_range then
    return fail("between_operands", what, counts.bad_range)
  elseif counts.operators > MAX_OPERATORS then
    return fail(
      "expression_operators",
      what,
      ("%d operators and functions; DynamoDB takes at most %d"):format(
        counts.operators,
        MAX_OPERATORS
      )
    )
  elseif #text > MAX_BYTES then
    return fail(
      "expression_size",
      what,
      ("%d bytes of expression with every name and value as a token; DynamoDB takes at most %d"):format(
        #text,
        MAX_BYTES
      )
    )
  end
  return text
end

local function projection_text(tree, space)
  return join(tree, ", ", space)
end

local WRITERS = { update = update_text, condition = render, projection = projection_text }

--- Returns the text of an expression, and notes in the space what `check` wants to know of it.
-- @tparam string kind
-- @tparam table tree holes that are not filled have a token each
-- @tparam table space
function M.text(kind, tree, space)
  space.operators, space.bad_in, space.bad_range = 0, nil, nil
  return WRITERS[kind](tree, space)
end

-- Returns the function that writes one kind of expression, within the limits.
local function writer(kind)
  return function(tree, space)
    return M.check(M.text(kind, tree, space), space, kind)
  end
end

--- Returns the text of an update, "" for one without actions; or as `check`.
-- @function update
-- @tparam table tree
-- @tparam table space from `space`; it gathers the tokens
M.update = writer "update"

--- Returns the text of a condition (a filter and a key condition are conditions); or as `check`.
-- @function condition
M.condition = writer "condition"

--- Returns the text of a projection; or as `check`.
-- @function projection
M.projection = writer "projection"

return M
