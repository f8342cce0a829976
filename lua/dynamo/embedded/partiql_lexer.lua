-- SPDX-License-Identifier: MIT
-- A PartiQL statement as tokens: { type, text, at }.
--   type   "word", "quoted" (a name in double quotes), "string", "number", "?", "end", or a symbol as
--          itself
--   text   what it says, quotes and doubled quotes undone
--   at     its first byte
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
local lexer = require "dynamo.expression.lexer"
local refusal = require "dynamo.service_refusal"

local M = {}

local QUOTES = { ["'"] = "string", ['"'] = "quoted" }
local LONG =
  { ["<<"] = true, [">>"] = true, ["<="] = true, [">="] = true, ["<>"] = true, ["!="] = true }
local SHORT = "^[()%[%]{},.=<>*?:+-]"

--- Refuses a statement.
function M.refuse(reason, ...)
  if select("#", ...) > 0 then reason = reason:format(...) end
  refusal.validation("Statement wasn't well formed, can't be processed: %s", reason)
end

-- Returns what the quoted run at `at` says, and the byte after it; or raises.
local function read_quoted(text, at)
  local said, past = lexer.quoted(text, at)
  if not said then M.refuse("Unterminated %s", QUOTES[text:sub(at, at)]) end
  return said, past
end

-- Returns type, text and the byte after the token at `at`.
local function read_token(text, at)
  local first, pair = text:sub(at, at), text:sub(at, at + 1)
  if QUOTES[first] then
    local said, past = read_quoted(text, at)
    return QUOTES[first], said, past
  elseif first:find "%d" then
    local past = lexer.past_number(text, at)
    return "number", text:sub(at, past - 1), past
  elseif first:find "[%a_]" then
    local past = text:match("^[%w_]+()", at)
    return "word", text:sub(at, past - 1), past
  elseif LONG[pair] then
    return pair, pair, at + 2
  elseif first:find(SHORT) then
    return first, first, at + 1
  end
  return M.refuse('Unexpected character "%s" at %d', first, at)
end

--- Returns the tokens of a statement, the last of type "end"; or raises a refusal.
function M.tokens(text)
  local tokens, at = {}, text:match "^%s*()"
  while at <= #text do
    local type, said, past = read_token(text, at)
    tokens[#tokens + 1] = { type = type, text = said, at = at }
    at = text:match("^%s*()", past)
  end
  tokens[#tokens + 1] = { type = "end", text = "", at = at }
  return tokens
end

return M
