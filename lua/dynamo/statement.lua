-- SPDX-License-Identifier: MIT
-- Reads a PartiQL statement as far as it takes to send it: how many values it wants, and whether it may
-- be carried out twice. Whether it is a right one the service says.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
local M = {}

-- ---- words ---------------------------------------------------------------------------------

-- Where text of each kind ends: after its closing mark, or at the end of the statement. A mark that is
-- doubled belongs to the text: it is read as two, and they are one word.
local ENDS = {
  ["'"] = "'",
  ['"'] = '"',
  ["`"] = "`",
  ["--"] = "\n",
  ["/*"] = "*/",
}
local KINDS = { ["'"] = "string", ['"'] = "name", ["`"] = "string" } -- the rest is a comment

-- Returns the kind and the last position of what begins at `at` with one of ENDS; nil for anything else.
local function quoted(text, at)
  local mark = text:match("^%-%-", at) or text:match("^/%*", at) or text:sub(at, at)
  local ending = ENDS[mark]
  if not ending then return nil end
  local _, last = text:find(ending, at + #mark, true)
  return KINDS[mark] or "comment", last or #text
end

-- Returns the kind and the last position of the word that begins at `at`.
local function plain(text, at)
  local _, last = text:find("^[%a_$][%w_$]*", at)
  if last then return "word", last end
  _, last = text:find("^%d[%w.]*", at)
  if last then return "number", last end
  return text:sub(at, at), at
end

-- Returns the words of a statement: a list of { kind, text }, the kind "word" (which may be a keyword;
-- in capitals), "name" (in quotes), "string", "number", or the one character that it is.
local function words_of(text)
  local words, at, doubled = {}, 1, nil
  while true do
    at = text:find("%S", at)
    if not at then return words end
    local kind, last = quoted(text, at)
    if not kind then
      kind, last = plain(text, at)
    end
    local word = text:sub(at, last)
    if kind ~= "comment" and at ~= doubled then
      words[#words + 1] = { kind, kind == "word" and word:upper() or word }
    end
    at = last + 1
    doubled = KINDS[word:sub(1, 1)] and text:sub(at, at) == word:sub(1, 1) and at or nil
  end
end

--- Returns how many values a statement wants: one for each ? outside of quotes and comments.
function M.placeholders(text)
  local count = 0
  for _, word in ipairs(words_of(text)) do
    if word[1] == "?" then count = count + 1 end
  end
  return count
end

-- ---- what it does --------------------------------------------------------------------------

-- Whether the nth word is this keyword or character.
local function is(words, n, text)
  local word = words[n]
  return word ~= nil and word[2] == text and (word[1] == "word" or word[1] == text)
end

local CLAUSES = { SET = true, REMOVE = true, WHERE = true }

-- Returns the position behind a path that begins at n, nil for none or one with an index: what an index
-- says depends on what was done before.
local function behind_path(words, n)
  repeat
    local word = words[n]
    local is_name = word and (word[1] == "name" or word[1] == "word" and not CLAUSES[word[2]])
    if not is_name then return nil end
    n = n + 1
    local goes_on = is(words, n, ".")
    n = goes_on and n + 1 or n
  until not goes_on
  return n
end

local CONSTANTS = { TRUE = true, FALSE = true, NULL = true }

-- Returns the position behind a constant that begins at n; nil for anything that is computed.
local function behind_constant(words, n)
  if is(words, n, "-") and words[n + 1] and words[n + 1][1] == "number" then return n + 2 end
  local word = words[n]
  if not word then return nil end
  local kind = word[1]
  local is_constant = kind == "?"
    or kind == "string"
    or kind == "number"
    or kind == "word" and CONSTANTS[word[2]]
  return is_constant and n + 1 or nil
end

-- Returns the position behind one path of SET or REMOVE, with its value; nil for what is not proven to do
-- the same twice.
local function behind_action(words, n, clause)
  local behind = behind_path(words, n)
  if clause == "REMOVE" or not behind then return behind end
  return is(words, behind, "=") and behind_constant(words, behind + 1) or nil
end

-- Whether an UPDATE does nothing but set constants and remove attributes, so that twice is once.
local function is_repeatable(words)
  local n = behind_path(words, 2)
  while n and not is(words, n, "WHERE") do
    local clause = (is(words, n, "SET") or is(words, n, "REMOVE")) and words[n][2]
    if not clause then return false end
    repeat
      n = behind_action(words, n + 1, clause)
    until not n or not is(words, n, ",")
  end
  return n ~= nil
end

-- Whether it is followed by another statement.
local function has_another(words)
  for n = 1, #words - 1 do
    if words[n][1] == ";" then return true end
  end
  return false
end

--- Returns the class of replay of a statement (see dynamo.call.replay_class): READ of a SELECT. An INSERT
-- and a DELETE are CONDITIONAL, for a second arrival finds them done, and so is an UPDATE that sets
-- constants and removes attributes; any other is UNSAFE.
function M.replay_class(text)
  local words = words_of(text)
  if has_another(words) then return "UNSAFE" end
  if is(words, 1, "SELECT") then return "READ" end
  local is_guarded = is(words, 1, "INSERT")
    or is(words, 1, "DELETE")
    or is(words, 1, "UPDATE") and is_repeatable(words)
  return is_guarded and "CONDITIONAL" or "UNSAFE"
end

return M
