-- SPDX-License-Identifier: MIT
-- Items as text, in the format that an export is asked for. A writer is
--   { name, text(items) -> text, header (of CSV, once it is known), lost (what plain JSON could not keep) }
local csv_items = require "dynamo.prompt.csv_items"
local json_lines = require "dynamo.prompt.json_lines"
local json_loss = require "dynamo.prompt.json_loss"

local M = {}

--- What the formats are called.
M.NAMES = { ["dynamodb-json"] = "DynamoDB JSON", jsonl = "plain JSON", csv = "CSV" }

--- Returns the format of a file: what was asked for, or what its name says; nothing is lost by default.
function M.format_of(path, format)
  if format then return format end
  return path:lower():gsub("%.gz$", ""):find "%.csv$" and "csv" or "dynamodb-json"
end

-- Returns the lines that a function makes of items.
local function lines_of(items, line)
  local lines = {}
  for i, item in ipairs(items) do
    lines[i] = line(item)
  end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

local function of_csv(keys, header)
  local writer = { name = "csv", header = header, lost = {} }
  local columns = header and csv_items.read_header(header)
  function writer.text(items)
    local before = ""
    if not columns then
      columns = csv_items.columns(items, keys)
      writer.header = csv_items.header(columns)
      before = writer.header .. "\n"
    end
    return before
      .. lines_of(items, function(item)
        return csv_items.encode(item, columns)
      end)
  end
  return writer
end

local function of_json(format)
  local writer, encode = { name = format, lost = {} }, json_lines.ENCODE[format]
  function writer.text(items)
    return lines_of(items, function(item)
      if format == "jsonl" then json_loss.note(item, writer.lost) end
      return encode(item)
    end)
  end
  return writer
end

--- Returns a writer.
-- @tparam string format
-- @tparam table keys the key attributes of the table
-- @tparam ?string header of CSV that was begun before
function M.new(format, keys, header)
  return format == "csv" and of_csv(keys, header) or of_json(format)
end

return M
