-- SPDX-License-Identifier: MIT
-- One text for every JSON document that says the same: keys in order, no spaces.
local json = require "dkjson"

local M = {}

local text_of

local function object_text(object)
  local names, parts = {}, {}
  for name in pairs(object) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    parts[i] = json.encode(name) .. ":" .. text_of(object[name])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function array_text(array)
  local parts = {}
  for i, element in ipairs(array) do
    parts[i] = text_of(element)
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

function text_of(value)
  if type(value) ~= "table" or value == json.null then return json.encode(value) end
  return getmetatable(value).__jsontype == "array" and array_text(value) or object_text(value)
end

--- Returns the canonical text of a JSON document; raises if it is none.
function M.json(document)
  local value, _, problem = json.decode(document, 1, json.null)
  if problem then error(problem, 2) end
  return text_of(value)
end

return M
