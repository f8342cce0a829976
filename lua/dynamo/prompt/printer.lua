-- SPDX-License-Identifier: MIT
-- Writes values in the format that was asked for. Data goes to `out`; what is said about it too where
-- people read it (format "table"), else to `err`, so that a program reads data alone.
--
-- A printer is { out, err, format, columns (of the screen), color, lost (what JSON could not keep),
-- seen (name -> true: attributes that were shown) }.
local cells = require "dynamo.prompt.cells"
local dynamo = require "dynamo"
local json_loss = require "dynamo.prompt.json_loss"
local layout_table = require "dynamo.prompt.layout_table"
local layout_tree = require "dynamo.prompt.layout_tree"
local mistake = require "dynamo.prompt.mistake"

local M = {}

M.FORMATS = { "table", "json", "jsonl", "dynamodb-json", "lua" }

local BLOCK = 500 -- items of one table, which share their columns' widths

local Printer = {}
Printer.__index = Printer

--- Raised where what is written reaches nobody any more.
M.CLOSED = "the output is closed"

local function write(stream, ...)
  if not stream:write(...) then error(M.CLOSED, 0) end
end

--- Returns a text as less important, by a terminal's means.
function Printer:dim(text)
  if not self.color or text == "" then return text end
  return "\27[2m" .. text .. "\27[0m"
end

--- Returns a text as a failure.
function Printer:red(text)
  if not self.color then return text end
  return "\27[31m" .. text .. "\27[0m"
end

--- Writes a line of words about what was done.
function Printer:say(line)
  write(self.format == "table" and self.out or self.err, line, "\n")
end

--- Writes a line of words that are no result: a hint, a failure.
function Printer:warn(line)
  write(self.err, line, "\n")
end

--- Makes sure that what was written so far reaches whoever reads it.
function Printer:flush()
  if not self.out:flush() then error(M.CLOSED, 0) end
end

--- Calls a function while what is written goes to another stream; what it raises goes through.
-- @tparam table stream write(self, ...) and flush(self), both of which return true or the like
function Printer:into(stream, f, ...)
  local own = self.out
  self.out = stream
  local ok, problem = pcall(f, ...)
  self.out = own
  if not ok then error(problem, 0) end
end

--- Calls a function; returns what it wrote, which goes nowhere else.
function Printer:captured(f, ...)
  local parts, stream = {}, {}
  function stream.write(_, ...)
    for i = 1, select("#", ...) do
      parts[#parts + 1] = (select(i, ...))
    end
    return true
  end
  function stream.flush()
    return true
  end
  self:into(stream, f, ...)
  return table.concat(parts)
end

--- Writes a text that was captured.
function Printer:raw(text)
  write(self.out, text)
end

-- ---- one value as a line ---------------------------------------------------------------------

local LINES = {}

function LINES.json(printer, value)
  if value == nil then return "null" end
  local text, message, err = dynamo.to_json(value)
  if not text then mistake.fail(message, err) end
  json_loss.note(value, printer.lost)
  return text
end
LINES.jsonl = LINES.json

LINES["dynamodb-json"] = function(_, value, is_item)
  local text, message, err = (is_item and dynamo.encode_item or dynamo.encode)(value)
  if not text then mistake.fail(message, err) end
  return text
end

function LINES.lua(_, value)
  local class = getmetatable(value)
  if type(value) == "table" and type(class) == "string" then return tostring(value) end
  return dynamo.show(value)
end

local function is_item(value)
  return type(value) == "table" and cells.kind(value) == "M" and not value[1]
end

--- Writes the value of a Lua expression.
function Printer:value(value)
  local format = self.format == "table" and "lua" or self.format
  if value == nil and format == "dynamodb-json" then return end
  write(self.out, LINES[format](self, value, is_item(value)), "\n")
end

-- ---- items -----------------------------------------------------------------------------------

local function dim_of(printer)
  return function(text)
    return printer:dim(text)
  end
end

local function write_lines(printer, lines)
  for _, line in ipairs(lines) do
    write(printer.out, line, "\n")
  end
end

-- Keeps the names of an item's attributes, for completion.
local function note_names(printer, item)
  for name in next, item do
    printer.seen[name] = true
  end
end

--- Writes one item.
-- @tparam table item
-- @tparam ?table keys the key attributes of its table, { { name }, ... }
function Printer:item(item, keys)
  if self.format ~= "table" then
    write(self.out, LINES[self.format](self, item, true), "\n")
    return
  end
  note_names(self, item)
  write_lines(self, layout_tree.lines(item, keys, self.columns, dim_of(self)))
end

--- Says in data that there is no item: JSON's null, Lua's nil.
function Printer:no_item()
  if self.format == "json" then write(self.out, "null\n") end
  if self.format == "lua" then write(self.out, "nil\n") end
end

-- Writes a block of items for people; what does not fit side by side, one below the other.
local function write_block(printer, items, keys)
  local lines, all, shown = layout_table.lines(items, keys, printer.columns, dim_of(printer))
  for _, item in ipairs(items) do
    note_names(printer, item)
  end
  for i, item in ipairs(lines and {} or items) do
    if i > 1 then write(printer.out, "\n") end
    printer:item(item, keys)
  end
  write_lines(printer, lines or {})
  if lines and shown < all then
    printer:say(printer:dim(("%s (%d shown)"):format(cells.counted(all, "attribute"), shown)))
  end
end

-- Writes items as tables of BLOCK each; returns how many.
local function write_table(printer, next_item, keys)
  local count, block = 0, {}
  for item in next_item do
    count = count + 1
    block[#block + 1] = item
    if #block == BLOCK then
      write_block(printer, block, keys)
      block = {}
    end
  end
  if block[1] then write_block(printer, block, keys) end
  return count
end

-- Writes items as one JSON array, an item a line; returns how many.
local function write_array(printer, next_item)
  local count = 0
  for item in next_item do
    write(printer.out, count == 0 and "[\n" or ",\n", LINES.json(printer, item))
    count = count + 1
  end
  write(printer.out, count == 0 and "[]\n" or "\n]\n")
  return count
end

-- Writes an item a line; returns how many.
local function write_each(printer, next_item)
  local count = 0
  for item in next_item do
    write(printer.out, LINES[printer.format](printer, item, true), "\n")
    count = count + 1
  end
  return count
end

local WRITERS = { table = write_table, json = write_array }

--- Writes items as they come; returns how many there were.
-- @tparam function next_item an iterator; what it raises goes through
-- @tparam ?table keys
function Printer:items(next_item, keys)
  return (WRITERS[self.format] or write_each)(self, next_item, keys)
end

--- Writes names: one a line, or a list as data.
function Printer:names(names)
  if self.format ~= "table" and self.format ~= "jsonl" then
    return self:value(dynamo.list(names))
  end
  for _, name in ipairs(names) do
    write(self.out, self.format == "table" and name or dynamo.to_json(name), "\n")
  end
end

--- Writes a request, without the headers that sign it.
-- @tparam table request { method, url, headers, body }
function Printer:request(request)
  for _, before in ipairs(request.before or {}) do
    self:request(before)
  end
  local target = ""
  for _, header in ipairs(request.headers) do
    if header[1]:lower() == "x-amz-target" then target = header[2] end
  end
  if self.format == "table" then
    write(self.out, ("%s %s\n%s\n"):format(request.method, request.url, target))
  end
  write(self.out, request.body, "\n")
end

--- Writes what was read of plain JSON's losses, once.
function Printer:tell_lost()
  if next(self.lost) == nil then return end
  local words = json_loss.words(self.lost, "--output dynamodb-json")
  self.lost = {}
  if words then self:warn(words) end
end

--- Returns a printer.
-- @tparam table o { out, err, format, columns, color }
function M.new(o)
  return setmetatable({
    out = o.out,
    err = o.err,
    format = o.format or "table",
    columns = o.columns or math.huge,
    color = o.color or false,
    lost = {},
    seen = {},
  }, Printer)
end

return M
