-- SPDX-License-Identifier: MIT
-- Every text that leaves and that others had a hand in goes through here: it must not repeat a
-- secret, whole or in part, broken into lines, quoted, or escaped as in URLs and JSON.
local tables = require "dynamo.tables"
local texts = require "dynamo.text"

local M = {}

local MARK = "[redacted]"
local MIN_SECRET = 16 -- bytes; a shorter one is as likely to be a word of the message
local MAX_TEXT = 16 * 1024 -- of a message; those of AWS stay far below
local BEHIND = 256 -- looked at behind that, so that no secret is cut in two
-- So many characters in a row that a secret has too are a piece of it. Any 12 in a row hold 8 that
-- begin at a place looked at, which is every fifth.
local SHARED, GRAM, STRIDE = 12, 8, 5

-- ---- known secrets -------------------------------------------------------------------------

-- What a secret may be broken or wrapped by, and escapes begin with.
local COUNTS, COUNTS_NOT = "^[^%s%c\"'\\%%]+()", "[%s%c\"'\\%%]"

-- Returns the character that an escape at a place stands for, and the place behind it; or nil.
local function unescaped(text, at)
  local hex, behind = text:match("^%%(%x%x)()", at)
  if not hex then
    hex, behind = text:match("^\\u00(%x%x)()", at)
  end
  if hex then return string.char(tonumber(hex, 16)), behind end
  behind = text:match("^\\[nrtbf]()", at)
  return behind and "\n", behind
end

-- Returns a text's characters that count, and the places in the text where each begins and ends.
local function bare(text)
  local pieces, first, last, at, count = {}, {}, {}, 1, 0
  while at <= #text do
    local behind = text:match(COUNTS, at)
    local piece = behind and text:sub(at, behind - 1)
    if not piece then
      piece, behind = unescaped(text, at)
      behind = behind or at + 1
      if not piece or piece:find(COUNTS_NOT) then piece = "" end
      first[count + 1], last[count + 1] = at, behind - 1
    else
      for i = 1, #piece do
        first[count + i], last[count + i] = at + i - 1, at + i - 1
      end
    end
    count = count + #piece
    pieces[#pieces + 1], at = piece, behind
  end
  return table.concat(pieces), first, last
end

-- Returns one text of all secrets, each as `bare` leaves it and between two bytes that it has not.
local function joined(secrets)
  local parts = { "" }
  for _, secret in ipairs(secrets) do
    if #secret >= MIN_SECRET then parts[#parts + 1] = (bare(secret)) end
  end
  parts[#parts + 1] = ""
  return table.concat(parts, "\0")
end

-- Widens what begins at `i` of one text and at `j` of another as far as they agree; returns where
-- that begins and ends in the first.
local function widened(text, i, other, j)
  local from, to, shift = i, i + GRAM - 1, j - i
  while text:byte(from - 1) == other:byte(from - 1 + shift) do
    from = from - 1
  end
  while text:byte(to + 1) == other:byte(to + 1 + shift) do
    to = to + 1
  end
  return from, to
end

-- Returns the pieces of secrets in a bare text: { { from, to }, ... } in order.
local function pieces_in(text, secrets)
  local found, i = {}, 1
  while i + GRAM - 1 <= #text do
    local from, to
    local j = secrets:find(text:sub(i, i + GRAM - 1), 1, true)
    if j then
      from, to = widened(text, i, secrets, j)
    end
    local is_piece = j and to - from + 1 >= SHARED
    if is_piece then found[#found + 1] = { from, to } end
    i = is_piece and to + 1 or i + STRIDE
  end
  return found
end

-- Returns a text without the pieces of secrets; what is too long of it is left out.
local function without(text, secrets)
  local looked_at = text:sub(1, MAX_TEXT + BEHIND)
  local characters, first, last = bare(looked_at)
  local kept, at = {}, 1
  for _, piece in ipairs(pieces_in(characters, joined(secrets))) do
    local from, to = first[piece[1]], last[piece[2]]
    if from > MAX_TEXT then break end
    if from > at or not kept[1] then kept[#kept + 1] = text:sub(at, from - 1) .. MARK end
    at = to + 1
  end
  kept[#kept + 1] = text:sub(at, MAX_TEXT)
  return table.concat(kept) .. (#text > MAX_TEXT and "..." or "")
end

-- ---- what names itself a secret ------------------------------------------------------------

-- Returns a pattern for a word in capitals, small letters or both.
local function any_case(word)
  return (
    word
      :gsub("%a", function(letter)
        return "[" .. letter:upper() .. letter:lower() .. "]"
      end)
      :gsub("%-", "%%-")
  )
end

-- The parts of a signed request.
local SIGNED = {
  "(" .. any_case "authorization" .. "[\"']?%s*[:=]%s*)[^\r\n]+",
  "(Credential%s*=%s*)[^%s,&]+",
  "(Signature%s*=%s*)[^%s,&]+",
  "(" .. any_case "security-token" .. "[\"']?%s*[:=]%s*)%S+",
}
-- What stands before a secret in the words of others: "password: x", "token=x", "Bearer x".
local BEARER = { "(" .. any_case "bearer" .. "%s+)[^%s,]+" }
local NAMES = { "secret", "token", "pass", "key" }
-- A name begins where a run of its characters does: a search that began within one would read the
-- rest of it again and again. Behind it stands its value, which may be a name with a value, too.
local NAMED = "(%f[%w_-]([%w_-]+)[\"']?%s*[:=]%s*)"
local HERE, HIDDEN = "\1", "\1[^%s,]*" -- put before a value, so that it goes

local function without_patterns(text, patterns)
  for _, pattern in ipairs(patterns) do
    text = text:gsub(pattern, "%1" .. MARK)
  end
  return text
end

local function without_signed(text)
  return without_patterns(text, SIGNED)
end

local function marked_if_secret(before, name)
  name = name:lower()
  for _, word in ipairs(NAMES) do
    if name:find(word, 1, true) then return before .. HERE end
  end
end

local function without_named(text)
  text = without_patterns(text, BEARER):gsub(NAMED, marked_if_secret)
  return (text:gsub(HIDDEN, MARK))
end

-- ---- the door ------------------------------------------------------------------------------

local NONE = tables.NONE

--- Returns a text without the given secrets, and without what a signed request shows of them.
-- @tparam string text
-- @tparam ?{string,...} secrets those of less than 16 bytes do not count
function M.text(text, secrets)
  return without_signed(without(text, secrets or NONE))
end

local MAX_LINE = 500

--- As text, in one line of printable ASCII, cut to what a message may quote.
function M.line(text, secrets)
  text = texts.trim((M.text(text, secrets):gsub("[^\32-\126]+", " ")))
  return #text > MAX_LINE and text:sub(1, MAX_LINE) .. "..." or text
end

-- A run of a key's characters. One so long, with a digit in it, may be a secret we were not told.
local RUN, SUSPECT = "[%w+/=_.%%-]+", 16

local function suspect(run)
  if #run >= SUSPECT and run:find("%d") and run:find("%a") then return MARK end
end

--- As line, for the words of a program or a provider: without what looks like a secret, too; rather
-- too little of them than too much.
function M.unknown(text, secrets)
  text = without_named(without(text, secrets or NONE))
  return M.line((text:gsub(RUN, suspect)))
end

return M
