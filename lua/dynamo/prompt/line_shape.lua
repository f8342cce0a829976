-- SPDX-License-Identifier: MIT
-- The lines of a script are often alike: the same words and names, with other values. Two in a row that
-- differ in nothing but simple values (a bare key, a string without escapes, a number, a boolean) make
-- a shape: a pattern whose captures are the values, and a function that makes of them what a verb asks
-- for. A line that fits is read in one step; all others are read as ever.
--
-- A reader with `notes` tells where such values stand: { from, past, kind }. Where they go is found by
-- reading the text once more, with a number of its own in the place of each.
local readers = require "dynamo.prompt.reader"
local shape_source = require "dynamo.prompt.shape_source"

local M = {}

local MOST_VALUES = 31 -- Lua's patterns have 32 captures
local MARK = 900000000
local SEMICOLON = (";"):byte()

-- Kind of a value -> what captures it. What follows a value can be no part of it.
local CAPTURES = {
  word = "([%w_#:./@+-]+)",
  ['"'] = '"([^"\\%c]*)"',
  ["'"] = "'([^'\\%c]*)'",
  number = "(%-?%d[%d.]*)",
  boolean = "(%l+)",
}

-- Returns a text as `kept` gives what is between its values, and `put(kind, index)` what stands for each.
local function rewritten(text, notes, kept, put)
  local parts, at = {}, 1
  for i, note in ipairs(notes) do
    parts[2 * i - 1] = kept(text:sub(at, note.from - 1))
    parts[2 * i] = put(note.kind, i)
    at = note.past
  end
  parts[#parts + 1] = kept(text:sub(at))
  return table.concat(parts)
end

local function escaped(text)
  return (text:gsub("[%^%$()%%.%[%]*+%-?]", "%%%0"))
end

local function pattern_of(text, notes)
  local inside = rewritten(text, notes, escaped, function(kind)
    return CAPTURES[kind]
  end)
  return "^" .. inside .. "$"
end

local function same(text)
  return text
end

-- Returns a text with a number in the place of each value.
local function marked(text, notes)
  return rewritten(text, notes, same, function(_, i)
    return ("%d"):format(MARK + i)
  end)
end

-- Returns the function of a shape, or nil where there is none.
-- @tparam function parse (text) -> what is asked
local function reader_of(text, notes, pattern, parse)
  if text:find("9000000", 1, true) then return nil end
  local ok, asked = pcall(parse, marked(text, notes))
  if not ok then return nil end
  local shared = { parse = parse }
  for _, name in ipairs { "verb", "method", "record", "options" } do
    shared[name] = asked[name]
  end
  return shape_source.reader(pattern, notes, asked, MARK, shared)
end

-- Learns of a line that was read as ever.
local function learn(shape, record, text, notes, parse)
  local fits = notes[1] and #notes <= MOST_VALUES and not text:find "[%z\n]"
  local pattern = fits and #notes == shape.count and pattern_of(text, notes) or nil
  shape.count = #notes
  if pattern ~= shape.pattern or record ~= shape.record then
    shape.pattern, shape.record, shape.read = pattern, record, nil
  elseif pattern and shape.read == nil then
    shape.read = reader_of(text, notes, pattern, parse) or false
  end
end

--- Returns what is learnt of the lines of a script: { count (of the last one's values), pattern, record (of
-- the table that was in use), read (function of a line; nil until a second one was alike, false if there is
-- none) }.
function M.new()
  return { count = 0, pattern = nil, record = nil, read = nil }
end

--- Reads a line as ever, and learns of it; returns what it asks for.
-- @tparam table shape
-- @tparam table session
-- @tparam table verb one whose `repeats` is true
-- @tparam table reader behind the verb's word
function M.parse(shape, session, verb, reader)
  local past = reader.at
  reader.notes = {}
  local asked = verb.parse(session, reader)
  local notes = reader.notes
  if not notes then return asked end
  learn(shape, session.record, reader.text, notes, function(text)
    local again = verb.parse(session, readers.new(text, past))
    again.verb = verb
    return again
  end)
  return asked
end

--- Returns what a line asks for if it has the shape of those before, else nil. Where its parts stand only
-- `parse` tells, of `text`.
-- @tparam table shape
-- @tparam table record of the table in use
-- @tparam string text
function M.read(shape, record, text)
  if not shape.read or shape.record ~= record then return nil end
  if text:byte(-1) == SEMICOLON then text = text:sub(1, -2) end
  return shape.read(text)
end

return M
