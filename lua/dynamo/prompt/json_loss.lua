-- SPDX-License-Identifier: MIT
-- What plain JSON cannot keep of values: sets read back as arrays, binary as base64 text, and numbers
-- of more than 15 digits lose some of them in most readers.
local cells = require "dynamo.prompt.cells"

local M = {}

local MOST = 5 -- places named
local SAFE_DIGITS = 15
local WORDS = { SS = "a set", NS = "a set", BS = "a set", B = "binary" }

-- Returns what JSON loses of a value by itself, or nil.
local function loss_of(value, kind)
  if WORDS[kind] then return WORDS[kind] end
  if kind ~= "N" then return nil end
  local digits = tostring(value):gsub("[eE].*$", ""):gsub("%D", ""):gsub("^0+", ""):gsub("0+$", "")
  return #digits > SAFE_DIGITS and "a number of many digits" or nil
end

local function add(lost, path, loss)
  local words = ("%s (%s)"):format(path == "" and "the value" or path, loss)
  if lost[words] then return end
  lost[words] = true
  lost.count = (lost.count or 0) + 1
  if lost.count <= MOST then lost[#lost + 1] = words end
end

local function walk(value, lost, path)
  local kind = cells.kind(value)
  local loss = loss_of(value, kind)
  if loss then return add(lost, path, loss) end
  if kind == "M" then
    for name, inner in next, value do
      walk(inner, lost, path == "" and name or path .. "." .. name)
    end
  elseif kind == "L" then
    for _, inner in ipairs(value) do
      walk(inner, lost, path .. "[]")
    end
  end
end

--- Adds what JSON loses of a value to `lost`.
function M.note(value, lost)
  walk(value, lost, "")
end

--- Returns a sentence of what was lost, or nil.
-- @tparam table lost
-- @tparam string remedy what keeps all
function M.words(lost, remedy)
  if not lost.count then return nil end
  local shown = {}
  for i = 1, #lost do
    shown[i] = lost[i]
  end
  table.sort(shown)
  local more = lost.count > MOST and (" and %d more"):format(lost.count - MOST) or ""
  return ("JSON cannot keep %s%s; %s keeps all"):format(table.concat(shown, ", "), more, remedy)
end

return M
