-- SPDX-License-Identifier: MIT
-- Reads a statement from left to right: { text, at = the next byte, evaluate = function of Lua text, notes
-- (where simple values stand: see dynamo.prompt.line_shape; nil where nobody asks, or it is not so simple) }.
-- What is wrong is raised as a mistake with its place.
local mistake = require "dynamo.prompt.mistake"

local Reader = {}
Reader.__index = Reader

local M = {}

-- What a word is made of where a key or a name stands bare: anything but blanks, quotes and brackets.
local BARE = "^[^%s\"'`(){}%[%]]+"

local BLANK = (" "):byte() -- and all before it is a blank, or no text

--- Returns a reader of a text from byte `at` on.
-- @tparam string text
-- @tparam ?integer at 1
-- @tparam ?function evaluate gives the value of a Lua expression: (text) -> true, value; or false, message
function M.new(text, at, evaluate)
  return setmetatable({ text = text, at = at or 1, evaluate = evaluate }, Reader)
end

--- Notes that a value of a kind (see dynamo.prompt.line_shape) stands from a byte on up to the reader.
function Reader:note(kind, from)
  local notes = self.notes
  if notes then notes[#notes + 1] = { kind = kind, from = from, past = self.at } end
end

--- Raises a mistake at a byte, by default where the reader is.
function Reader:fail(message, at)
  mistake.raise(at or self.at, message)
end

--- Goes over blanks; returns the character that comes, "" at the end.
function Reader:peek()
  local text, at = self.text, self.at
  local byte = text:byte(at)
  if byte and byte <= BLANK then
    at = text:match("^%s*()", at)
    self.at = at
  end
  return text:sub(at, at)
end

--- Whether nothing but blanks is left.
function Reader:is_done()
  return self:peek() == ""
end

--- Returns what comes, to be named in a message.
function Reader:coming()
  local character = self:peek()
  if character == "" then return "the end" end
  local word = self.text:match(BARE, self.at)
    or self.text:match("^[^\128-\191][\128-\191]*", self.at)
  word = (word or character):sub(1, 40):gsub("%c", " "):gsub("[\192-\255][\128-\191]*$", "")
  return ('"%s"'):format(word)
end

--- Takes a character if it comes; returns its byte, or nil.
function Reader:take(character)
  if self:peek() ~= character then return nil end
  self.at = self.at + 1
  return self.at - 1
end

--- Takes what a pattern (anchored, of one capture) matches after blanks; returns it and its byte, or nil.
function Reader:match(pattern)
  self:peek()
  local found = self.text:match(pattern, self.at)
  if not found then return nil end
  local at = self.at
  self.at = at + #found
  return found, at
end

--- Takes a bare word; returns it and its byte, or nil.
function Reader:word()
  return self:match(BARE)
end

--- Takes the word of capitals that is wanted; returns its byte, or nil.
function Reader:keyword(wanted)
  self:peek()
  local word = self.text:match("^%u[%u_]*", self.at)
  if word ~= wanted or self.text:find("^[%w_]", self.at + #word) then return nil end
  self.at = self.at + #word
  return self.at - #word
end

--- Raises unless nothing is left.
-- @tparam string expected what could come
function Reader:finish(expected)
  if self:is_done() then return end
  self:fail(("expected %s, got %s"):format(expected, self:coming()))
end

return M
