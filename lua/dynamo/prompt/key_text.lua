-- SPDX-License-Identifier: MIT
-- Key values as they are typed, bare or quoted; their types come from the table.
local dynamo = require "dynamo"
local quoted = require "dynamo.prompt.quoted"
local value_text = require "dynamo.prompt.value_text"

local M = {}

local TYPE_WORDS = { S = "a string", N = "a number", B = "binary, 0x... in hexadecimal" }

-- Returns the bytes of "0x00ff", or nil.
local function from_hex(text)
  local digits = text:match "^0[xX](%x*)$"
  if not digits or #digits % 2 == 1 then return nil end
  return (digits:gsub("%x%x", function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

local CONVERT = {}

function CONVERT.S(text)
  return text
end

function CONVERT.N(text)
  if not text:find "^[+-]?%.?%d" then return nil end
  return (value_text.number(text))
end

function CONVERT.B(text, is_quoted)
  local bytes = is_quoted and text or from_hex(text)
  return bytes and dynamo.binary(bytes)
end

-- Takes the text of a key; returns it, its byte, and whether it was quoted; nil if none comes.
local function read_text(reader)
  local character = reader:peek()
  if character == '"' or character == "'" then
    local text, at = quoted.read(reader)
    return text, at, true
  end
  return reader:word()
end

-- Notes the value of a key.
local function note(reader, kind, at, is_quoted)
  if kind == "S" then
    reader:note(is_quoted and reader.text:sub(at, at) or "word", at)
  elseif kind == "N" and not is_quoted then
    reader:note("number", at)
  else
    reader.notes = nil
  end
end

--- Takes the value of one key attribute; returns it and its byte.
-- @tparam table reader
-- @tparam string name of the attribute
-- @tparam string kind "S", "N" or "B"
function M.read(reader, name, kind)
  local is_made = reader:peek() == "(" or reader.text:find("^dynamo%.%a+[%s({'\"]", reader.at)
  if is_made then
    local at = reader.at
    reader.notes = nil
    return value_text.read(reader), at
  end
  local text, at, is_quoted = read_text(reader)
  if not text then
    reader:fail(("expected %s, %s, got %s"):format(name, TYPE_WORDS[kind], reader:coming()))
  end
  local value = CONVERT[kind](text, is_quoted)
  if value == nil then
    reader:fail(('%s is %s: "%s" is none'):format(name, TYPE_WORDS[kind], text:sub(1, 40)), at)
  end
  note(reader, kind, at, is_quoted)
  return value, at
end

--- Takes a name, of a table say, bare or quoted; returns it and its byte; nil if none comes.
function M.read_name(reader)
  return read_text(reader)
end

return M
