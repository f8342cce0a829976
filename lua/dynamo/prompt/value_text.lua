-- SPDX-License-Identifier: MIT
-- Attribute values as they are typed: what dynamo.show prints, JSON, and Lua in parentheses.
--   { name = "Ann", ["a b"] = 1, "c": null }   a map      { 1, 2 } or [1, 2]   a list
--   "text" 'text' 12 -1.5e3 true false null     every digit of a number counts
--   dynamo.set { ... }  dynamo.binary "..."  dynamo.number "..."  dynamo.list { }  dynamo.null
--   (os.time())                                 the value of a Lua expression
local dynamo = require "dynamo"
local guess = require "dynamo.prompt.guess"
local quoted = require "dynamo.prompt.quoted"

local M = {}

local MAX_DEPTH = 100 -- an item nests 32, which the library tells
local SAFE_DIGITS = 15 -- a decimal of so many is told from all others by a float
local LITERALS = { ["true"] = true, ["false"] = false, null = dynamo.null }
local MAKERS = {
  set = dynamo.set,
  string_set = dynamo.string_set,
  number_set = dynamo.number_set,
  binary_set = dynamo.binary_set,
  list = dynamo.list,
  map = dynamo.map,
  number = dynamo.number,
  binary = dynamo.binary,
}
local WORDS = { "true", "false", "null", "dynamo.null" }
for name in pairs(MAKERS) do
  WORDS[#WORDS + 1] = "dynamo." .. name
end
table.sort(WORDS)

local read

-- ---- scalars -------------------------------------------------------------------------------

--- Returns the number that a text says; or nil, what is wrong.
function M.number(text)
  if text:find "^-?%d+%.?%d*$" and #text <= SAFE_DIGITS then return tonumber(text) end
  local ok, number = pcall(dynamo.number, text)
  if ok then return number end
  return nil, (tostring(number):gsub("^.-:%d+: ", ""))
end

local function read_number(reader)
  local text, at = reader:match "^[+-]?[%w_.+-]+"
  if not text:find "^-?%d+%.?%d*[eE]?[+-]?%d*$" then
    reader:fail(('"%s" is no number; text is quoted'):format(text:sub(1, 40)), at)
  end
  local number, problem = M.number(text)
  if problem then reader:fail(problem, at) end
  reader:note("number", at)
  return number
end

-- Takes a Lua expression in parentheses; returns its value.
local function read_lua(reader)
  local inside, at = reader:match "^%b()"
  if not inside then
    reader:fail 'this "(" has no closing ")"'
  elseif not reader.evaluate then
    reader:fail("Lua in parentheses cannot stand here", at)
  end
  reader.notes = nil
  local ok, value = reader.evaluate(inside)
  if not ok then reader:fail(tostring(value), at) end
  if value == nil then reader:fail("this is nil, which is no value; null is written null", at) end
  return value
end

-- ---- tables --------------------------------------------------------------------------------

local CLOSER = { ["{"] = "}", ["["] = "]", ["("] = ")" }

-- Returns the name of an attribute where one comes before "=" or ":"; else nil, the reader as it was.
local function read_name(reader)
  local from, character = reader.at, reader:peek()
  local name, at
  if character == "[" and reader.text:find("^%[%s*[\"']", reader.at) then
    reader:take "["
    reader:peek()
    name, at = quoted.read(reader)
    if not reader:take "]" then name = nil end
  elseif character == '"' or character == "'" then
    name, at = quoted.read(reader)
  else
    name, at = reader:match "^[%a_\128-\255][%w_\128-\255]*"
  end
  local parts = name and (reader:take "=" or reader:take ":")
  if parts then return name, at end
  reader.at = from
end

-- Takes what stands between elements; returns whether another comes.
local function another(reader, opener, opened_at)
  local closer = CLOSER[opener]
  if reader:take "," or opener == "{" and reader:take ";" then return reader:peek() ~= closer end
  local coming = reader:peek()
  if coming == closer then return false end
  if coming == "" then
    reader:fail(('this "%s" has no closing "%s"'):format(opener, closer), opened_at)
  end
  reader:fail(('expected "," or "%s", got %s'):format(closer, reader:coming()))
end

-- Takes one element or pair into a table; returns whether it had a name.
local function read_entry(reader, into, depth)
  local name, at = read_name(reader)
  if not name then
    into[#into + 1] = read(reader, depth)
    return false
  end
  if into[name] ~= nil then reader:fail(("%s is written twice"):format(name), at) end
  into[name] = read(reader, depth)
  return true
end

-- Takes a table; returns it, and "L" or "M"; nil where it is empty.
local function read_table(reader, depth)
  local opener = reader:peek()
  local opened_at, into, kind = reader:take(opener), {}, nil
  if reader:peek() == "" then another(reader, opener, opened_at) end
  local goes_on = reader:peek() ~= CLOSER[opener]
  while goes_on do
    local at = reader.at
    local of_entry = opener == "{" and read_entry(reader, into, depth) and "M" or "L"
    if opener == "[" then into[#into + 1] = read(reader, depth) end
    if kind and kind ~= of_entry then
      reader:fail("a map has names only, a list none: this is a mix of both", at)
    end
    kind = of_entry
    goes_on = another(reader, opener, opened_at)
  end
  reader:take(CLOSER[opener])
  return into, kind or opener == "[" and "L" or nil
end

-- ---- words ---------------------------------------------------------------------------------

-- Takes the argument of a constructor, in parentheses or not.
local function read_argument(reader, depth)
  local at = reader:take "("
  local character, notes = reader:peek(), reader.notes
  local value
  reader.notes = nil -- what is made of these is no plain value
  if character == "{" then
    value = read_table(reader, depth)
  elseif character == '"' or character == "'" then
    value = quoted.read(reader)
  else
    reader:fail(('expected a string or "{", got %s'):format(reader:coming()))
  end
  reader.notes = notes
  if at and not reader:take ")" then another(reader, "(", at) end
  return value
end

local function read_word(reader, depth)
  local word, at = reader:match "^[%a_\128-\255][%w_.\128-\255]*"
  if not word then reader:fail("expected a value, got " .. reader:coming()) end
  if type(LITERALS[word]) == "boolean" then reader:note("boolean", at) end
  if LITERALS[word] ~= nil then return LITERALS[word] end
  if word == "dynamo.null" then return dynamo.null end
  local maker = MAKERS[word:match "^dynamo%.(%a[%w_]*)$" or ""]
  if not maker then
    local hint = guess.hint(word, WORDS)
    local remedy = hint ~= "" and hint or "; text is quoted, Lua stands in parentheses"
    reader:fail(('"%s" is no value%s'):format(word:sub(1, 40), remedy), at)
  end
  local ok, value = pcall(maker, read_argument(reader, depth))
  if not ok then reader:fail((tostring(value):gsub("^[^:]*:%d+: ", "")), at) end
  return value
end

-- ---- the door ------------------------------------------------------------------------------

--- Takes the value that comes at the reader; returns it.
-- @tparam table reader
-- @tparam ?integer depth how deep it stands
function M.read(reader, depth)
  depth = (depth or 0) + 1
  if depth > MAX_DEPTH then reader:fail "nested too deep" end
  local character = reader:peek()
  if character == "{" or character == "[" then
    local value, kind = read_table(reader, depth)
    return kind == "L" and dynamo.list(value) or value
  elseif character == '"' or character == "'" then
    local value, at = quoted.read(reader)
    reader:note(character, at)
    return value
  elseif character == "(" then
    return read_lua(reader)
  elseif character:find "[%d+-]" then
    return read_number(reader)
  end
  return read_word(reader, depth)
end
read = M.read

--- Takes an item, which is a map in braces; returns it and its byte.
function M.read_item(reader)
  local at = reader:peek() and reader.at
  if reader:peek() ~= "{" and reader:peek() ~= "(" then
    reader:fail(("expected an item, { name = value, ... }, got %s"):format(reader:coming()))
  end
  local item = M.read(reader)
  if type(item) ~= "table" or dynamo.is_list(item) then
    reader:fail("an item has names: { name = value, ... }", at)
  end
  return item, at
end

return M
