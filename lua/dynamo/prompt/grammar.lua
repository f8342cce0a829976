-- SPDX-License-Identifier: MIT
-- Which language a statement is in: a verb, if its first word is one and no ( . : [ = follows; else Lua.
local guess = require "dynamo.prompt.guess"
local mistake = require "dynamo.prompt.mistake"

local M = {}

local LUA_FOLLOWS = "^[%(%.:%[=]"
local KEYWORDS = {}
for word in
  ([[and break do else elseif end false for function goto if in local nil not or repeat
    return then true until while]]):gmatch "%a+"
do
  KEYWORDS[word] = true
end

-- Returns the first word of a text, the byte after it, and the character that follows; nil if it begins
-- with no word.
local function first_word(text)
  local word, past = text:match "^%s*([%a_][%w_]*)()"
  if not word then return nil end
  return word, past, text:match("^%s*()", past)
end

--- Returns the verb of a statement and the byte after its word; nil if it is Lua.
-- @tparam string text
-- @tparam table verbs word -> verb
function M.verb(text, verbs)
  local word, past, follows = first_word(text)
  local verb = word and verbs[word]
  if not verb then return nil end
  local is_path = text:find("^%.%.?/", follows) and follows > past -- no Lua has ./ there
  if text:find(LUA_FOLLOWS, follows) and not is_path then return nil end
  return verb, past, word
end

--- Raises that the first word of a statement is no verb, where it stands as one would: Lua cannot go on
-- behind it, or it is all there is and names nothing.
-- @tparam string text
-- @tparam table words of verbs and tables
-- @tparam ?table problem the mistake that Lua found in it
function M.judge_word(text, words, problem)
  local word, _, follows = first_word(text)
  if not word or KEYWORDS[word] then return end
  local is_alone = follows > #text
  if problem and (is_alone or problem.at > follows or text:find("^[%(%.:%[=,\"'{]", follows)) then
    return
  end
  if not problem and not is_alone then return end
  local at = text:match "^%s*()"
  mistake.raise(at, ('no verb, table or variable "%s"%s'):format(word, guess.hint(word, words)))
end

return M
