-- SPDX-License-Identifier: MIT
-- The functions that the user gives in place of the world's own (getenv, read_file, write_file,
-- run_process, random), behind checks: what they return is what the library takes for granted, or a
-- message that says whose fault it is.
local errors = require "dynamo.error"
local world = require "dynamo.world"

local M = {}

-- Returns what a function failed with, as text.
local function reason(who, message)
  if type(message) == "string" then return message end
  return ("%s gives nothing, and no message"):format(who)
end

-- Name -> function(who, f) -> f behind its check. `who` is what messages call it.
local checked = {}

--- Returns random(n) -> n bytes, or nil, message, of a function that ought to be one.
function M.random(who, random)
  return function(n)
    local bytes, message = random(n)
    if bytes == nil or bytes == false then return nil, reason(who, message) end
    if type(bytes) ~= "string" then
      return nil, ("%s gives a %s, no string of %d bytes"):format(who, type(bytes), n)
    elseif #bytes < n then
      return nil, ("%s gives %d bytes, %d are asked for"):format(who, #bytes, n)
    end
    return bytes:sub(1, n)
  end
end
checked.random = M.random

-- There is nothing that it could return for a failure: an error is raised, which is the call's.
function checked.getenv(who, getenv)
  return function(name)
    local value = getenv(name)
    if value == nil or type(value) == "string" then return value end
    local message = ("%s gives a %s for %s, no string"):format(who, type(value), name)
    error(errors.config("BadFunction", message), 0)
  end
end

function checked.read_file(who, read_file)
  return function(path)
    local text, found, is_there = read_file(path)
    if type(text) == "string" then return text, type(found) == "number" and found or nil end
    if text == nil or text == false then return nil, reason(who, found), is_there end
    return nil, ("%s gives a %s for %s, no string"):format(who, type(text), path), true
  end
end

function checked.write_file(who, write_file)
  return function(path, text)
    local done, message = write_file(path, text)
    if done then return true end
    return nil, reason(who, message)
  end
end

-- What a program's result has.
local RESULT = { status = "number", stdout = "string" }

function checked.run_process(who, run_process)
  return function(words, limits)
    local result, message = run_process(words, limits)
    if result == nil or result == false then return nil, reason(who, message) end
    if type(result) ~= "table" then
      return nil, ("%s gives a %s, no table"):format(who, type(result))
    end
    for name, kind in pairs(RESULT) do
      if type(result[name]) ~= kind then
        return nil, ("%s: %s is a %s, no %s"):format(who, name, type(result[name]), kind)
      end
    end
    return {
      status = result.status,
      stdout = result.stdout,
      stderr = type(result.stderr) == "string" and result.stderr or "",
    }
  end
end

--- Puts those functions of `holder` that are not the world's own behind their checks; returns
-- whether there are any.
-- @tparam table holder changed
function M.check(holder)
  local found = false
  for name, check in pairs(checked) do
    if holder[name] and holder[name] ~= world[name] then
      holder[name], found = check(name, holder[name]), true
    end
  end
  return found
end

return M
