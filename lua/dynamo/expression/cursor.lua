-- SPDX-License-Identifier: MIT
-- A place in the tokens of one expression, and how its grammar moves on or fails.
local place = require "dynamo.expression.caret"
local lexer = require "dynamo.expression.lexer"
local nodes = require "dynamo.expression.tree"

local M = {}

-- Brackets, NOTs and documents within each other. The service allows far fewer operators (300) and
-- 32 levels of a document.
local MAX_DEPTH = 100
local SHOWN = 40 -- bytes of a token in a message

local Cursor = {}
Cursor.__index = Cursor

-- Whether a keyword before a token of this type was meant as a name.
local function is_after_name(token_type)
  return token_type == "." or nodes.COMPARATORS[token_type]
end

--- Returns the next token, or the one `ahead` of it.
function Cursor:peek(ahead)
  return self.tokens[self.position + (ahead or 0)]
end

--- Returns the next token and moves past it.
function Cursor:take()
  local token = self.tokens[self.position]
  self.position = self.position + 1
  return token
end

--- Moves past the next token and returns it if it is of `type`; else returns nil.
function Cursor:accept(type)
  if self:peek().type == type then return self:take() end
end

--- Tells whether the next token is of `type` and follows the last without a blank.
function Cursor:touches(type)
  local token = self:peek()
  return token.type == type and token.at == self:peek(-1).past
end

--- Returns the next token's word in upper case if it is one of `words` (a set), else nil.
function Cursor:word(words)
  local token = self:peek()
  local word = token.type == "name" and token.text:upper()
  return word and words[word] and word or nil
end

--- Moves past the next token if it is the keyword `word` (upper case), and tells whether it was.
function Cursor:accept_word(word)
  local token = self:peek()
  local found = token.type == "name" and token.text:upper() == word
  if found then self.position = self.position + 1 end
  return found
end

--- Raises what is wrong at a token.
function Cursor.fail(_, token, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  lexer.fail(token.at, message)
end

--- Raises what the service says of a token, where its expressions are read; else returns nothing.
function Cursor:refuse(token, message, ...)
  if self.strict then error({ at = token.at, message = message:format(...), said = true }, 0) end
end

--- Returns a token as a message quotes it.
function Cursor:quote(token)
  if token.type == "end" then return "the end" end
  local source = self.text:sub(token.at, token.past - 1):gsub("%c", " ")
  if #source > SHOWN then
    source = source:sub(1, SHOWN):gsub("[\192-\255]?[\128-\191]*$", "") .. "..."
  end
  return token.type == "string" and source or ('"%s"'):format(source)
end

-- Returns the remedy for a name that was not read as one, or "".
local function remedy(token, before)
  if token.type == "-" and before and before.type == "name" then
    return '; a name with "-" in it needs back-quotes'
  elseif token.type == "[" and before and (before.type == "name" or before.type == "quoted") then
    return "; an index follows its list without a blank"
  elseif
    before
    and before.type == "name"
    and lexer.KEYWORDS[before.text:lower()]
    and is_after_name(token.type)
  then
    return ('; an attribute named "%s" needs back-quotes: `%s`'):format(before.text, before.text)
  end
  return ""
end

--- Returns the column of a token, for a message.
function Cursor:column(token)
  return place.column(self.text, token.at)
end

--- Raises that `what`, no name, should have come next.
function Cursor:expected(what)
  local token = self:peek()
  self:fail(token, "expected %s, got %s%s", what, self:quote(token), remedy(token, self:peek(-1)))
end

--- Raises that `what`, which may be a name, should have come next.
function Cursor:expected_name(what)
  local token = self:peek()
  if token.type ~= "name" then self:expected(what) end
  self:fail(
    token,
    'expected %s, got "%s"; an attribute of this name needs back-quotes: `%s`',
    what,
    token.text,
    token.text
  )
end

--- Moves past a token that must come next; `where` ends the sentence if it does not.
function Cursor:expect(type, where)
  return self:accept(type) or self:expected(('"%s" %s'):format(type, where))
end

--- Goes one level deeper, for what the next token begins.
function Cursor:enter()
  self.depth = self.depth + 1
  if self.depth > MAX_DEPTH then
    self:fail(self:peek(), "nested more than %d levels deep", MAX_DEPTH)
  end
end

function Cursor:leave()
  self.depth = self.depth - 1
end

--- Notes the hole that the next token is, and moves past it.
-- @treturn table { type, text, at, n }: n counts the holes of type "?"
function Cursor:take_hole()
  local token = self:take()
  local hole = { type = token.type, text = token.text, at = token.at }
  if token.type == "?" then
    self.placeholders = self.placeholders + 1
    hole.n = self.placeholders
  end
  self.holes[#self.holes + 1] = hole
  return hole
end

--- Reads a text by a grammar, a function of a cursor that returns a tree.
-- @tparam string text
-- @tparam function grammar
-- @tparam ?table o { dashed (see lexer.tokens), keywords (a set, upper case) that no path begins with,
--   strict: read as the service does, types left unchecked }
-- @treturn[1] table tree
-- @treturn[1] table holes in the order of the text
-- @treturn[2] nil
-- @treturn[2] table { at = the byte, message, said = true where it is in the service's words }
function M.parse(text, grammar, o)
  o = o or {}
  local self = setmetatable({
    text = text,
    position = 1,
    depth = 0,
    placeholders = 0,
    holes = {},
    keywords = o.keywords or {},
    strict = o.strict or false,
  }, Cursor)
  local done, result = pcall(function()
    self.tokens = lexer.tokens(text, o.dashed)
    return grammar(self)
  end)
  if done then return result, self.holes end
  if type(result) ~= "table" or not result.at then error(result, 0) end
  return nil, result
end

--- As parse, with a message for people: nil, message.
-- @tparam string what the kind of expression, as messages call it
function M.read(what, text, grammar, o)
  local tree, holes = M.parse(text, grammar, o)
  if tree then return tree, holes end
  return nil, place.message(what, text, holes.at, holes.message)
end

return M
