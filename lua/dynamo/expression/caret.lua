-- SPDX-License-Identifier: MIT
-- Where in an expression something is wrong, for people: the column, and the text with a caret.
local M = {}

-- Characters shown before and after the place, and bytes looked at for them.
local SHOWN_BEFORE, SHOWN_AFTER, LOOKED_AT = 48, 24, 400

-- Returns the number of characters (code points) of a text.
local function length(text)
  return select(2, text:gsub("[^\128-\191]", ""))
end

-- Returns the characters of a text, those that would break a line as a space.
local function characters(text)
  local list = {}
  for character in text:gmatch "[^\128-\191][\128-\191]*" do
    list[#list + 1] = character:find "^%c" and " " or character
  end
  return list
end

-- Returns the text before the place, cut to its last characters.
local function tail(text)
  local list = characters(text:sub(-LOOKED_AT))
  if #list <= SHOWN_BEFORE then return table.concat(list), #list end
  return "..." .. table.concat(list, "", #list - SHOWN_BEFORE + 1), SHOWN_BEFORE + 3
end

local function head(text)
  local list = characters(text:sub(1, LOOKED_AT))
  if #list <= SHOWN_AFTER then return table.concat(list) end
  return table.concat(list, "", 1, SHOWN_AFTER) .. "..."
end

--- Returns the column, in its line, of the byte `at`: characters, from 1.
function M.column(text, at)
  return length(text:sub(1, at - 1):match "[^\n]*$") + 1
end

--- Returns 'update: column 5: message' and two lines that show the place.
-- @tparam string what the kind of expression
-- @tparam string text the whole expression
-- @tparam integer at byte
-- @tparam string message
function M.message(what, text, at, message)
  if not text:find "%S" then return ("%s: column 1: %s"):format(what, message) end
  local before, after = text:sub(1, at - 1), text:sub(at):match "^[^\n]*"
  local _, lines = before:gsub("\n", "")
  local line = before:match "[^\n]*$"
  local shown, width = tail(line)
  local row = lines > 0 and ("line %d, "):format(lines + 1) or ""
  return ("%s: %scolumn %d: %s\n  %s\n  %s^"):format(
    what,
    row,
    M.column(text, at),
    message,
    shown .. head(after),
    (" "):rep(width)
  )
end

return M
