-- SPDX-License-Identifier: MIT
-- What the shipped extensions share: their settings, and which verbs do what.
local core = require "dynamo.core"
local foreign_world = require "dynamo.foreign_world"
local options_check = require "dynamo.options_check"
local surplus_problem = require("dynamo.given").surplus_problem

local M = {}

-- Returns the check that a value is what `is` tells, which the words say.
local function must_be(words, is)
  return function(value)
    if not is(value) then return "must be " .. words end
  end
end

local function is_a(word)
  return function(value)
    return type(value) == word
  end
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

--- Verbs that put a whole item.
M.PUTS = { put = true, insert = true, replace = true }

-- ---- what a setting may be: checks of dynamo.options_check --------------------------------------

M.boolean, M.callable = must_be("a boolean", is_a "boolean"), must_be("a function", is_a "function")
M.one_of = options_check.one_of

M.attribute = must_be("the name of an attribute", function(value)
  return type(value) == "string" and value ~= ""
end)

M.whole = must_be("a whole number", is_whole)

M.positive = must_be("a whole number above 0", function(value)
  return is_whole(value) and core.compare(value, 0) > 0
end)

M.number = must_be("a number other than 0", function(value)
  local digits = digits_of(value)
  return digits ~= nil and digits ~= "0"
end)

-- ---- settings ----------------------------------------------------------------------------------

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

--- Returns the settings with the defaults filled in; raises at the caller of the extension.
-- @tparam string extension its name
-- @tparam ?table given
-- @tparam table checks setting -> check
-- @tparam table what required, defaults: as of dynamo.options_check
-- @param ... what came behind `given`
function M.check(extension, given, checks, what, ...)
  local settings, problem = options_check.checked(given, checks, {
    no_table = "settings expected, got %s",
    unknown = "unknown setting",
    required = what.required,
    defaults = what.defaults,
  })
  problem = problem or surplus_problem(...)
  if problem then error(("dynamo.extension.%s: %s"):format(extension, problem), 3) end
  for name, check in pairs(CHECKED) do
    if given and given[name] then
      settings[name] = check(("extension %s: %s"):format(extension, name), settings[name])
    end
  end
  return settings
end

return M
