-- SPDX-License-Identifier: MIT
--- Writes plain data (strings, whole numbers, booleans, and lists and maps of them, or both in one)
-- as Lua source: the same text for the same data, in lines of at most 100 columns.

local M = {}

local COLUMNS = 100

-- The keys that say what a table is come before the others.
local LEADING = { name = true, type = true }

-- The keys that are names, in order.
local function sorted_names(map)
  local keys = {}
  for key in pairs(map) do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b)
    if LEADING[a] ~= LEADING[b] then return LEADING[a] ~= nil end
    return a < b
  end)
  return keys
end

-- The fields of a table in order, a list's items first:
-- { { label = 'key = ' or '', value = ... }, ... }.
local function fields_of(value)
  local fields = {}
  for index, item in ipairs(value) do
    fields[index] = { label = "", value = item }
  end
  for _, key in ipairs(sorted_names(value)) do
    local name = key:find("^[%a_][%w_]*$") and key or ("[%q]"):format(key)
    fields[#fields + 1] = { label = name .. " = ", value = value[key] }
  end
  return fields
end

-- The value on one line, however long.
local function flat(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "number" then return ("%d"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  local texts = {}
  for index, field in ipairs(fields_of(value)) do
    texts[index] = field.label .. flat(field.value)
  end
  return #texts == 0 and "{}" or "{ " .. table.concat(texts, ", ") .. " }"
end

-- A text broken into pieces of at most `width` bytes: after a space or else after punctuation,
-- where there is any.
local function pieces_of(text, width)
  local pieces = {}
  repeat
    local piece = text:sub(1, width)
    if #text > width then piece = piece:match("^.* ") or piece:match("^.*[./}]") or piece end
    pieces[#pieces + 1], text = ("%q"):format(piece), text:sub(#piece + 1)
  until text == ""
  return pieces
end

-- A field that is too long for one line and is no table: its value on the next line or, if that is
-- too long as well, in pieces.
local function render_long(field, margin)
  local value = flat(field.value)
  if #margin + #value + 1 <= COLUMNS or type(field.value) ~= "string" then
    return field.label:gsub(" $", "\n") .. margin .. value .. ","
  end
  local pieces = pieces_of(field.value, COLUMNS - #margin - #field.label - #'.. "",')
  return field.label .. table.concat(pieces, "\n" .. margin .. ".. ") .. ","
end

local lines_of

-- The field's text with its comma; `margin` is the white space its line begins with.
local function render_field(field, margin)
  local text, deeper = field.label .. flat(field.value) .. ",", margin .. "  "
  if #margin + #text <= COLUMNS then return text end
  if type(field.value) == "table" then
    return field.label .. "{\n" .. lines_of(field.value, deeper) .. margin .. "},"
  end
  return render_long(field, deeper)
end

-- The lines between a table's braces: tables stand alone, other fields share lines.
function lines_of(value, margin)
  local lines, is_open = {}, false
  for _, field in ipairs(fields_of(value)) do
    local text, last = render_field(field, margin), lines[#lines]
    local is_table = type(field.value) == "table"
    if is_open and not is_table and #last + 1 + #text <= COLUMNS then
      lines[#lines] = last .. " " .. text
    else
      lines[#lines + 1] = margin .. text
    end
    is_open = not is_table
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Renders a table as the text of a module that returns it.
-- @tparam table value
-- @treturn string
function M.module(value)
  return "return {\n" .. lines_of(value, "  ") .. "}\n"
end

return M
