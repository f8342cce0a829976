-- SPDX-License-Identifier: MIT
-- A mistake in what was typed: raised with its place, and shown with a caret. A mistake is
-- { at = byte, message }.
local width = require "dynamo.prompt.width"

local M = {}

local Mistake, Failure = {}, {}

-- Columns shown before and after the place.
local SHOWN_BEFORE, SHOWN_AFTER = 56, 20

--- Raises a mistake.
-- @tparam integer at byte of the statement, from 1
-- @tparam string message
function M.raise(at, message)
  error(setmetatable({ at = at, message = message }, Mistake), 0)
end

--- Raises that something is refused, for which no place in the text is to blame.
function M.refuse(message)
  error(setmetatable({ message = message }, Mistake), 0)
end

--- Whether something raised is a mistake.
function M.is(problem)
  return getmetatable(problem) == Mistake
end

--- Raises what data, the network or AWS caused: { message, err, look }, as a call returned it.
-- @tparam string message
-- @tparam ?table err
-- @tparam ?string look the statement that tells whether it has happened
function M.fail(message, err, look)
  error(setmetatable({ message = message, err = err or {}, look = look }, Failure), 0)
end

--- Whether something raised is such a failure.
function M.is_failure(problem)
  return getmetatable(problem) == Failure
end

--- Returns line and column (characters) of a byte of a text, both from 1.
function M.place(text, at)
  local before = text:sub(1, at - 1)
  local _, lines = before:gsub("\n", "")
  local _, columns = before:match("[^\n]*$"):gsub("[^\128-\191]", "")
  return lines + 1, columns + 1
end

-- Returns the end of a text that takes at most `columns`.
local function tail(text, columns)
  if width.of(text) <= columns then return text end
  local cut = text:sub(-4 * columns):gsub("^[\128-\191]+", "")
  while width.of(cut) > columns do
    cut = cut:gsub("^[^\128-\191][\128-\191]*", "")
  end
  return "..." .. cut
end

local function head(text, columns)
  local kept = width.cut(text, columns)
  return kept == text and kept or kept .. "..."
end

-- Returns the line around a byte, and a line with a caret below it.
local function shown(text, at)
  local line = text:sub(1, at - 1):match "[^\n]*$" .. text:sub(at):match "^[^\n]*"
  local before = #(text:sub(1, at - 1):match "[^\n]*$")
  line = line:gsub("%c", " ")
  local left = tail(line:sub(1, before), SHOWN_BEFORE)
  local right = head(line:sub(before + 1), SHOWN_AFTER)
  return ("  %s%s\n  %s^"):format(left, right, (" "):rep(width.of(left)))
end

--- Returns a mistake as three lines: "column 5: message", the text around it, a caret. In a statement of
-- several lines it says "line 2, column 5".
-- @tparam string text the statement
-- @tparam table mistake
function M.text(text, mistake)
  if not mistake.at then return mistake.message end
  local at = math.max(1, math.min(mistake.at, #text + 1))
  local line, column = M.place(text, at)
  local row = text:find "\n" and ("line %d, "):format(line) or ""
  return ("%scolumn %d: %s\n%s"):format(row, column, mistake.message, shown(text, at))
end

return M
