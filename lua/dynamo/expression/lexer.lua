-- SPDX-License-Identifier: MIT
-- Expression text as tokens: { type, text, at, past, closes }.
--   type   "name" "quoted" (back-quoted name) "string" "number" "name token" (#n) "value token" (:v)
--          "?" "end", or a symbol as itself
--   text   what it says, quotes and doubled quotes undone
--   at     its first byte; `past` the byte after it
--   closes for a bracket that opens: the position, in the sequence of tokens, of the one that closes
local M = {}

local NAME = "^[A-Za-z_\128-\255][A-Za-z0-9_\128-\255]*()"
local DASHED_NAME = "^[A-Za-z_\128-\255][A-Za-z0-9_\128-\255-]*()"
local TOKEN = "^[#:][A-Za-z0-9_\128-\255]+()"
local NAME_BEGIN = "^[A-Za-z_\128-\255]"
local QUOTES = { ["'"] = "string", ['"'] = "string", ["`"] = "quoted" }
local CLOSER = { ["("] = ")", ["["] = "]", ["{"] = "}" }
local OPENER = { [")"] = "(", ["]"] = "[", ["}"] = "{" }
local LONG_SYMBOLS = { ["<>"] = true, ["<="] = true, [">="] = true }
local SYMBOLS = "^[()%[%]{},.=<>+?:-]"

-- What people write in other languages.
local FOREIGN = {
  ["=="] = 'use "="',
  ["!="] = 'use "<>"',
  ["~="] = 'use "<>"',
  ["&&"] = "use AND",
  ["||"] = "use OR",
  ["*"] = 'the service knows "+" and "-" only',
  ["/"] = 'the service knows "+" and "-" only',
  ["!"] = "use NOT",
  [";"] = 'actions are parted by ","',
}

--- The words that mean something by themselves where a name may stand, in lower case: as names
-- they need back-quotes there.
M.KEYWORDS = {
  set = true,
  remove = true,
  add = true,
  delete = true,
  ["and"] = true,
  ["or"] = true,
  ["not"] = true,
  ["in"] = true,
  between = true,
  ["true"] = true,
  ["false"] = true,
  null = true,
}

--- Raises what is wrong at byte `at`, for cursor.read to catch.
function M.fail(at, message)
  error({ at = at, message = message }, 0)
end

-- Tells whether a name holds what looks like a blank or a quote and is none: U+00A0, U+2018-201F.
local function deceives(name)
  return name:find "\194\160" or name:find "\226\128[\152-\159]"
end

--- Tells whether a name can be written without quotes in every expression.
function M.is_plain(name)
  return name:match(NAME) == #name + 1 and not M.KEYWORDS[name:lower()] and not deceives(name)
end

--- Returns what the quoted run at `at` says, in which the quote itself is written twice, and the byte
-- after it; nil for one that is not closed.
function M.quoted(text, at)
  local quote, parts, from = text:sub(at, at), {}, at + 1
  while true do
    local close = text:find(quote, from, true)
    if not close then return nil end
    parts[#parts + 1] = text:sub(from, close - 1)
    if text:sub(close + 1, close + 1) ~= quote then return table.concat(parts, quote), close + 1 end
    from = close + 2
  end
end

-- As that, of what must be closed.
local function read_quoted(text, at)
  local said, past = M.quoted(text, at)
  local quote = text:sub(at, at)
  if not said then M.fail(at, ("this %s has no closing %s"):format(quote, quote)) end
  return said, past
end

--- Returns the byte after the digits, fraction and exponent that begin at `at`.
function M.past_number(text, at)
  local past = text:match("^[0-9]+()", at)
  past = text:match("^%.[0-9]+()", past) or past
  return text:match("^[eE][+-]?[0-9]+()", past) or past
end

-- Returns the byte after the number at `at`.
local function read_number(text, at)
  local past = M.past_number(text, at)
  if text:find(NAME_BEGIN, past) then
    local word = text:match("^[A-Za-z0-9_.\128-\255]+", at):sub(1, 60)
    M.fail(
      at,
      ('"%s" is no number, and a name that begins with a digit needs back-quotes: `%s`'):format(
        word,
        word
      )
    )
  end
  return past
end

-- Tells whether a ":" that comes now parts a name from its value: {name: value}.
local function parts_pair(lexer)
  local before = lexer.tokens[#lexer.tokens - 1]
  local open = lexer.open[#lexer.open]
  return open and open.type == "{" and before and (before.type == "{" or before.type == ",")
end

local function fail_unknown(text, at)
  local character = text:match("^[^\128-\191][\128-\191]*", at) or text:sub(at, at)
  if character == "\0" then M.fail(at, "a NUL byte can stand in quotes only") end
  local pair = text:sub(at, at + 1)
  local remedy = FOREIGN[pair] or FOREIGN[character]
  local shown = FOREIGN[pair] and pair or character
  if shown:find "^%c" then shown = ("\\%d"):format(shown:byte()) end
  M.fail(at, ('"%s" means nothing here%s'):format(shown, remedy and "; " .. remedy or ""))
end

-- Returns the type of the symbol at `at` and the byte after it.
local function read_symbol(text, at)
  local pair = text:sub(at, at + 1)
  if LONG_SYMBOLS[pair] then return pair, at + 2 end
  if FOREIGN[pair] or not text:find(SYMBOLS, at) then fail_unknown(text, at) end
  return text:sub(at, at), at + 1
end

local function read_name(lexer, at)
  local past = lexer.text:match(lexer.name, at)
  local name = lexer.text:sub(at, past - 1)
  if deceives(name) then
    M.fail(at, "a typographic quote or blank: use ' or \", or back-quotes round such a name")
  end
  return "name", name, past
end

-- Returns type, text and the byte after the token at `at`.
local function read_token(lexer, at)
  local text = lexer.text
  local first = text:sub(at, at)
  if QUOTES[first] then
    local said, past = read_quoted(text, at)
    return QUOTES[first], said, past
  elseif first:find "^[0-9]" then
    local past = read_number(text, at)
    return "number", text:sub(at, past - 1), past
  elseif first:find(NAME_BEGIN) then
    return read_name(lexer, at)
  end
  local past = text:match(TOKEN, at)
  if past and not (first == ":" and parts_pair(lexer)) then
    return first == "#" and "name token" or "value token", text:sub(at, past - 1), past
  elseif first == "#" then
    M.fail(at, 'a name must follow "#" at once, as in #name')
  end
  local symbol, after = read_symbol(text, at)
  return symbol, symbol, after
end

-- Keeps account of the brackets.
local function match_bracket(lexer, token, position)
  if CLOSER[token.type] then
    lexer.open[#lexer.open + 1] = token
  elseif OPENER[token.type] then
    local opening = table.remove(lexer.open)
    if not opening then M.fail(token.at, ('this "%s" closes nothing'):format(token.type)) end
    if opening.type ~= OPENER[token.type] then
      M.fail(token.at, ('expected "%s", got "%s"'):format(CLOSER[opening.type], token.type))
    end
    opening.closes = position
  end
end

--- Returns the tokens of `text`, the last of type "end"; raises by `fail` on what is no token.
-- @tparam string text
-- @tparam boolean dashed whether "-" is part of a bare name: where there is no arithmetic
-- @treturn table
function M.tokens(text, dashed)
  local tokens = {}
  local lexer = { text = text, tokens = tokens, open = {}, name = dashed and DASHED_NAME or NAME }
  local at = text:match "^[ \t\r\n]*()"
  while at <= #text do
    local token = { at = at }
    token.type, token.text, token.past = read_token(lexer, at)
    tokens[#tokens + 1] = token
    match_bracket(lexer, token, #tokens)
    at = text:match("^[ \t\r\n]*()", token.past)
  end
  local opening = lexer.open[#lexer.open]
  if opening then
    M.fail(opening.at, ('this "%s" has no closing "%s"'):format(opening.type, CLOSER[opening.type]))
  end
  tokens[#tokens + 1] = { type = "end", text = "", at = at, past = at }
  return tokens
end

return M
