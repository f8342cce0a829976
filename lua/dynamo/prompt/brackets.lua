-- SPDX-License-Identifier: MIT
-- Which brackets are open at the end of a line, told line by line in linear time: a statement goes on
-- while one is. Strings end with their line. In values and in Lua a string has backslashes; in an
-- expression and in SQL a quote is doubled instead.
local M = {}

local OPENERS = { ["("] = ")", ["["] = "]", ["{"] = "}" }
local CLOSERS = { [")"] = true, ["]"] = true, ["}"] = true }
-- The words before an expression.
local CLAUSES = { SET = true, ADD = true, REMOVE = true, DELETE = true, IF = true, WHERE = true }

-- What neither opens, closes nor names anything.
local PLAIN = "^[^%a\"'`(){}%[%]|-]*()"

--- Returns what keeps account of the brackets of one statement.
-- @tparam string kind "lua"; "values" (until a clause begins); "expression"
function M.new(kind)
  return { kind = kind, open = {}, long = nil }
end

-- Returns the byte after the string that begins at `at`: the line's end where it has none.
local function past_string(line, at, kind)
  local quote, from = line:sub(at, at), at + 1
  while true do
    local found = line:find(kind == "expression" and quote or "[\\" .. quote .. "]", from)
    if not found then return #line + 1 end
    if line:sub(found, found) == quote then return found + 1 end
    from = found + 2
  end
end

-- Returns the byte after what ends a long string or comment, or nil; notes that it is open.
local function past_long(account, line, from)
  local _, past = line:find("]" .. account.long .. "]", from, true)
  if not past then return nil end
  account.long = nil
  return past + 1
end

-- Returns the byte after a comment or a long bracket of Lua at `at`, nil for the rest of the line; or
-- false, if there is none.
local function past_lua(account, line, at)
  local comment = line:match("^%-%-()", at)
  local level, inside = line:match("^%[(=*)%[()", comment or at)
  if level then
    account.long = level
    return past_long(account, line, inside)
  end
  if comment then return nil end
  return false
end

-- Notes the first "|" outside of brackets that has a blank before it, and is not one of two.
local function note_pipe(account, line, at)
  local is_one = #account.open == 0
    and line:find("^%s|", at - 1)
    and line:sub(at + 1, at + 1) ~= "|"
  if is_one and not account.pipe then account.pipe = at end
end

local function count_bracket(account, character)
  local open = account.open
  if OPENERS[character] then
    open[#open + 1] = OPENERS[character]
  elseif CLOSERS[character] then
    open[#open] = nil -- a wrong one is for the parser to tell
  end
end

-- Takes what stands at `at`; returns the byte after it, nil for the rest of the line.
local function take(account, line, at)
  local character = line:sub(at, at)
  if account.kind == "lua" and (character == "-" or character == "[") then
    local past = past_lua(account, line, at)
    if past ~= false then return past end
  end
  if character == '"' or character == "'" or character == "`" and account.kind == "expression" then
    return past_string(line, at, account.kind)
  end
  local word, past = line:match("^(%a+)()", at)
  if not word then
    if character == "|" then note_pipe(account, line, at) end
    count_bracket(account, character)
    return line:match(PLAIN, at + 1)
  end
  local is_clause = CLAUSES[word] and #account.open == 0 and account.kind == "values"
  if is_clause then account.kind = "expression" end
  return past
end

--- Takes one more line, and tells whether something is open at its end.
function M.feed(account, line)
  local at = 1
  if account.long then at = past_long(account, line, 1) end
  while at and at <= #line do
    at = take(account, line, at)
  end
  return M.is_open(account)
end

--- Returns the byte of the "|" behind which a statement has a command of the shell; nil for none.
-- @tparam string text
-- @tparam string kind "values" or "expression"
function M.pipe(text, kind)
  if not text:find "%s|" then return nil end
  local account, before = M.new(kind), 0
  for line, past in (text .. "\n"):gmatch "(.-)\n()" do
    M.feed(account, line)
    if account.pipe then return before + account.pipe end
    before = past - 1
  end
end

--- Whether something is open.
function M.is_open(account)
  return account.long ~= nil or #account.open > 0
end

return M
