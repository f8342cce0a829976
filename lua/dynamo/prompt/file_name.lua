-- SPDX-License-Identifier: MIT
-- Names of files as they are typed.
local key_text = require "dynamo.prompt.key_text"
local shell = require "dynamo.prompt.shell"

local M = {}

--- Takes the name of a file; returns it and its byte. "~/" is the home.
function M.read(reader, session)
  local path, at = key_text.read_name(reader)
  if not path or path == "" then
    reader:fail("expected the name of a file, or -, got " .. reader:coming(), at)
  end
  local home = session.world.getenv "HOME"
  if home then path = path:gsub("^~/", function()
    return home .. "/"
  end) end
  return path, at
end

--- Returns the name of the file from which work on a file goes on, unless the statement says it; nil for
-- what is no file to be found again.
function M.resume_path(path)
  return path ~= "-" and shell.may_be_regular(path) and path .. ".resume" or nil
end

return M
