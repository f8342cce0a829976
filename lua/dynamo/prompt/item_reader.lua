-- SPDX-License-Identifier: MIT
-- The items of a file, in whichever format it is. A reader is
--   { records (of dynamo.prompt.file_records), format, header (of CSV), next() }
-- next() gives an item and its record { text, line, before (where it begins) }; or false, the record with
-- message and at (byte of its text); nil at the end.
local byte_source = require "dynamo.prompt.byte_source"
local cells = require "dynamo.prompt.cells"
local csv_cells = require "dynamo.prompt.csv_cells"
local csv_items = require "dynamo.prompt.csv_items"
local file_records = require "dynamo.prompt.file_records"
local json_lines = require "dynamo.prompt.json_lines"
local mistake = require "dynamo.prompt.mistake"

local M = {}

--- Returns what is wrong with a record: its file, line and column, and the text around it.
function M.words(name, record)
  local line, column = mistake.place(record.text, record.at)
  local shown = mistake.text(record.text, record):match "\n(.*)$"
  local text = "%s:%d: column %d: %s\n%s"
  return text:format(name, record.line + line - 1, column, record.message, shown)
end

-- Raises what is wrong with a record.
local function refuse(name, record)
  mistake.fail(M.words(name, record))
end

-- Returns the next record that has anything in it; nil after the last.
local function next_record(reader)
  local held = reader.held
  reader.held = nil
  if held then return held end
  local text, line
  repeat
    text, line = reader.records:next()
  until not text or text:find "%S"
  return text and { text = text, line = line, before = reader.records.before }
end

-- Returns the function that makes an item of a text, for a format.
local function decoder(reader)
  local format = reader.format
  if format ~= "csv" then return json_lines.DECODE[format] end
  local columns = csv_items.read_header(reader.header)
  return function(text)
    return csv_items.decode(text, columns)
  end
end

-- Finds the format, and reads the header of CSV.
local function begin(reader, name, keys)
  local first = next_record(reader)
  if reader.format == "csv" then
    if not first then
      mistake.fail(name .. ": CSV begins with a header, such as userId:S,visits:N")
    end
    local columns, message, at = csv_items.read_header(first.text)
    first.message, first.at = message, at
    if not columns then refuse(name, first) end
    reader.header = first.text
  else
    reader.held = first
    reader.format = reader.format or first and json_lines.guess(first.text, keys) or "jsonl"
  end
end

-- Goes on from a place.
local function take_up(reader, name, place)
  reader.format, reader.header = place.format, place.header
  if reader.records:go_to(place) then return end
  local text = "%s is another file than the one of which %d lines were read: begin anew"
  mistake.refuse(text:format(name, place.line))
end

-- Returns nil, or what is wrong with the key of an item, and its byte.
local function key_problem(item, keys, text)
  for _, key in ipairs(keys) do
    local value = item[key.name]
    local kind = value ~= nil and cells.kind(value) or nil
    if kind ~= key.kind then
      local is = kind
        and ("is of type %s, and the table's key is of type %s"):format(kind, key.kind)
      return ("%s %s"):format(key.name, is or "is missing: it is a key of the table"),
        text:find(key.name, 1, true) or 1
    end
  end
end

--- Opens a file.
-- @tparam string path "-" for standard input
-- @tparam table stdin
-- @tparam ?string format nil: it is told from the first line
-- @tparam table keys the key attributes of the table
-- @tparam ?table place from where to go on: bytes, line, tail, format, header
function M.open(path, stdin, format, keys, place)
  local source = byte_source.open(path, stdin)
  local is_whole = format == "csv" and csv_cells.is_whole or nil
  local reader =
    { records = file_records.new(source, is_whole), format = format, name = source.name }
  if place and place.bytes > 0 then
    take_up(reader, source.name, place)
  else
    begin(reader, source.name, keys)
  end
  local decode = decoder(reader)
  function reader.next()
    local record = next_record(reader)
    if not record then return nil end
    local item
    item, record.message, record.at = decode(record.text)
    if item then
      record.message, record.at = key_problem(item, keys, record.text)
    end
    return not record.message and item, record
  end
  return reader
end

return M
