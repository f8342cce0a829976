-- SPDX-License-Identifier: MIT
-- Text split into words as a POSIX shell splits it; nothing is expanded. Linear in the text.
-- @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_02
local M = {}

-- Adds the text inside of double quotes that begin at `at`; returns where the rest begins, nil
-- without an end. A backslash takes back the meaning of a quote and of itself.
local function add_double_quoted(parts, text, at)
  at = at + 1
  while true do
    local plain, next_at = text:match('^([^"\\]*)()', at)
    parts[#parts + 1] = plain
    local byte = text:sub(next_at, next_at)
    if byte == '"' then return next_at + 1 end
    if byte == "" then return nil end
    local escaped = text:match('^\\(["\\])', next_at)
    parts[#parts + 1] = escaped or "\\"
    at = next_at + (escaped and 2 or 1)
  end
end

-- Adds one piece of a word at `at`; returns where the rest begins, nil for a quote without an end.
local function add_piece(parts, text, at)
  local byte = text:sub(at, at)
  if byte == '"' then return add_double_quoted(parts, text, at) end
  local after
  if byte == "'" then
    parts[#parts + 1], after = text:match("^'([^']*)'()", at)
  elseif byte == "\\" then
    parts[#parts + 1], after = text:match("^\\(.)()", at)
  else
    parts[#parts + 1], after = text:match("^([^%s\"'\\]+)()", at)
  end
  return after
end

--- Returns the words of a text: white space outside of single and double quotes divides, a
-- backslash takes back a character's meaning. Or nil, if a quote or a backslash has no end.
function M.split(text)
  local words, at = {}, text:match("^%s*()")
  while at <= #text do
    local parts = {}
    repeat
      at = add_piece(parts, text, at)
      if not at then return nil end
    until at > #text or text:find("^%s", at)
    words[#words + 1] = table.concat(parts)
    at = text:match("^%s*()", at)
  end
  return words
end

return M
