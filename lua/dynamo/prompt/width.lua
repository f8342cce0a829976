-- SPDX-License-Identifier: MIT
-- How many columns of a terminal a text takes, and a text cut to columns.
local M = {}

local JOINER, EMOJI_STYLE = 0x200D, 0xFE0F
local FLAG_FIRST, FLAG_LAST = 0x1F1E6, 0x1F1FF -- two regional indicators are one flag
local SKIN_FIRST, SKIN_LAST = 0x1F3FB, 0x1F3FF -- modify the character before
local CHARACTER = "[^\128-\191][\128-\191]*"

-- Whether a code point is in ranges { first, last, ... }.
local function is_in(list, point)
  local low, high = 1, #list / 2
  while low <= high do
    local middle = math.floor((low + high) / 2)
    if point < list[2 * middle - 1] then
      high = middle - 1
    elseif point > list[2 * middle] then
      low = middle + 1
    else
      return true
    end
  end
  return false
end

-- Returns the code point of a character of UTF-8.
local function point_of(character)
  local first = character:byte()
  if first < 0x80 then return first end
  local point = first % (2 ^ (6 - math.min(#character - 1, 5)))
  for i = 2, #character do
    point = point * 64 + character:byte(i) % 64
  end
  return point
end

--- Returns the columns of one code point by itself.
function M.of_point(point)
  if point < 0x300 then return 1 end
  local ranges = require "dynamo.prompt.width_ranges" -- at the first text that is more than Latin
  if is_in(ranges.zero, point) then return 0 end
  return is_in(ranges.wide, point) and 2 or 1
end

local function is_flag(point)
  return point >= FLAG_FIRST and point <= FLAG_LAST
end

-- Returns how many columns a code point adds to those before it; `before` is the point before it,
-- and `state` whether that began a flag.
local function added(point, before, state)
  local half_flag = state.half_flag
  state.half_flag = is_flag(point) and not half_flag
  if before == JOINER or is_flag(point) and half_flag then return is_flag(point) and 1 or 0 end
  if before and point >= SKIN_FIRST and point <= SKIN_LAST then return 0 end
  if before and point == EMOJI_STYLE and before > 0xFF and M.of_point(before) == 1 then return 1 end
  return M.of_point(point)
end

-- Calls visit(columns until then, first byte, byte after) for each character, until it returns true.
local function walk(text, visit)
  local columns, before, state = 0, nil, {}
  for at, character, past in text:gmatch("()(" .. CHARACTER .. ")()") do
    local point = point_of(character)
    columns = columns + added(point, before, state)
    before = point
    if visit(columns, at, past) then return columns end
  end
  return columns
end

--- Returns the columns that a text of one line takes: a sequence joined by U+200D counts once.
function M.of(text)
  if not text:find "[\128-\255]" then return #text end
  return walk(text, function() end)
end

--- Returns the longest beginning of a text that takes at most `columns`, and its own columns.
function M.cut(text, columns)
  if not text:find "[\128-\255]" then
    local kept = text:sub(1, columns)
    return kept, #kept
  end
  local kept, kept_columns = 0, 0
  walk(text, function(taken, _, past)
    if taken > columns then return true end
    kept, kept_columns = past - 1, taken
  end)
  return text:sub(1, kept), kept_columns
end

--- Returns a text with blanks behind it up to `columns`; with `right`, before it.
function M.padded(text, columns, right)
  local blanks = (" "):rep(columns - M.of(text))
  return right and blanks .. text or text .. blanks
end

return M
