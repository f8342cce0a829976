-- SPDX-License-Identifier: MIT
-- What the shipped extensions share: their settings, and which verbs do what.
local core = require "dynamo.core"
local foreign_world = require "dynamo.foreign_world"
local nearest = require "dynamo.nearest"
local surplus_problem = require("dynamo.given").surplus_problem
local tables = require "dynamo.tables"

local M = {}

--- Verbs that put a whole item.
M.PUTS = { put = true, insert = true, replace = true }

-- Whether a value is what a setting wants; the words say it.
local KINDS = {}

function KINDS.attribute(value)
  return type(value) == "string" and value ~= "", "the name of an attribute"
end

-- Returns the decimal digits of a number that an item may hold, or nil.
local function digits_of(value)
  local number = core.kind(value) == "N" and core.number(value)
  return number and tostring(number) or nil
end

-- Whether a value is a whole number that an item may hold, whatever holds it.
local function is_whole(value)
  local digits = digits_of(value)
  return digits ~= nil and not digits:find(".", 1, true)
end

function KINDS.whole(value)
  return is_whole(value), "a whole number"
end

function KINDS.positive(value)
  return is_whole(value) and core.compare(value, 0) > 0, "a whole number above 0"
end

function KINDS.number(value)
  local digits = digits_of(value)
  return digits ~= nil and digits ~= "0", "a number other than 0"
end

function KINDS.boolean(value)
  return type(value) == "boolean", "a boolean"
end

KINDS["function"] = function(value)
  return type(value) == "function", "a function"
end

-- Setting -> function(who, f) -> f behind a check of what it returns.
local CHECKED = { random = foreign_world.random }

function CHECKED.clock(who, clock)
  return function()
    local now = clock()
    if type(now) == "number" and now - now == 0 then return now end -- finite
    local got = type(now) == "number" and tostring(now) or "a " .. type(now)
    error(("%s gives %s, no number of seconds"):format(who, got), 0)
  end
end

-- Returns whether a setting is what it must be, and what that is.
local function accepted(rule, value)
  if rule.words then
    for _, word in ipairs(rule.words) do
      if value == word then return true end
    end
    return false, '"' .. table.concat(rule.words, '" or "') .. '"'
  end
  return KINDS[rule.kind](value)
end

-- Returns nil, or what is wrong with the settings.
local function problem_of(given, rules)
  if type(given) ~= "table" then return "settings expected, got " .. type(given) end
  for name in next, given do
    if not rules[name] then
      local hint = nearest.hint(name, tables.sorted_keys(rules))
      return ('unknown setting "%s"%s'):format(nearest.word(name), hint)
    end
  end
  for _, name in ipairs(tables.sorted_keys(rules)) do
    local rule, value = rules[name], given[name]
    if value ~= nil or rule.required then
      local fine, must_be = accepted(rule, value)
      if not fine then return ("%s must be %s"):format(name, must_be) end
    end
  end
end

--- Returns the settings with the defaults filled in; raises at the caller of the extension.
-- @tparam string extension its name
-- @tparam ?table given
-- @tparam table rules setting -> { kind or words, default, required }
-- @param ... what came behind `given`
function M.check(extension, given, rules, ...)
  given = given == nil and {} or given
  local problem = problem_of(given, rules) or surplus_problem(...)
  if problem then error(("dynamo.extension.%s: %s"):format(extension, problem), 3) end
  local settings = {}
  for name, rule in next, rules do
    local value = given[name]
    if value == nil then
      settings[name] = rule.default
    elseif rule.kind == "function" then
      settings[name] = CHECKED[name](("extension %s: %s"):format(extension, name), value)
    else
      settings[name] = value
    end
  end
  return settings
end

return M
