-- SPDX-License-Identifier: MIT
-- Items as CSV: a header of names with types (userId:S,visits:N), then a record for each item. What has no
-- column, or another type than its column, stands in the last one, ":M", as DynamoDB's own JSON: nothing
-- is lost. A cell without anything is no attribute; "" is an empty string.
local cells = require "dynamo.prompt.cells"
local csv_cells = require "dynamo.prompt.csv_cells"
local dynamo = require "dynamo"
local mistake = require "dynamo.prompt.mistake"

local M = {}

local REST = "" -- the name of the last column, which no attribute can have
local KINDS = "S, N, B, BOOL, NULL, M, L, SS, NS or BS"
local IS_KIND = {}
for kind in KINDS:gmatch "%u+" do
  IS_KIND[kind] = true
end

-- ---- out -------------------------------------------------------------------------------------

-- Returns what a function gave; raises its failure.
local function sure(text, message, err)
  if not text then mistake.fail(message, err) end
  return text
end

-- Returns the text of a value in a cell: as in DynamoDB's JSON, without the quotes of what is no document.
local function text_of(value, kind)
  if kind == "S" then return value end
  local typed = sure(dynamo.encode(value))
  if kind == "NULL" then return "null" end
  local inner = typed:sub(#kind + #'{"":' + 1, -2)
  return (kind == "N" or kind == "B") and inner:sub(2, -2) or inner
end

--- Returns the columns of items: those of the key first, then the others by name.
function M.columns(items, keys)
  local kinds, names, columns = {}, {}, {}
  for _, item in ipairs(items) do
    for name, value in next, item do
      if not kinds[name] then
        kinds[name], names[#names + 1] = cells.kind(value), name
      end
    end
  end
  table.sort(names)
  for _, key in ipairs(keys) do
    columns[#columns + 1], kinds[key.name] = { name = key.name, kind = key.kind }, nil
  end
  for _, name in ipairs(names) do
    if kinds[name] then columns[#columns + 1] = { name = name, kind = kinds[name] } end
  end
  columns[#columns + 1] = { name = REST, kind = "M" }
  return columns
end

--- Returns the header of columns.
function M.header(columns)
  local texts = {}
  for i, column in ipairs(columns) do
    texts[i] = csv_cells.cell(column.name .. ":" .. column.kind)
  end
  return table.concat(texts, ",")
end

--- Returns the record of an item.
function M.encode(item, columns)
  local texts, rest, has = {}, {}, {}
  for i, column in ipairs(columns) do
    local value = item[column.name]
    texts[i] = ""
    if value ~= nil and cells.kind(value) == column.kind then
      texts[i], has[column.name] = csv_cells.cell(text_of(value, column.kind)), true
    end
  end
  for name, value in next, item do
    if not has[name] then rest[name] = value end
  end
  if next(rest) then texts[#texts] = csv_cells.cell(text_of(rest, "M")) end
  return table.concat(texts, ",")
end

-- ---- in --------------------------------------------------------------------------------------

local DECODE = {}

function DECODE.S(text)
  return text
end

function DECODE.N(text)
  return text:find "^[-+.%deE]+$" and dynamo.decode(('{"N":"%s"}'):format(text))
end

function DECODE.B(text)
  return text:find "^[%w+/=]*$" and dynamo.decode(('{"B":"%s"}'):format(text))
end

-- Spreadsheets write TRUE.
function DECODE.BOOL(text)
  local word = text:lower()
  if word == "true" then return true end
  if word == "false" then return false end
end

function DECODE.NULL(text)
  if text:lower() == "null" then return dynamo.null end
end

local TAKES = {
  N = "a number",
  B = "base64",
  BOOL = "true or false",
  NULL = "null",
  M = 'attributes as DynamoDB\'s JSON, {"a":{"S":"x"}}',
  L = 'elements as DynamoDB\'s JSON, [{"S":"x"}]',
  SS = 'a list of strings, ["a","b"]',
  NS = 'a list of numbers in quotes, ["1","2"]',
  BS = "a list of base64 in quotes",
}

-- Returns the value of a cell; or nil, what is wrong.
local function value_of(text, kind)
  local decode = DECODE[kind]
    or function()
      return (dynamo.decode(('{"%s":%s}'):format(kind, text)))
    end
  local value = decode(text)
  if value == nil or value == false and kind ~= "BOOL" then return nil, TAKES[kind] end
  return value
end

--- Returns the columns that a header says; or nil, what is wrong, its byte.
function M.read_header(text)
  local found, message, at = csv_cells.split(text)
  if not found then return nil, message, at end
  local columns, seen = {}, {}
  for i, cell in ipairs(found) do
    local name, kind = cell.text:match "^(.*):(%u+)$"
    if not IS_KIND[kind or ""] then
      local wanted = ('the column "%s" needs a type: %s:S, or %s'):format(
        cell.text,
        cell.text,
        KINDS
      )
      return nil, wanted, cell.at
    elseif seen[name] then
      return nil, ('there is a column "%s" already'):format(name), cell.at
    elseif name == REST and kind ~= "M" then
      return nil, "a column without a name has attributes of any: its type is M", cell.at
    end
    columns[i], seen[name] = { name = name, kind = kind }, true
  end
  return columns
end

-- Adds what the column without a name has to an item; returns nil, or the name of what is there twice.
local function add_rest(item, rest)
  for name, value in next, rest or {} do
    if item[name] ~= nil then return name end
    item[name] = value
  end
end

--- Returns the item of a record; or nil, what is wrong, its byte.
function M.decode(text, columns)
  local found, message, at = csv_cells.split(text)
  if not found then return nil, message, at end
  if #found ~= #columns then
    local words = "%d cells, and the header has %d"
    return nil, words:format(#found, #columns), found[math.min(#found, #columns + 1)].at
  end
  local item, rest, rest_at = {}, nil, nil
  for i, cell in ipairs(found) do
    local column, value = columns[i], nil
    if cell.text ~= "" or cell.is_quoted then
      value, message = value_of(cell.text, column.kind)
      if value == nil then
        return nil, ("%s:%s takes %s"):format(column.name, column.kind, message), cell.at
      end
    end
    if column.name == REST then
      rest, rest_at = value, cell.at
    else
      item[column.name] = value
    end
  end
  local twice = add_rest(item, rest)
  if twice then return nil, ("%s is there twice"):format(twice), rest_at end
  return item
end

return M
