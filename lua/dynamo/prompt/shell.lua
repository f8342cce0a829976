-- SPDX-License-Identifier: MIT
-- What only the shell's own tools can do with files.
local M = {}

--- Returns a text as one word of the shell.
function M.quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Runs a command; returns whether it ended well.
function M.succeeds(command)
  local status = os.execute(command)
  return status == true or status == 0
end

--- Whether a path is a file as most are, not a pipe, a device or a folder.
function M.is_regular(path)
  return M.succeeds("[ -f " .. M.quoted(path) .. " ]")
end

--- Whether a path is such a file, or nothing yet.
function M.may_be_regular(path)
  return M.succeeds(("[ -f %s ] || ! [ -e %s ]"):format(M.quoted(path), M.quoted(path)))
end

--- Cuts a file off behind so many bytes; returns whether that could be done.
function M.cut(path, bytes)
  local command = "dd if=/dev/null of=%s bs=1 seek=%d 2>/dev/null"
  return M.succeeds(command:format(M.quoted(path), bytes))
end

--- Waits; Ctrl-C raises, whenever it comes. os.execute would have this process ignore it, and one that
-- comes as the shell begins or has just ended would be nobody's.
-- @tparam number seconds
-- @treturn boolean true
function M.pause(seconds)
  local pipe = assert(io.popen(("exec sleep %g"):format(seconds), "r"))
  pipe:read "*a"
  pipe:close()
  return true
end

return M
