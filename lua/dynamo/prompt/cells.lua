-- SPDX-License-Identifier: MIT
-- One attribute value as a line of text: its type, and what it says, cut to columns with a count.
local dynamo = require "dynamo"
local width = require "dynamo.prompt.width"

local M = {}

local ONE_LINE = { width = math.huge }
local ELLIPSIS = "…"
local NARROW = 24 -- columns
local UNCUT = { N = true, BOOL = true, NULL = true }

-- Returns DynamoDB's type of a set by its first element.
local function set_kind(set)
  local first = set[1]
  if type(first) == "string" then return "SS" end
  return dynamo.is_binary(first) and "BS" or "NS"
end

local function table_kind(value)
  if dynamo.is_set(value) then return set_kind(value) end
  return (dynamo.is_list(value) or value[1] ~= nil) and "L" or "M"
end

--- Returns DynamoDB's word for the type of a value: "S", "NS", "BOOL", ...
function M.kind(value)
  local kind = type(value)
  if kind == "string" then return "S" end
  if kind == "boolean" then return "BOOL" end
  if value == dynamo.null then return "NULL" end
  if kind == "table" then return table_kind(value) end
  return dynamo.is_binary(value) and "B" or "N"
end

--- Returns a count with commas: 1,204.
function M.count(number)
  local text = ("%d"):format(number)
  local head = (#text - 1) % 3 + 1
  return text:sub(1, head) .. text:sub(head + 1):gsub("%d%d%d", ",%0")
end

--- Returns how many of something: "1 item", "1,204 items".
function M.counted(number, word)
  return ("%s %s%s"):format(M.count(number), word, number == 1 and "" or "s")
end

-- Returns a text without what a terminal would obey: the control characters that dynamo.show leaves,
-- U+0080 to U+009F, and those that turn the direction of writing.
local function harmless(text)
  text = text:gsub("\194[\128-\159]", function(character)
    return ("\\194\\%d"):format(character:byte(2))
  end)
  return (text:gsub("\226\128[\170-\174]", "\\u{202?}"):gsub("\226\129[\166-\169]", "\\u{206?}"))
end

--- Returns the text of a value in quotes and constructors, in one line, as Lua reads it.
function M.shown(value)
  return harmless(dynamo.show(value, ONE_LINE))
end

-- Returns the first bytes of a binary in hexadecimal, and how many bytes it has.
local function hex(value, columns)
  local bytes = tostring(value)
  local tail = (" (%s)"):format(M.counted(#bytes, "byte"))
  local room = columns - #tail - 2
  local text = bytes:sub(1, math.max(1, math.min(room, 2 * #bytes))):gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end)
  if #text <= room then return "0x" .. text .. tail end
  return "0x" .. text:sub(1, math.max(2, room - 1 - (room - 1) % 2)) .. ELLIPSIS .. tail
end

-- Returns how much of a value there is, for one that is cut: "… (12 elements)", where there is little
-- room "…(12)".
local function extent(value, columns)
  local count, word = 0, M.kind(value) == "M" and "attribute" or "element"
  if type(value) == "string" then
    count, word = #value, "byte"
  else
    for _ in next, value do
      count = count + 1
    end
  end
  if columns < NARROW then return ("%s(%s)"):format(ELLIPSIS, M.count(count)) end
  return ("%s (%s)"):format(ELLIPSIS, M.counted(count, word))
end

-- Returns the text of a value before it is cut; of a long string only as much as can be seen.
local function whole(value, kind, columns)
  if kind == "N" then return tostring(value):gsub("U?LL$", "") end
  if kind == "NULL" then return "null" end
  if kind == "S" and #value > 8 * columns then
    value = value:sub(1, 8 * columns):gsub("[\192-\255][\128-\191]*$", "")
  end
  return M.shown(value)
end

--- Returns the text of a value in at most `columns` (math.huge for all of it), but numbers and the like
-- whole; what is cut ends in an ellipsis and its extent. Strings stand in quotes.
-- @param value
-- @tparam number columns
-- @tparam ?boolean typed whether its type is told beside it: sets and lists without constructors
-- @tparam ?boolean bare a string without its quotes
function M.text(value, columns, typed, bare)
  local kind = M.kind(value)
  if kind == "B" then return hex(value, columns) end
  local text = whole(value, kind, columns)
  if bare and kind == "S" and value ~= "" then text = text:sub(2, -2) end
  if typed then text = text:gsub("^dynamo%.%a+ {", "{") end
  if UNCUT[kind] then return text end
  if width.of(text) <= columns and not (kind == "S" and #value > 8 * columns) then return text end
  local tail = extent(value, columns)
  return width.cut(text, math.max(columns - width.of(tail), 1)) .. tail
end

return M
