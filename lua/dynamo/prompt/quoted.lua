-- SPDX-License-Identifier: MIT
-- A string in quotes as Lua and JSON write it: '...' or "..." with \n, \", \009, \xFF, \u00e9, \u{1F600}.
local M = {}

local NAMED = { a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v" }
NAMED["\\"], NAMED['"'], NAMED["'"], NAMED["/"] = "\\", '"', "'", "/"

-- Returns the UTF-8 of a code point.
local function utf8_of(point)
  if point < 0x80 then return string.char(point) end
  local tail, limit = "", 0x20
  repeat
    tail = string.char(0x80 + point % 64) .. tail
    point = math.floor(point / 64)
    limit = #tail > 1 and limit / 2 or limit
  until point < limit
  return string.char(256 - 2 * limit + point) .. tail
end

-- Returns the code point of \u at byte `at` (that of the u), and the byte after; or nil.
local function unicode(text, at)
  local braced, past = text:match("^u{(%x%x?%x?%x?%x?%x?)}()", at)
  if braced then return tonumber(braced, 16), past end
  local high = text:match("^u(%x%x%x%x)", at)
  if not high then return nil end
  local point, low = tonumber(high, 16), text:match("^u%x%x%x%x\\u(%x%x%x%x)", at)
  local follows = low and tonumber(low, 16)
  if point >= 0xD800 and point < 0xDC00 and follows and follows >= 0xDC00 and follows < 0xE000 then
    return 0x10000 + (point - 0xD800) * 1024 + follows - 0xDC00, at + 11
  end
  return point, at + 5
end

-- Returns what the escape at byte `at` (that after the backslash) says, and the byte after; or nil.
local function escaped(text, at)
  local named = NAMED[text:sub(at, at)]
  if named then return named, at + 1 end
  local digits = text:match("^%d%d?%d?", at)
  if digits and tonumber(digits) < 256 then return string.char(tonumber(digits)), at + #digits end
  local hex = text:match("^x(%x%x)", at)
  if hex then return string.char(tonumber(hex, 16)), at + 3 end
  local point, past = unicode(text, at)
  local is_character = point and point < 0x110000 and (point < 0xD800 or point > 0xDFFF)
  if is_character then return utf8_of(point), past end
end

--- Takes the string that comes at the reader, which is at its quote; returns what it says and its byte.
function M.read(reader)
  local text, first = reader.text, reader.at
  local quote, parts, at = text:sub(first, first), {}, first + 1
  while true do
    local stop = text:find("[\\\n" .. quote .. "]", at)
    local character = stop and text:sub(stop, stop)
    if not stop or character == "\n" then
      reader:fail(("this %s has no closing %s"):format(quote, quote), first)
    end
    parts[#parts + 1] = text:sub(at, stop - 1)
    if character == quote then
      reader.at = stop + 1
      return table.concat(parts), first
    end
    parts[#parts + 1], at = escaped(text, stop + 1)
    if not at then reader:fail("a backslash is written twice: \\\\", stop) end
  end
end

return M
