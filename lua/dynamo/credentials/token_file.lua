-- SPDX-License-Identifier: MIT
-- The files in which the AWS CLI keeps the tokens of its logins. It shares them with all SDKs, so
-- what is in one and not understood stays in it.
local core = require "dynamo.core"
local json = require "dynamo.credentials.json"
local tables = require "dynamo.tables"
local texts = require "dynamo.text"

local M = {}

--- Returns the path of a token's file, or nil, why there is none.
-- @tparam table world getenv
-- @tparam string folder "~/" stands for the home directory
-- @tparam string digest what the CLI names the file by
function M.path(world, folder, digest)
  if folder:sub(1, 2) == "~/" then
    local home = world.getenv("HOME")
    if not home then return nil, "HOME is not set" end
    folder = home .. folder:sub(2)
  end
  return ("%s/%s.json"):format(folder, digest)
end

--- Returns the text of a member; nil for one that is missing, blank or something else.
function M.text(object, name)
  local value = texts.present(object[name])
  return type(value) == "string" and value or nil
end

--- Returns the members of `names` that an object lacks, or has as something else than a text.
function M.missing(object, names)
  local missing = {}
  for _, name in ipairs(names) do
    if not M.text(object, name) then missing[#missing + 1] = name end
  end
  return missing
end

--- Reads a token.
-- @tparam table world read_file
-- @tparam string path
-- @tparam {string,...} names the texts that it must have
-- @treturn[1] table the whole document
-- @treturn[2] nil
-- @treturn[2] string what is wrong; it names the file, and shows nothing of what is in it
function M.read(world, path, names)
  local text, message = world.read_file(path)
  if not text then return nil, tostring(message) end
  local document, damage = core.document(text)
  if damage then return nil, ("%s: it is not JSON: %s"):format(path, damage) end
  if type(document) ~= "table" then return nil, path .. ": it is no JSON object" end
  local missing = M.missing(document, names)
  if #missing == 0 then return document end
  return nil, ("%s: it has no %s"):format(path, table.concat(missing, ", "))
end

--- Returns a copy of a token with some members replaced, and keeps it in its file. One that cannot
-- be kept, as where the home directory is read-only, still serves this once.
-- @tparam table world write_file
-- @tparam string path
-- @tparam table token
-- @tparam table changes
function M.replace(world, path, token, changes)
  local replaced = tables.copy(token)
  for name, value in pairs(changes) do
    replaced[name] = value
  end
  world.write_file(path, json.write(replaced))
  return replaced
end

--- Returns the time `seconds` from now as the CLI writes it.
function M.time_after(world, seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(world.transport:now() + seconds))
end

return M
