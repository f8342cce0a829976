-- SPDX-License-Identifier: MIT
-- The file of named statements, in the user's folder for configuration, which its owner alone can read:
-- an item of Lua, name = text.
local dynamo = require "dynamo"
local mistake = require "dynamo.prompt.mistake"
local reader = require "dynamo.prompt.reader"
local user_folder = require "dynamo.prompt.user_folder"
local value_text = require "dynamo.prompt.value_text"

local M = {}

-- Returns the path of the file, and of its folder; raises that there is no place for one.
local function path_of(session)
  local folder = user_folder.path(session.world.getenv, "XDG_CONFIG_HOME", ".config")
  if not folder then mistake.fail "there is no folder for statements: HOME is not set" end
  return folder .. "/statements", folder
end

-- Raises that a file is none of ours.
local function fail(path, problem)
  local message = type(problem) == "table" and problem.message or tostring(problem)
  mistake.fail(("%s is no file of statements (%s): mend it, or move it away"):format(path, message))
end

--- Returns the statements: name -> text.
function M.read(session)
  local path = path_of(session)
  local text, message, err = dynamo.read_file(path)
  if not text and err.code == "NoFile" then return {} end
  if not text then mistake.fail(message, err) end
  local own = reader.new(text)
  local ok, statements = pcall(value_text.read_item, own)
  if not ok then fail(path, statements) end
  for name, statement in next, statements do
    if type(statement) ~= "string" then fail(path, name .. " is no text") end
  end
  return statements
end

--- Replaces the statements.
-- @tparam table session
-- @tparam table statements name -> text
function M.write(session, statements)
  local path, folder = path_of(session)
  user_folder.make(folder)
  local done, message, err = dynamo.write_file(path, dynamo.show(statements) .. "\n")
  if not done then mistake.fail(message, err) end
end

--- Returns the names in order.
function M.names(statements)
  local names = {}
  for name in next, statements do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

return M
