-- SPDX-License-Identifier: MIT
-- The closest of some names to a word, for "did you mean".
local tables = require "dynamo.tables"

local M = {}

-- A guess further away than a third of the word's length (and at least this) helps nobody.
local MIN_DISTANCE = 2

-- The Levenshtein distance of `a` and `b` in bytes.
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local diagonal, byte = row[0], a:byte(i)
    row[0] = i
    for j = 1, #b do
      local above = row[j]
      local swapped = diagonal + (byte == b:byte(j) and 0 or 1)
      row[j] = math.min(above + 1, row[j - 1] + 1, swapped)
      diagonal = above
    end
  end
  return row[#b]
end

-- How far `candidate` is from `word`; a difference of case alone weighs half a letter in all, and
-- CamelCase and snake_case spell one name.
local function difference(word, candidate)
  if word == candidate then return 0 end
  local plain = distance((word:lower():gsub("_", "")), (candidate:lower():gsub("_", "")))
  return math.min(distance(word, candidate), plain + 0.5)
end

--- Returns what somebody wrote where a word belongs, for a message; no metamethod of it runs.
function M.word(written)
  local kind = type(written)
  if kind == "string" then return written end
  if kind == "number" or kind == "boolean" or written == nil then return tostring(written) end
  return "a " .. kind
end

--- Returns the nearest of `candidates` (a list of strings) to `word`, or nil if all are far.
-- Ties go to the alphabetically first, so that a message is the same in every run.
function M.nearest(word, candidates)
  word = M.word(word):sub(1, 64)
  local best, least = nil, math.max(MIN_DISTANCE, #word / 3) + 0.5
  for _, candidate in ipairs(candidates) do
    local far = difference(word, candidate)
    if far < least or (far == least and best and candidate < best) then
      best, least = candidate, far
    end
  end
  return best
end

--- Returns ', did you mean "x"?' for the nearest of `candidates`, or "".
function M.hint(word, candidates)
  local best = M.nearest(word, candidates)
  return best and (', did you mean "%s"?'):format(best) or ""
end

--- Returns what is wrong with a name that is none of the keys of `known`.
-- @tparam string what how that begins, such as "unknown option"
-- @param name
-- @tparam table known
function M.unknown(what, name, known)
  return ('%s "%s"%s'):format(what, M.word(name), M.hint(name, tables.sorted_keys(known)))
end

--- Raises, at `level`, that a module has no field `name`. A name that begins with "_" is what tools
-- look for in any table (_NAME, __call): for that, and for what is no string, it returns nil.
-- @tparam string module
-- @tparam table known a list of its fields
-- @param name
-- @tparam number level
function M.no_field(module, known, name, level)
  if type(name) ~= "string" or name:sub(1, 1) == "_" then return nil end
  error(('%s has no field "%s"%s'):format(module, name, M.hint(name, known)), level + 1)
end

return M
