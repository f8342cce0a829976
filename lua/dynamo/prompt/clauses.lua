-- SPDX-License-Identifier: MIT
-- Parts a statement at words in capitals that stand outside of quotes and brackets: IF, WHERE, LIMIT.
local mistake = require "dynamo.prompt.mistake"

local M = {}

local CLOSER = { ["("] = ")", ["["] = "]", ["{"] = "}" }
local STOPS = "^[^%w_\"'`(){}%[%]\128-\255]*()"
local WORD = "^[%w_.#:\128-\255]+()"

-- Returns the byte after the quoted run at `at`, in which the quote itself is written twice.
local function past_quoted(text, at)
  local quote = text:sub(at, at)
  local close = text:find(quote, at + 1, true)
  if not close then mistake.raise(at, ("this %s has no closing %s"):format(quote, quote)) end
  return close + 1
end

-- Takes a bracket; what does not match is left to the parser of expressions.
local function take_bracket(open, character, at)
  if CLOSER[character] then
    open[#open + 1] = { at = at, character = character }
  else
    open[#open] = nil
  end
  return at + 1
end

-- Returns the byte after what stands at `at`; calls found(word, at, past) with a word outside brackets.
local function step(text, at, open, found)
  local character = text:sub(at, at)
  if character:find "[\"'`]" then return past_quoted(text, at) end
  local past = text:match(WORD, at)
  if not past then return take_bracket(open, character, at) end
  if #open == 0 then found(text:sub(at, past - 1), at, past) end
  return past
end

--- Takes the rest of a statement: returns { { word, at, from, text }, ... }, the first without a word. `at`
-- is the byte of the word, `from` that where the text behind it begins; no blanks are around a text.
-- @tparam table reader
-- @tparam table words word -> true
function M.split(reader, words)
  local text, open, parts = reader.text, {}, { { from = reader.at } }
  local at = text:match(STOPS, reader.at)
  while at <= #text do
    at = step(text, at, open, function(word, first, past)
      if not words[word] then return end
      parts[#parts].past = first
      parts[#parts + 1] = { word = word, at = first, from = past }
    end)
    at = text:match(STOPS, at)
  end
  if open[1] then
    local bracket = open[#open]
    local message = ('this "%s" has no closing "%s"'):format(
      bracket.character,
      CLOSER[bracket.character]
    )
    mistake.raise(bracket.at, message)
  end
  parts[#parts].past = #text + 1
  for _, part in ipairs(parts) do
    part.from = text:match("^%s*()", part.from)
    part.text = text:sub(part.from, part.past - 1):gsub("%s+$", ""):gsub("[\r\n]", " ")
  end
  reader.at = #text + 1
  return parts
end

return M
