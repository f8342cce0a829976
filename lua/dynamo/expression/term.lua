-- SPDX-License-Identifier: MIT
-- What every grammar's expressions are made of beside values: paths, operands, calls of functions.
-- The hole of a path is a segment { token = "#n" }.
local literal = require "dynamo.expression.literal"
local nodes = require "dynamo.expression.tree"
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {}

--- The greatest list index that is read, above any list that fits into an item of 400 KB.
M.MAX_INDEX = 2147483647

-- ---- paths ---------------------------------------------------------------------------------

local function begins_name(token)
  return token.type == "name" or token.type == "quoted" or token.type == "name token"
end

-- Reads one attribute name of a path.
local function segment(cursor, what)
  local token = cursor:peek()
  if token.type == "number" then
    cursor:fail(token, "a name that begins with a digit needs back-quotes: `%s`", token.text)
  elseif not begins_name(token) then
    cursor:expected(what)
  elseif token.type == "name token" then
    return { token = cursor:take_hole().text }
  elseif token.text == "" then
    cursor:fail(token, "an attribute name has at least one character")
  end
  return cursor:take().text
end

-- Reads "[", a list index and "]".
local function index(cursor)
  cursor:take()
  local token = cursor:peek()
  if token.type ~= "number" or not token.text:find "^[0-9]+$" then
    cursor:expected "a list index (0, 1, 2, ...)"
  end
  local number = tonumber(token.text)
  if number > M.MAX_INDEX then cursor:fail(token, "no list is as long as this index") end
  cursor:take()
  cursor:expect("]", "after the index")
  return number
end

--- Reads a path, in which no blank is before a "["; `what` says what was expected if there is none.
function M.path(cursor, what)
  if cursor:word(cursor.keywords) then cursor:expected_name(what) end
  local path = nodes.path(segment(cursor, what))
  while true do
    if cursor:accept "." then
      path[#path + 1] = segment(cursor, 'a name after "."')
    elseif cursor:touches "[" then
      path[#path + 1] = index(cursor)
    else
      return path
    end
  end
end

-- ---- operands and calls --------------------------------------------------------------------

--- Reads an operand that is no call; `what` says what was expected if there is none.
function M.operand(cursor, what)
  return literal.read(cursor) or M.path(cursor, what)
end

--- Tells whether the next tokens begin a call.
function M.begins_call(cursor)
  return cursor:peek().type == "name" and cursor:peek(1).type == "("
end

-- Moves past the comma between two arguments.
local function next_argument(cursor)
  local token = cursor:peek()
  if token.type == "+" or token.type == "-" then
    cursor:fail(token, 'no "%s" within a function: its arguments are operands', token.type)
  end
  cursor:expect(",", "between the arguments")
end

-- Reads the arguments; returns them and the token that each begins with.
local function arguments(cursor, read_operand)
  local list_of, tokens = {}, {}
  cursor:enter()
  cursor:take()
  while not cursor:accept ")" do
    if list_of[1] then next_argument(cursor) end
    tokens[#tokens + 1] = cursor:peek()
    list_of[#list_of + 1] = read_operand(cursor)
  end
  cursor:leave()
  return list_of, tokens
end

-- What the service says.
local WRONG_COUNT = "Incorrect number of operands for operator or function; operator or function: "
  .. "%s, number of operands: %d"
local NO_PATH = "Operator or function requires a document path; operator or function: %s"
local UNKNOWN = "Invalid function name; function: %s"
local MISUSED = "The function is not allowed to be used this way in an expression; function: %s"

-- Functions that take values where dynamo's own texts ask for a path.
local TAKES_VALUES = { begins_with = true, contains = true, size = true }

-- Whether an argument is of a kind. What attribute_type is given is looked at with the types.
local function is_of_kind(cursor, name, kind, got)
  if kind == "path" then return got == "path" or cursor.strict and TAKES_VALUES[name] end
  return kind ~= "value" or got ~= "path" and got ~= "size" or cursor.strict
end

-- Fails unless the arguments are as many and of the kinds that `signature` says.
local function check_arguments(cursor, name, signature, given, tokens)
  if #given ~= #signature then
    cursor:refuse(name, WRONG_COUNT, name.text, #given)
    cursor:fail(
      name,
      "%s takes %d argument%s, (%s), got %d",
      name.text,
      #signature,
      #signature == 1 and "" or "s",
      table.concat(signature, ", "),
      #given
    )
  end
  for i, kind in ipairs(signature) do
    if not is_of_kind(cursor, name.text, kind, given[i].kind) then
      cursor:refuse(name, NO_PATH, name.text)
      cursor:fail(tokens[i], "argument %d of %s must be a %s", i, name.text, kind)
    end
  end
end

--- Reads a call of one of `functions` (name -> list of "path", "value", "operand").
-- @tparam table cursor
-- @tparam table functions
-- @tparam table elsewhere name -> where else that function belongs, for the message
-- @tparam function read_operand
-- @treturn string name
-- @treturn table arguments
-- @treturn table the token each argument begins with
function M.call(cursor, functions, elsewhere, read_operand)
  local name = cursor:take()
  local signature = functions[name.text]
  if not signature then cursor:refuse(name, UNKNOWN, name.text) end
  if elsewhere[name.text] then
    cursor:refuse(name, MISUSED, name.text)
    cursor:fail(name, "%s %s", name.text, elsewhere[name.text])
  elseif not signature then
    cursor:fail(
      name,
      'unknown function "%s"%s',
      name.text,
      nearest.hint(name.text, tables.sorted_keys(functions))
    )
  end
  local given, tokens = arguments(cursor, read_operand)
  check_arguments(cursor, name, signature, given, tokens)
  return name.text, given, tokens
end

return M
