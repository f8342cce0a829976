-- SPDX-License-Identifier: MIT
-- Statements of Lua: an expression, whose values are given back, or else a statement.
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Returns the function of a text with its globals in `environment`; or nil, Lua's message.
local function compiled(text, environment)
  local make = rawget(_G, "loadstring") or load
  if not rawget(_G, "setfenv") then return load(text, "=lua", "t", environment) end
  if text:byte() == 27 then return nil, "lua:1: no bytecode" end
  local chunk, message = make(text, "=lua")
  return chunk and setfenv(chunk, environment), message
end

-- Whether more text could mend what Lua says is wrong; a string ends with its line.
local function is_cut_short(message)
  return message:find "near '?<eof>'?$" ~= nil and not message:find "unfinished string "
end

-- What may begin a token that is longer than a byte, in the order in which they are tried.
local PATTERNS = {
  "^[%a_][%w_]*()",
  "^%d[%w_.]*()",
  "^%.%d[%w_.]*()",
  "^%.%.%.?()",
  "^[=~<>]=()",
  "^::()",
}

-- Returns the byte after the token at `at`.
local function past_token(text, at)
  local first = text:sub(at, at)
  if first == '"' or first == "'" then
    local from = at + 1
    while true do
      local found = text:find("[\\\n" .. first .. "]", from)
      if not found then return #text + 1 end
      if text:sub(found, found) ~= "\\" then return found + 1 end
      from = found + 2
    end
  end
  local level, inside = text:match("^%[(=*)%[()", at)
  if level then return select(2, text:find("]" .. level .. "]", inside, true)) or #text + 1 end
  for _, pattern in ipairs(PATTERNS) do
    local past = text:match(pattern, at)
    if past then return past end
  end
  return at + 1
end

-- Returns the first bytes of the tokens, and the bytes after them.
local function tokens_of(text)
  local starts, ends, at = {}, {}, text:match "^%s*()"
  while at <= #text do
    local level, inside = text:match("^%-%-%[(=*)%[()", at)
    local past
    if level then
      past = select(2, text:find("]" .. level .. "]", inside, true)) or #text + 1
    elseif text:find("^%-%-", at) then
      past = text:find("\n", at, true) or #text + 1
    else
      past = past_token(text, at)
      starts[#starts + 1], ends[#ends + 1] = at, past
    end
    at = text:match("^%s*()", past)
  end
  return starts, ends
end

-- Returns the byte of the token that Lua cannot go on with: the first up to which the text fails
-- otherwise than by its end. As all longer beginnings fail there too, halving finds it.
local function place_of(text, prefix, environment)
  local starts, ends = tokens_of(text)
  local low, high = 1, #starts + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local chunk, message = compiled(prefix .. text:sub(1, ends[middle] - 1), environment)
    if chunk or is_cut_short(message) then
      low = middle + 1
    else
      high = middle
    end
  end
  return starts[low] or #text + 1
end

--- Returns the function of a statement; or raises the mistake.
-- @tparam string text
-- @tparam table environment its globals
function M.compile(text, environment)
  local chunk, of_expression = compiled("return " .. text, environment)
  if chunk then return chunk end
  local of_statement
  chunk, of_statement = compiled(text, environment)
  if chunk then return chunk end
  local at = place_of(text, "", environment)
  local further = place_of(text, "return ", environment)
  local message = further > at and of_expression or of_statement
  mistake.raise(math.max(at, further), (message:gsub("^lua:%d+: ", "")))
end

--- Whether a text that is no Lua would be if it went on.
function M.lacks_end(text)
  local expression, of_expression = compiled("return " .. text, {})
  if expression then return false end
  local statement, of_statement = compiled(text, {})
  return not statement and (is_cut_short(of_expression) or is_cut_short(of_statement))
end

--- Returns the value of an expression: true, value; or false, message.
function M.value(text, environment)
  local chunk, message = compiled("return " .. text, environment)
  if not chunk then return false, (message:gsub("^lua:%d+: ", "")) end
  local ok, value = pcall(chunk)
  if ok or type(value) ~= "string" then return ok, value end
  return false, (value:gsub("^lua:%d+: ", ""))
end

return M
