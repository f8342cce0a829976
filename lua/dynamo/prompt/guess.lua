-- SPDX-License-Identifier: MIT
-- The word that somebody may have meant.
local M = {}

local MIN_DISTANCE, LONGEST = 2, 64

-- Returns how many letters a word must change, gain, lose or swap with the next to become another.
local function distance(a, b)
  local rows = { [0] = {} }
  for j = 0, #b do
    rows[0][j] = j
  end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (same and 0 or 1))
      local swapped = i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
      if swapped then row[j] = math.min(row[j], rows[i - 2][j - 2] + 1) end
    end
    rows[i] = row
  end
  return rows[#a][#b]
end

--- Returns the nearest of some words, or nil if all are far: further than a third of the word's letters, and
-- than two. Case weighs half a letter in all.
-- @tparam string word
-- @tparam table words a list
function M.nearest(word, words)
  word = word:sub(1, LONGEST)
  local best, least = nil, math.max(MIN_DISTANCE, #word / 3) + 0.5
  for _, candidate in ipairs(words) do
    if #candidate <= LONGEST then
      local far = distance(word:lower(), candidate:lower()) + (word == candidate and 0 or 0.25)
      local is_nearer = far < least or far == least and best and candidate < best
      if is_nearer and far < #word + 0.25 then
        best, least = candidate, far
      end
    end
  end
  return best
end

--- Returns ', did you mean "x"?' or "".
function M.hint(word, words)
  local best = M.nearest(word, words)
  return best and (', did you mean "%s"?'):format(best) or ""
end

return M
