-- SPDX-License-Identifier: MIT
-- Where the lines of a conversation come from: dynamo.line, which edits them and keeps a history; without
-- it, or at a terminal that can do nothing, lines as the terminal itself reads them.
--
-- A source has read(prompt) (a line, which may have several within; nil at the end; false where Ctrl-C
-- dropped it), add(text) (to the history) and words(list) (for Tab, see csrc/line/line.c).
local user_folder = require "dynamo.prompt.user_folder"

local M = {}

-- What a statement must not have that is kept: secrets are not, wherever they stand.
local SECRETS = { "secret", "password", "passwd", "token", "credential", "private", "akia", "asia" }

--- Whether a statement may be kept in the history.
function M.may_keep(text)
  local lower = text:lower()
  for _, word in ipairs(SECRETS) do
    if lower:find(word, 1, true) then return false end
  end
  return text:find "%S" ~= nil
end

-- Returns the path of the history, in a folder that is there; nil where there is none.
local function history_path(getenv)
  local folder = user_folder.path(getenv, "XDG_STATE_HOME", ".local/state")
  return folder and user_folder.make(folder) and folder .. "/history" or nil
end

-- Returns a source over an editor of dynamo.line.
local function edited(editor, path)
  local source = {}
  function source.read(prompt)
    return editor:read(prompt)
  end
  function source.words(list)
    editor:words(list)
  end
  function source.add(text)
    if not M.may_keep(text) then return end
    editor:add(text)
    if path then editor:save(path) end
  end
  return source
end

local function nothing() end

-- Returns a source of lines as they are; Ctrl-C interrupts the reading.
local function plain()
  local source = { add = nothing, words = nothing }
  function source.read(prompt)
    io.stdout:write(prompt)
    io.stdout:flush()
    local ok, line = pcall(io.stdin.read, io.stdin, "*l")
    return ok and line
  end
  return source
end

--- Opens a source.
-- @tparam function getenv
function M.open(getenv)
  local terminal = getenv "TERM" or "dumb"
  local ok, line = pcall(require, "dynamo.line")
  local path = ok and terminal ~= "dumb" and history_path(getenv)
  local editor = ok and terminal ~= "dumb" and line.open(path or nil)
  return editor and edited(editor, path) or plain()
end

return M
