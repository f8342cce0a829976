-- SPDX-License-Identifier: MIT
-- Writes the Lua of a shape (see dynamo.prompt.line_shape): a function that takes a line's values by one
-- match, and makes of them what is asked, all its tables new, the constants shared.
--
-- A writer is { lines, constants, names (table -> what it is called), used (index of a value -> true),
-- used_count, count (of values), mark (the number before the first value's) }.
local dynamo = require "dynamo"

local M = {}

-- Kind of a value -> Lua that makes it of its text, in which $ stands for the variable; nil where the
-- line is to be read as ever.
local MAKES = {
  word = 'if sub($, 1, 7) == "dynamo." then return nil end',
  number = "$ = #$ <= 15 and tonumber($) if not $ then return nil end", -- digits: see value_text
  boolean = "$ = booleans[$] if $ == nil then return nil end",
}
local BOOLEANS = { ["true"] = true, ["false"] = false }

local write_value

-- Returns the fields of a table as Lua, and whether a value is among them.
local function write_fields(writer, of)
  local fields, varies = {}, false
  local function add(name, child)
    local text, differs = write_value(writer, child)
    fields[#fields + 1], varies = name .. text, varies or differs
  end
  for i = 1, #of do
    add("", of[i])
  end
  for name, child in next, of do
    if type(name) == "string" then add(("[%q]="):format(name), child) end
  end
  return table.concat(fields, ","), varies
end

-- Returns the name of a table that has a value in it; else nil.
local function write_table(writer, of)
  if writer.names[of] then return writer.names[of] end
  local is_list = dynamo.is_list(of)
  if getmetatable(of) ~= nil and not is_list then return nil end
  local fields, varies = write_fields(writer, of)
  if not varies then return nil end
  local name = "t" .. #writer.lines
  local form = is_list and "local %s = list{%s}" or "local %s = {%s}"
  writer.lines[#writer.lines + 1] = form:format(name, fields)
  writer.names[of] = name
  return name
end

local function write_constant(writer, value)
  writer.constants[#writer.constants + 1] = value
  return ("k[%d]"):format(#writer.constants)
end

-- Returns a value as Lua, and whether it is or has one that varies.
function write_value(writer, value)
  local kind = type(value)
  if kind == "table" then
    local name = write_table(writer, value)
    return name or write_constant(writer, value), name ~= nil
  end
  local index = (kind == "string" or kind == "number") and (tonumber(value) or 0) - writer.mark or 0
  if index < 1 or index > writer.count then return write_constant(writer, value), false end
  writer.used[index] = true
  return ("c%d"):format(index), true
end

-- Writes what takes the values of a line.
local function write_head(writer, notes)
  local names = {}
  for i in ipairs(notes) do
    names[i] = "c" .. i
  end
  local lines = writer.lines
  lines[1] = "local pattern, list, booleans, k, shared = ..."
  lines[2] =
    "local match, sub, tonumber, setmetatable = string.match, string.sub, tonumber, setmetatable"
  lines[3] = "return function(text)"
  lines[4] = ("local %s = match(text, pattern)"):format(table.concat(names, ","))
  lines[5] = "if not c1 then return nil end"
  for i, note in ipairs(notes) do
    local makes = MAKES[note.kind]
    if makes then lines[#lines + 1] = makes:gsub("%$", names[i]) end
  end
end

-- Writes what is returned: what varies, the rest behind a metatable.
local function write_end(writer, asked)
  local fields = {}
  for i, name in ipairs { "key", "item", "arguments" } do
    fields[i] = name .. "=" .. (asked[name] and write_value(writer, asked[name]) or "nil")
  end
  local form = "return setmetatable({text=text,%s}, shared) end"
  writer.lines[#writer.lines + 1] = form:format(table.concat(fields, ","))
end

-- Whether each value goes somewhere.
local function is_complete(writer)
  for i = 1, writer.count do
    if not writer.used[i] then return false end
  end
  return true
end

--- Returns the function of a shape: of a text it gives what is asked, nil where that does not fit. Returns
-- nil where no function can be.
-- @tparam string pattern
-- @tparam table notes
-- @tparam table asked of a text with numbers in the places of its values
-- @tparam integer mark the number before that of the first value
-- @tparam table shared what else is in what is asked
function M.reader(pattern, notes, asked, mark, shared)
  local writer = { lines = {}, constants = {}, names = {}, used = {}, count = #notes, mark = mark }
  write_head(writer, notes)
  write_end(writer, asked)
  if not is_complete(writer) then return nil end
  local make = rawget(_G, "loadstring") or load
  local chunk = make(table.concat(writer.lines, "\n"), "=shape")
  return chunk and chunk(pattern, dynamo.list, BOOLEANS, writer.constants, { __index = shared })
end

return M
