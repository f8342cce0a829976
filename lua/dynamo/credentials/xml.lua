-- SPDX-License-Identifier: MIT
-- The little XML that AWS STS answers in: elements, text, the five named entities and characters by
-- number. Whatever else XML knows (declarations, comments, CDATA) is refused, and so is a response
-- that was cut.
-- @see https://www.w3.org/TR/xml/
local M = {}

local MAX_DEPTH = 16
local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'" }
local NAME = "[%a_][%w_.-]*"

-- Returns the UTF-8 of a code point below 2^21.
local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  local bytes, limit = {}, 0x40
  repeat
    table.insert(bytes, 1, string.char(0x80 + code % 0x40))
    code = math.floor(code / 0x40)
    limit = limit / 2
  until code < limit
  return string.char(256 - 2 * limit + code) .. table.concat(bytes)
end

-- Returns the character "&name;" stands for, or nil.
local function entity(name)
  local hexadecimal, decimal = name:match("^#x(%x+)$"), name:match("^#(%d+)$")
  local code = hexadecimal and tonumber(hexadecimal, 16) or tonumber(decimal)
  if not code then return ENTITIES[name] end
  local is_character = code >= 0x20 and code < 0xD800
    or code >= 0xE000 and code <= 0x10FFFF
    or code == 0x9
    or code == 0xA
    or code == 0xD
  return is_character and utf8_of(code) or nil
end

-- Returns text with its entities replaced, or nil for one that nobody knows.
local function unescape(text)
  local is_known = true
  text = text:gsub("&([^;&]*)(;?)", function(name, ending)
    local character = ending == ";" and entity(name) or nil
    is_known = is_known and character ~= nil
    return character
  end)
  return is_known and text or nil
end

-- Notes a child of an element; of two with one name, neither is believed.
local function add(parent, name, value)
  if parent[name] ~= nil then value = false end
  parent[name] = value
end

-- Ends the open element; returns what is wrong with that, or nil.
local function close(stack, name)
  local element = table.remove(stack)
  if #stack == 0 or element.name ~= name then return "an element that ends without beginning" end
  local value = element.children
  if next(value) == nil then
    value = unescape(table.concat(element.texts))
    if not value then return "an unknown entity" end
  end
  add(stack[#stack].children, name, value)
end

local function open(stack, name)
  if #stack > MAX_DEPTH then return "elements nested too deep" end
  if #stack == 1 and next(stack[1].children) then return "a second root" end
  stack[#stack + 1] = { name = name, children = {}, texts = {} }
end

-- Reads one tag, without its brackets; returns what is wrong with it, or nil.
local function tag(stack, text)
  local ending = text:match("^/(" .. NAME .. ")%s*$")
  if ending then return close(stack, ending) end
  local name, attributes, empty = text:match("^(" .. NAME .. ")(.-)(/?)$")
  if not name or attributes:find("^%S") then return "a tag that is none" end
  return open(stack, name) or empty == "/" and close(stack, name) or nil
end

-- Adds text to the open element; returns what is wrong with it, or nil.
local function characters(stack, text)
  local element = stack[#stack]
  if #stack == 1 and text:find("%S") then return "text outside of the root" end
  element.texts[#element.texts + 1] = text
end

--- Parses a document.
-- @treturn[1] table element's name -> its text, or a table of its children; false where two
--   children have one name
-- @treturn[2] nil
-- @treturn[2] string what is wrong, without a word of the document
function M.parse(text)
  local stack = { { children = {}, texts = {} } }
  local at = select(2, text:find("^%s*<%?xml[^<>]*%?>")) or 0
  while true do
    local before, inside, after = text:match("^([^<>]*)<([^<>]*)>()", at + 1)
    if not before then break end
    local problem = characters(stack, before) or tag(stack, inside)
    if problem then return nil, problem end
    at = after - 1
  end
  if text:find("%S", at + 1) or #stack > 1 then
    return nil, "it is cut, or holds what it may not"
  end
  if next(stack[1].children) == nil then return nil, "there is no root" end
  return stack[1].children
end

return M
