-- SPDX-License-Identifier: MIT
-- The checker of tables of options, and what a single option may be. A check is a
--
--   function(value, given) -> nil, or what is wrong: the end of a sentence that begins with the
--                             option's name; with true behind it, a sentence of its own
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {}

local MAX_SECONDS = 86400

-- ---- a single option ---------------------------------------------------------------------------

--- Returns the check that a value is of a type.
function M.of_type(word)
  return function(value)
    if type(value) ~= word then return ("must be a %s, not a %s"):format(word, type(value)) end
  end
end

--- As of_type, in the words of Lua's own functions.
function M.expected(word)
  return function(value)
    if type(value) ~= word then return ("%s expected, got %s"):format(word, type(value)) end
  end
end

M.callable, M.boolean = M.of_type "function", M.of_type "boolean"

--- Text for a header or a file name: no control characters, not empty.
function M.text(value)
  if type(value) ~= "string" then return ("must be a string, not a %s"):format(type(value)) end
  if value == "" or value:find("%c") then return "must not be empty or hold control characters" end
end

--- A number of seconds, of a day at most.
function M.seconds(value)
  if type(value) ~= "number" or not (value > 0 and value <= MAX_SECONDS) then
    return ("must be a number of seconds, above 0 and at most %d"):format(MAX_SECONDS)
  end
end

--- A whole number of things, one at least.
function M.count(value)
  local is_count = type(value) == "number" and value >= 1 and value < 2 ^ 53
  if not is_count or value % 1 ~= 0 then return "must be a whole number, 1 at least" end
end

--- Returns the check that a value is a whole number, 1 at least and `most` at most.
function M.whole(most)
  return function(value)
    local is_whole = type(value) == "number" and value >= 1 and value <= most and value % 1 == 0
    if not is_whole then return ("must be a whole number from 1 to %d"):format(most) end
  end
end

--- Returns the check that a value is one of some words.
-- @tparam {string,...} words
-- @tparam ?string between what stands between two of them in the message (" or ")
function M.one_of(words, between)
  local may_be = ('must be "%s"'):format(table.concat(words, '"' .. (between or " or ") .. '"'))
  return function(value)
    if not tables.holds(words, value) then return may_be end
  end
end

-- ---- a table of options ------------------------------------------------------------------------

local OPTIONS = {
  no_table = "the options must be a table, not a %s",
  unknown = "unknown option",
  named = "%s %s",
}

-- Returns nil, or what is wrong with one option.
local function problem_of(name, value, checks, given, what)
  local check = checks[name]
  if not check and what.takes_others then return nil end
  if not check then return nearest.unknown(what.unknown or OPTIONS.unknown, name, checks) end
  local problem, is_whole = check(value, given)
  if not problem or is_whole then return problem end
  return (what.named or OPTIONS.named):format(name, problem)
end

-- Returns nil, or what is wrong with a required option that is missing.
local function missing_problem(name, checks, given, what)
  if rawget(given, name) ~= nil then return nil end
  if what.missing then return what.missing:format(name) end
  return problem_of(name, nil, checks, given, what)
end

local function with_defaults(options, defaults)
  for name, default in next, defaults do
    if options[name] == nil then options[name] = default end
  end
  return options
end

--- Returns nil, or what is wrong with a table of options. Raw access: no metamethod runs.
-- @tparam ?table given
-- @tparam table checks option -> check
-- @tparam ?table what all optional: required (a list of options), defaults (option -> value), needed
--   (nil is not taken for {}), takes_others (which are not checked); and how messages put it:
--   no_table ("the options must be a table, not a %s"), unknown ("unknown option"), named ("%s %s":
--   the option, and what is wrong with it), missing (such as "%s is missing"; without it, the words
--   of the option's check)
function M.problem(given, checks, what)
  what = what or OPTIONS
  if given == nil and not what.needed then given = {} end
  if type(given) ~= "table" then return (what.no_table or OPTIONS.no_table):format(type(given)) end
  for name, value in next, given do
    local problem = problem_of(name, value, checks, given, what)
    if problem then return problem end
  end
  for _, name in ipairs(what.required or {}) do
    local problem = missing_problem(name, checks, given, what)
    if problem then return problem end
  end
end

--- As problem, and returns a copy with the defaults filled in; or nil, what is wrong.
function M.checked(given, checks, what)
  local copy = type(given) == "table" and tables.copy(given) or given
  local problem = M.problem(copy, checks, what)
  if problem then return nil, problem end
  return with_defaults(copy or {}, what and what.defaults or {})
end

return M
