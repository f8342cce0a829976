-- SPDX-License-Identifier: MIT
-- Paths, values and conditions of PartiQL, read from tokens into the texts of expressions: names and
-- values become tokens of the request that the statement is made.
local lexer = require "dynamo.embedded.partiql_lexer"
local values = require "dynamo.embedded.values"

local M = {}

local Reader = {}
Reader.__index = Reader

-- ---- tokens ------------------------------------------------------------------------------------

--- Returns the next token, or the one `ahead` of it.
function Reader:peek(ahead)
  return self.tokens[self.position + (ahead or 0)]
end

function Reader:take()
  local token = self:peek()
  if token.type ~= "end" then self.position = self.position + 1 end
  return token
end

--- Whether the next token is a keyword, or the one `ahead` of it.
function Reader:is_word(word, ahead)
  local token = self:peek(ahead)
  return token.type == "word" and token.text:upper() == word
end

--- Moves past the keyword or the symbol if it comes next, and tells whether it did.
function Reader:accept(what)
  local found = self:peek().type == what or self:is_word(what)
  if found then self:take() end
  return found
end

--- Refuses what comes next.
function Reader:unexpected()
  local token = self:peek()
  if token.type == "end" then lexer.refuse "Unexpected end of statement" end
  lexer.refuse('Unexpected token "%s" at %d', token.text, token.at)
end

--- Moves past what must come next.
function Reader:expect(what)
  if not self:accept(what) then self:unexpected() end
end

--- Returns the name that comes next, quoted or not.
function Reader:name()
  local type = self:peek().type
  if type ~= "word" and type ~= "quoted" then self:unexpected() end
  return self:take().text
end

-- ---- values ------------------------------------------------------------------------------------

-- Returns the parameter that the next `?` is.
local function parameter(self)
  self.used = self.used + 1
  local value = self.parameters[self.used]
  if not value then lexer.refuse "Number of parameters in request and statement don't match." end
  return value
end

-- Reads values up to a token, commas between them.
local function list_until(self, close)
  local list = {}
  while not self:accept(close) do
    if list[1] then self:expect "," end
    list[#list + 1] = self:value()
  end
  return list
end

local function map(self)
  local content, count = {}, 0
  while not self:accept "}" do
    if count > 0 then self:expect "," end
    if self:peek().type ~= "string" then self:unexpected() end
    local name = self:take().text
    self:expect ":"
    content[name], count = self:value(), count + 1
  end
  return { M = content }
end

-- Returns the set of some scalars of one type.
local function set(self)
  local list, texts = list_until(self, ">>"), {}
  local type = list[1] and next(list[1])
  for i, value in ipairs(list) do
    texts[i] = value[type]
    if not texts[i] then lexer.refuse "A set holds values of one type" end
  end
  return { [(type or "S") .. "S"] = texts }
end

local WORDS = { TRUE = { BOOL = true }, FALSE = { BOOL = false }, NULL = { NULL = true } }

-- Whether a value comes next.
local function begins_value(self)
  local token = self:peek()
  return token.type == "string"
    or token.type == "number"
    or token.type == "?"
    or token.type == "{"
    or token.type == "["
    or token.type == "<<"
    or token.type == "-"
    or token.type == "word" and WORDS[token.text:upper()] ~= nil
end

--- Reads a value: wire-typed, not checked yet.
function Reader:value()
  local token = self:peek()
  if not begins_value(self) then self:unexpected() end
  self:take()
  if token.type == "string" then return { S = token.text } end
  if token.type == "number" then return { N = token.text } end
  if token.type == "?" then return parameter(self) end
  if token.type == "[" then return { L = list_until(self, "]") } end
  if token.type == "{" then return map(self) end
  if token.type == "<<" then return set(self) end
  if token.type ~= "-" then return WORDS[token.text:upper()] end
  if self:peek().type ~= "number" then self:unexpected() end
  return { N = "-" .. self:take().text }
end

-- ---- operands ----------------------------------------------------------------------------------

-- Returns the token of a value.
local function value_token(self, value)
  self.value_count = self.value_count + 1
  local token = ":v" .. self.value_count
  self.values[token] = values.check(value)
  return token
end

-- Returns the token of a name.
local function name_token(self, name)
  if self.name_tokens[name] then return self.name_tokens[name] end
  self.name_count = self.name_count + 1
  local token = "#n" .. self.name_count
  self.names[token], self.name_tokens[name] = name, token
  return token
end

--- Reads a path; returns its text, and its name if it is one alone.
function Reader:path()
  local name = self:name()
  local parts, is_name = { name_token(self, name) }, true
  while true do
    if self:accept "." then
      parts[#parts + 1] = "." .. name_token(self, self:name())
    elseif self:peek().type == "[" and self:peek(1).type == "number" then
      self:take()
      parts[#parts + 1] = ("[%s]"):format(self:take().text)
      self:expect "]"
    else
      return table.concat(parts), is_name and name or nil
    end
    is_name = false
  end
end

-- Reads a call; returns its text.
local function call(self)
  local name, given = self:take().text:lower(), {}
  self:expect "("
  while not self:accept ")" do
    if given[1] then self:expect "," end
    given[#given + 1] = self:operand()
  end
  return ("%s(%s)"):format(name, table.concat(given, ", "))
end

--- Reads an operand; returns its text, its name if it is one alone, and its value if it is one.
function Reader:operand()
  if begins_value(self) then
    local value = self:value()
    return value_token(self, value), nil, value
  elseif self:peek().type == "word" and self:peek(1).type == "(" then
    return call(self)
  end
  return self:path()
end

--- Reads an operand, or two with "+" or "-" between; returns the text.
function Reader:sum()
  local left = self:operand()
  local type = self:peek().type
  if type ~= "+" and type ~= "-" then return left end
  self:take()
  local right = self:operand()
  return ("%s %s %s"):format(left, type, right)
end

-- ---- conditions --------------------------------------------------------------------------------

local COMPARATORS = {
  ["="] = "=",
  ["<>"] = "<>",
  ["!="] = "<>",
  ["<"] = "<",
  ["<="] = "<=",
  [">"] = ">",
  [">="] = ">=",
}

-- Reads what follows IN.
local function members(self)
  local close = self:accept "[" and "]" or self:accept "(" and ")" or self:unexpected()
  local list = {}
  repeat
    list[#list + 1] = self:operand()
  until not self:accept ","
  self:expect(close)
  return table.concat(list, ", ")
end

-- Reads what follows IS.
local function state(self, left)
  local is_not = self:accept "NOT"
  local text
  if self:accept "MISSING" then
    text = ("attribute_not_exists(%s)"):format(left)
  elseif self:accept "NULL" then
    text = ("attribute_type(%s, %s)"):format(left, value_token(self, { S = "NULL" }))
  else
    self:unexpected()
  end
  return is_not and ("(NOT %s)"):format(text) or text
end

-- Reads a comparison; returns { text, name, value }: the last two of `name = value`.
local function comparison(self)
  local left, name, value = self:operand()
  local op = COMPARATORS[self:peek().type]
  if op then
    self:take()
    local right, right_name, right_value = self:operand()
    local is_equality = op == "=" and (name or right_name) and (value or right_value)
    return {
      text = ("%s %s %s"):format(left, op, right),
      name = is_equality and (name or right_name) or nil,
      value = is_equality and (value or right_value) or nil,
    }
  elseif self:accept "BETWEEN" then
    local low = self:operand()
    self:expect "AND"
    return { text = ("%s BETWEEN %s AND %s"):format(left, low, (self:operand())) }
  elseif self:accept "IN" then
    return { text = ("%s IN (%s)"):format(left, members(self)) }
  elseif self:accept "IS" then
    return { text = state(self, left) }
  end
  return { text = left }
end

local function negated(self)
  if self:accept "NOT" then return { text = ("(NOT %s)"):format(negated(self).text) } end
  if not self:accept "(" then return comparison(self) end
  local inside = self:disjunction()
  self:expect ")"
  return { text = ("(%s)"):format(inside) }
end

-- Returns the texts of some parts joined.
local function joined(parts, word)
  local texts = {}
  for i, part in ipairs(parts) do
    texts[i] = part.text
  end
  return table.concat(texts, word)
end
M.joined = joined

--- Reads conditions with AND between; returns them: a list of { text, name, value }.
function Reader:conjunction()
  local parts = {}
  repeat
    parts[#parts + 1] = negated(self)
  until not self:accept "AND"
  return parts
end

--- Reads conditions with OR between; returns the text, and the parts of an AND if there is no OR.
function Reader:disjunction()
  local list = {}
  repeat
    list[#list + 1] = self:conjunction()
  until not self:accept "OR"
  if not list[2] then return joined(list[1], " AND "), list[1] end
  local texts = {}
  for i, parts in ipairs(list) do
    texts[i] = ("(%s)"):format(joined(parts, " AND "))
  end
  return table.concat(texts, " OR "), {}
end

-- ---- the whole ---------------------------------------------------------------------------------

--- Refuses parameters that no `?` took, and what follows the statement.
function Reader:finish()
  if self:peek().type ~= "end" then self:unexpected() end
  if self.parameters[self.used + 1] then
    lexer.refuse "Number of parameters in request and statement don't match."
  end
end

--- Returns the reader of a statement.
-- @tparam string statement
-- @tparam ?table parameters wire-typed values
function M.new(statement, parameters)
  return setmetatable({
    tokens = lexer.tokens(statement),
    position = 1,
    parameters = parameters or {},
    used = 0, -- parameters
    names = {}, -- token -> name
    name_tokens = {}, -- name -> token
    name_count = 0,
    values = {}, -- token -> value
    value_count = 0,
  }, Reader)
end

return M
