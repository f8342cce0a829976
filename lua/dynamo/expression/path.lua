-- SPDX-License-Identifier: MIT
-- Document paths, as text and as nodes (see dynamo.expression.tree).
local cursor = require "dynamo.expression.cursor"
local lexer = require "dynamo.expression.lexer"
local term = require "dynamo.expression.term"
local nodes = require "dynamo.expression.tree"

local M = {}

local function grammar(at)
  local path = term.path(at, "an attribute name")
  if at:peek().type ~= "end" then at:expected '".", "[" or the end' end
  return path
end

--- Reads a path such as "a.b[2].`c.d`". There being no arithmetic, "-" is part of a bare name.
-- @tparam string text
-- @treturn[1] table path
-- @treturn[2] nil
-- @treturn[2] string message
function M.parse(text)
  if type(text) ~= "string" then
    error("dynamo.path: a path must be a string, not a " .. type(text), 2)
  end
  local path, holes = cursor.read("path", text, grammar, { dashed = true })
  if path and holes[1] then
    return nil,
      ('path: "%s" is a token, and nothing here says what it stands for'):format(holes[1].text)
  end
  return path, not path and holes or nil
end

-- Returns a segment as paths hold it; or nil, what is wrong with it.
local function segment(given, position)
  if type(given) == "string" and given ~= "" then return given end
  if type(given) == "number" and position > 1 then
    if given >= 0 and given <= term.MAX_INDEX and given % 1 == 0 then
      return math.tointeger and math.tointeger(given) or given
    end
    return nil, ("a list index is 0, 1, 2, ..., not %s"):format(tostring(given))
  end
  local wanted = position == 1 and "an attribute name" or "an attribute name or a list index"
  local got = given == "" and "an empty string" or given == nil and "nothing" or "a " .. type(given)
  return nil, ("%s expected, got %s"):format(wanted, got)
end

--- Makes a path of its segments, names taken as they are: { "a.b", 0 } is element 0 of "a.b".
-- @tparam table list a sequence of strings and whole numbers
-- @treturn[1] table path
-- @treturn[2] nil
-- @treturn[2] string message
function M.literal(list)
  if type(list) ~= "table" then
    error("dynamo.path: a list of segments expected, got a " .. type(list), 2)
  end
  local path, count = nodes.path(), 0
  for _ in next, list do
    count = count + 1
  end
  for position = 1, math.max(count, 1) do
    local found, problem = segment(rawget(list, position), position)
    if not found then return nil, ("path: segment %d: %s"):format(position, problem) end
    path[position] = found
  end
  return path
end

-- Returns the first segments in which two paths differ, nil if there are none.
local function difference(a, b)
  for i = 1, math.min(#a, #b) do
    if a[i] ~= b[i] then return a[i], b[i] end
  end
end

--- Tells whether one path is the other or leads to it: writing both would write one place twice.
function M.overlap(a, b)
  return difference(a, b) == nil
end

--- Tells whether the service refuses the two in one update or projection: they overlap, or the one
-- takes for a list what the other takes for a map, `a[0]` and `a.b`.
function M.clash(a, b)
  local one, other = difference(a, b)
  return type(one) ~= type(other) or one == nil
end

--- Returns how two paths clash, a format for the texts of both.
function M.clash_format(a, b)
  local where = difference(a, b)
  if where == nil then return "%s overlaps %s" end
  local one, other = "list", "map"
  if type(where) == "string" then
    one, other = other, one
  end
  return ("%%s takes for a %s what %%s takes for a %s"):format(one, other)
end

--- Tells whether two paths are the same.
function M.equal(a, b)
  return #a == #b and M.overlap(a, b)
end

--- Tells whether a path leads through, or to, an element of a list.
function M.has_index(path)
  for _, part in ipairs(path) do
    if type(part) == "number" then return true end
  end
  return false
end

local function show_name(name)
  return lexer.is_plain(name) and name or "`" .. name:gsub("`", "``") .. "`"
end

--- Returns the text of a path, names in back-quotes where an expression needs them.
function M.show(path)
  local parts = {}
  for i, part in ipairs(path) do
    if type(part) == "number" then
      parts[i] = ("[%d]"):format(part)
    else
      parts[i] = (i > 1 and "." or "") .. show_name(part)
    end
  end
  return table.concat(parts)
end

return M
