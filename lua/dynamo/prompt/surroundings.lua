-- SPDX-License-Identifier: MIT
-- The globals of the Lua that is typed: `dynamo`, `db`, `tables[name]`, what was assigned; then Lua's
-- own; then the tables of the account by name.
local catalogue = require "dynamo.prompt.catalogue"
local dynamo = require "dynamo"
local mistake = require "dynamo.prompt.mistake"

local M = {}

-- Returns what a function of the catalogue gives; raises a failure as Lua's errors are: its message.
local function asked(f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  error(mistake.is_failure(result) and result.message or result, 0)
end

local function noun_of(known, name)
  return asked(catalogue.record, known, name).noun
end

local function has_table(known, name)
  for _, other in ipairs(asked(catalogue.known_names, known)) do
    if other == name then return true end
  end
  return false
end

--- Returns the globals over a catalogue.
-- @tparam table known
-- @tparam table db what `db` is
-- @tparam ?function guarded gives what a table object is to be in its place
function M.new(known, db, guarded)
  guarded = guarded or function(noun)
    return noun
  end
  local tables = setmetatable({}, {
    __index = function(_, name)
      return guarded(noun_of(known, name))
    end,
  })
  return setmetatable({ dynamo = dynamo, db = db, tables = tables }, {
    __index = function(_, name)
      local value = rawget(_G, name)
      if value ~= nil or type(name) ~= "string" then return value end
      if has_table(known, name) then return guarded(noun_of(known, name)) end
    end,
  })
end

return M
