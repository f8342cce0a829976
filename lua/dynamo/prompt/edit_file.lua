-- SPDX-License-Identifier: MIT
-- A private file that somebody edits: in a folder of its own that its owner alone may enter.
local dynamo = require "dynamo"
local mistake = require "dynamo.prompt.mistake"
local shell = require "dynamo.prompt.shell"

local M = {}

-- Makes the folder; prints its path.
local MAKE_FOLDER = [[umask 077; mktemp -d "${TMPDIR:-/tmp}/dynamo.XXXXXXXXXX" 2>/dev/null]]

-- Returns the command of the editor; raises that none is known.
local function editor_of(session)
  local getenv = session.world.getenv
  for _, name in ipairs { "VISUAL", "EDITOR" } do
    local command = getenv(name) or ""
    if command ~= "" then return command end
  end
  if session.ask then return "vi" end
  mistake.refuse "nobody knows which editor: set the variable VISUAL or EDITOR"
end

--- Makes a file with a text; returns { path, folder, editor, given (the text), text (as it is now) }.
-- @tparam table session
-- @tparam string name of the file within its folder
-- @tparam string text
function M.new(session, name, text)
  local editor = editor_of(session)
  local pipe = io.popen(MAKE_FOLDER, "r")
  local folder = pipe:read "*l"
  pipe:close()
  if not folder then mistake.fail "no private folder could be made for the editor's file" end
  local file = { path = folder .. "/" .. name, folder = folder, editor = editor }
  file.given, file.text = text, text
  local done, message, err = dynamo.write_file(file.path, text)
  if not done then
    M.remove(file)
    mistake.fail(message, err)
  end
  return file
end

--- Runs the editor until it ends; returns whether it ended well. What the file has then is in file.text.
function M.edit(session, file)
  session.printer:flush()
  local is_fine = session.world.run(("%s %s"):format(file.editor, shell.quoted(file.path)))
  local handle, message = io.open(file.path, "rb")
  if not handle then mistake.fail(message) end
  file.text = handle:read "*a"
  handle:close()
  return is_fine
end

--- Removes the file, what the editor left beside it, and the folder.
function M.remove(file)
  shell.succeeds("rm -rf -- " .. shell.quoted(file.folder))
end

--- Returns a message with where the text lies that somebody has written; without one, nothing is kept.
function M.kept(file, message, separator)
  if file.text ~= file.given then
    return ("%s%swhat was written lies in %s"):format(message, separator, file.path)
  end
  M.remove(file)
  return message
end

return M
