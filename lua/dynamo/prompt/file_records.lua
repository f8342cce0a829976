-- SPDX-License-Identifier: MIT
-- The records of a source of bytes, lines mostly, and where each stands. Records are
--   source    see dynamo.prompt.byte_source
--   is_whole  function of a text: whether it is a record, and not only its first lines
--   bytes     how many bytes the records read so far take
--   line      how many lines they have
--   tail      the last bytes of them, by which the place is known again
--   before    { bytes, line, tail } of the record that was read last, as they were
local mistake = require "dynamo.prompt.mistake"

local Records = {}
Records.__index = Records

local M = {}

-- An item has 400 KB at most; its JSON may be some times longer.
local MOST_BYTES = 8 * 1024 * 1024
local TAIL_BYTES = 64

local function always()
  return true
end

--- Returns the records of a source, from its beginning.
-- @tparam table source
-- @tparam ?function is_whole every line is one without it
function M.new(source, is_whole)
  return setmetatable({
    source = source,
    is_whole = is_whole or always,
    block = "",
    at = 1,
    bytes = 0,
    line = 0,
    tail = "",
  }, Records)
end

local function refuse_length(self, bytes)
  if bytes <= MOST_BYTES then return end
  mistake.fail(
    ("%s:%d: longer than %d bytes; no item is"):format(self.source.name, self.line + 1, MOST_BYTES)
  )
end

-- Returns the next line with its end; nil after the last.
local function next_line(self)
  local parts, bytes = {}, 0
  while self.block do
    local stop = self.block:find("\n", self.at, true)
    parts[#parts + 1] = self.block:sub(self.at, stop)
    if stop then
      self.at = stop + 1
      return table.concat(parts)
    end
    bytes = bytes + #parts[#parts]
    refuse_length(self, bytes)
    self.block, self.at = self.source.read(), 1
  end
  local text = table.concat(parts)
  return text ~= "" and text or nil
end

-- Notes that a text was read.
local function advance(self, text, lines)
  self.bytes, self.line = self.bytes + #text, self.line + lines
  self.tail = #text < TAIL_BYTES and (self.tail .. text):sub(-TAIL_BYTES) or text:sub(-TAIL_BYTES)
end

--- Returns the next record without the end of its line, and the number of its first line; nil after the
-- last.
function Records:next()
  self.before = { bytes = self.bytes, line = self.line, tail = self.tail }
  local text, lines = next_line(self), 1
  if not text then return nil end
  while not self.is_whole(text) do
    local more = next_line(self)
    if not more then break end
    text, lines = text .. more, lines + 1
    refuse_length(self, #text)
  end
  local first = self.line + 1
  advance(self, text, lines)
  text = text:gsub("\r?\n$", "")
  if first == 1 then text = text:gsub("^\239\187\191", "") end -- what marks UTF-8 there
  return text, first
end

-- Returns bytes in hexadecimal: they may be a part of a character.
local function hex(bytes)
  return (bytes:gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end

--- Returns a place as it is kept: { bytes, line, tail (in hexadecimal) }.
-- @tparam ?table before of a record that was read; nil: behind the last one
function Records:place(before)
  local at = before or self
  return { bytes = at.bytes, line = at.line, tail = hex(at.tail) }
end

-- Reads `count` bytes; returns them, or less at the end.
local function take(self, count, keep)
  local kept = ""
  while count > 0 do
    if self.at > #self.block then
      self.block, self.at = self.source.read(), 1
      if not self.block then break end
    end
    local piece = self.block:sub(self.at, self.at + count - 1)
    self.at, count = self.at + #piece, count - #piece
    if keep then kept = kept .. piece end
  end
  return kept
end

--- Goes on from a place; returns whether the bytes before it are those that were there.
function Records:go_to(place)
  local length = #place.tail / 2
  local before = place.bytes - length
  if self.source.seek then
    self.source.seek(before)
  else
    take(self, before)
  end
  local tail = self.block and take(self, length, true)
  if not tail or hex(tail) ~= place.tail then return false end
  self.bytes, self.line, self.tail = place.bytes, place.line, tail
  return true
end

--- Returns how many lines are left in a file; the source is not moved.
-- @tparam string path
-- @tparam integer from a byte
function M.count_lines(path, from)
  local file = io.open(path, "rb")
  if not file then return nil end
  file:seek("set", from)
  local count, last = 0, "\n"
  for block in
    function()
      return file:read(65536)
    end
  do
    local at = block:find("\n", 1, true)
    while at do
      count, at = count + 1, block:find("\n", at + 1, true)
    end
    last = block:sub(-1)
  end
  file:close()
  return last == "\n" and count or count + 1
end

return M
