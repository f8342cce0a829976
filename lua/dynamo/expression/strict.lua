-- SPDX-License-Identifier: MIT
-- Expressions as the service reads them: without the literals, `?` and quotes of dynamo's own texts;
-- reserved words need names, each name and value that is used must be given, and each given one be
-- used. Texts become trees whose names are known and whose values are wire-typed.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
local cursor = require "dynamo.expression.cursor"
local lexer = require "dynamo.expression.lexer"
local nodes = require "dynamo.expression.tree"
local overlap = require "dynamo.expression.strict_overlap"
local types = require "dynamo.expression.strict_types"
local reserved = require "dynamo.expression.reserved_words"
local refusal = require "dynamo.service_refusal"
local tables = require "dynamo.tables"

local M = {}

local GRAMMARS = {
  update = require "dynamo.expression.parse_update",
  condition = require "dynamo.expression.parse_condition",
  projection = require "dynamo.expression.parse_projection",
}

local MAX_BYTES = 4096

-- ---- syntax ------------------------------------------------------------------------------------

local function refuse(space, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  refusal.validation("Invalid %s: %s", space.what, message)
end

-- Returns the number of the token that a byte is in.
local function token_at(tokens, at)
  for i, token in ipairs(tokens) do
    if token.past > at or token.type == "end" then return i end
  end
end

-- Refuses a text for what is at a byte, with the token there and its neighbours.
local function refuse_syntax(space, text, at)
  local known, tokens = pcall(lexer.tokens, text)
  if not known then
    refuse(space, 'Syntax error; token: "%s", near: "%s"', text:sub(at, at), text:sub(at, at + 1))
  end
  local i = token_at(tokens, at)
  local first, last = tokens[math.max(1, i - 1)], tokens[math.min(#tokens, i + 1)]
  local token = tokens[i].type == "end" and "<EOF>" or text:sub(tokens[i].at, tokens[i].past - 1)
  local near = text:sub(first.at, last.past - 1)
  refuse(space, 'Syntax error; token: "%s", near: "%s"', token, near)
end

local DYNAMO_ONLY = { quoted = true, string = true, ["?"] = true, ["{"] = true }

-- Whether a token is of dynamo's texts alone.
local function is_own(tokens, i)
  local token, before, after = tokens[i], tokens[i - 1], tokens[i + 1]
  if token.type == "number" then
    return not (before and before.type == "[" and after.type == "]")
  elseif token.type == "[" then
    local follows = before and (before.type == "name" or before.type == "name token")
    return not (follows or before and before.type == "]")
  end
  return DYNAMO_ONLY[token.type]
end

-- Refuses what the service does not have.
local function check_tokens(space, text)
  local known, tokens = pcall(lexer.tokens, text)
  if not known then return end -- the parser says where
  for i, token in ipairs(tokens) do
    if is_own(tokens, i) then refuse_syntax(space, text, token.at) end
  end
end

-- Returns the tree of a text.
local function parse(space, kind, text)
  if text == "" then refuse(space, "The expression can not be empty;") end
  if #text > MAX_BYTES then
    refuse(
      space,
      "Expression size has exceeded the maximum allowed size; expression size: %d",
      #text
    )
  end
  check_tokens(space, text)
  local grammar = GRAMMARS[kind]
  local tree, failed =
    cursor.parse(text, grammar.grammar, { keywords = grammar.keywords, strict = true })
  if tree then return tree end
  if failed.said then refuse(space, "%s", failed.message) end
  refuse_syntax(space, text, failed.at)
end

-- ---- names and values --------------------------------------------------------------------------

local UNDEFINED_NAME = "An expression attribute name used in the document path is not defined; "
  .. "attribute name: %s"
local UNDEFINED_VALUE = "An expression attribute value used in expression is not defined; "
  .. "attribute value: %s"

-- Returns the attribute name that a segment of a path is.
local function name_of(space, segment)
  if type(segment) == "number" then return segment end
  local token = segment.token
  if not token then
    if reserved[segment:upper()] then
      refuse(space, "Attribute name is a reserved keyword; reserved keyword: %s", segment)
    end
    return segment
  end
  local name = space.names[token]
  if not name then refuse(space, UNDEFINED_NAME, token) end
  space.used[token] = true
  return name
end

local CHILDREN = { "left", "right", "subject", "low", "high", "operand", "path" }
local LISTS = { "list", "set", "remove", "delete", "add" }

local resolved

local function resolved_list(space, list)
  local copy = {}
  for i, node in ipairs(list) do
    copy[i] = resolved(space, node)
  end
  return copy
end

-- Returns a node whose names and values are known.
function resolved(space, node)
  if node.kind == "path" then
    local path = nodes.path()
    for i, segment in ipairs(node) do
      path[i] = name_of(space, segment)
    end
    return path
  elseif node.kind == "token" then
    local value = space.values[node.name]
    if not value then refuse(space, UNDEFINED_VALUE, node.name) end
    space.used[node.name] = true
    return nodes.value(value)
  end
  local copy = tables.copy(node)
  for i, child in ipairs(node) do
    copy[i] = resolved(space, child)
  end
  for _, name in ipairs(CHILDREN) do
    if node[name] then copy[name] = resolved(space, node[name]) end
  end
  for _, name in ipairs(LISTS) do
    if node[name] then copy[name] = resolved_list(space, node[name]) end
  end
  return copy
end

-- ---- the kinds of expression -------------------------------------------------------------------

local Space = {}
Space.__index = Space

-- Returns the checked tree of a text.
local function tree_of(space, kind, text, what)
  space.what = what
  local tree = resolved(space, parse(space, kind, text))
  types.check(tree, space.what)
  return tree
end

--- Returns the tree of a condition or a filter, or raises a refusal.
-- @tparam string text
-- @tparam string what the member that has it, such as "ConditionExpression"
function Space:condition(text, what)
  return tree_of(self, "condition", text, what)
end

--- Returns the tree of an update.
function Space:update(text, what)
  local tree = tree_of(self, "update", text, what)
  overlap.check_update(tree, what)
  return tree
end

--- Returns the tree of a projection.
function Space:projection(text, what)
  local tree = tree_of(self, "projection", text, what)
  overlap.check_projection(tree, what)
  return tree
end

-- Refuses what is given in a member and not used.
local function check_used(space, given, member)
  for _, token in ipairs(tables.sorted_keys(given)) do
    if not space.used[token] then
      refusal.validation("Value provided in %s unused in expressions: keys: {%s}", member, token)
    end
  end
end

--- Refuses names and values that no expression of the request uses.
function Space:finish()
  check_used(self, self.names, "ExpressionAttributeNames")
  check_used(self, self.values, "ExpressionAttributeValues")
end

--- Begins the expressions of one request.
-- @tparam ?table names "#n" -> attribute name
-- @tparam ?table values ":v" -> wire-typed value, checked
function M.new(names, values)
  return setmetatable({
    names = names or tables.NONE,
    values = values or tables.NONE,
    used = {}, -- token -> true
    what = nil, -- the member whose expression is read
  }, Space)
end

return M
