-- SPDX-License-Identifier: MIT
-- Small files in which a program keeps where it is: a cursor, a checkpoint.
local errors = require "dynamo.error"
local given = require "dynamo.given"
local world = require "dynamo.world"

local M = {}

-- Raises, at the caller of our caller, unless an argument is a string.
local function check(who, what, value)
  if type(value) == "string" then return end
  error(("%s: the %s must be a string, not a %s"):format(who, what, type(value)), 3)
end

local function fail(operation, code, message)
  local err = errors.config(code, message)
  err.operation = operation
  return errors.give(err)
end

-- Whether nothing is there that could be opened.
local function is_missing(path)
  local file, _, code = io.open(path, "rb")
  if file then file:close() end
  return not file and code == 2 -- ENOENT
end

--- Reads a file of at most 1 MiB. It never waits: a pipe, a device and a folder are refused.
-- @tparam string path
-- @treturn[1] string what is in it
-- @treturn[2] nil
-- @treturn[2] string message, which names the file
-- @treturn[2] table err of kind "config": codes NoFile (there is none), File (it cannot be read)
function M.read_file(path, ...)
  given.no_more("dynamo.read_file", ...)
  check("dynamo.read_file", "path", path)
  local text, message = world.read_file(path)
  if text then return text end
  return fail("read_file", is_missing(path) and "NoFile" or "File", message)
end

--- Makes a text the contents of a file, at once or not at all: it is written beside it, flushed to the
-- disk, and takes its name. Its owner alone can read it.
-- @tparam string path
-- @tparam string text
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message, which names the file
-- @treturn[2] table err of kind "config", code File: the file is as it was
-- @usage assert(dynamo.write_file("users.cursor", result:cursor()))
function M.write_file(path, text, ...)
  given.no_more("dynamo.write_file", ...)
  check("dynamo.write_file", "path", path)
  check("dynamo.write_file", "text", text)
  local done, message = world.write_file(path, text)
  if done then return true end
  return fail("write_file", "File", message)
end

return M
