-- SPDX-License-Identifier: MIT
-- The file of an export: written from its beginning, or from the byte up to which it is known to be right.
-- A file is { write(text), flush(), close(), bytes }; what goes wrong is raised as a failure.
local mistake = require "dynamo.prompt.mistake"
local printers = require "dynamo.prompt.printer"
local shell = require "dynamo.prompt.shell"

local M = {}

-- Returns the size of a file in bytes; nil where none is there to be read.
function M.size(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local size = file:seek "end"
  file:close()
  return size
end

-- Cuts off what is behind a byte: a line that was not finished, items that come again.
local function cut(path, bytes)
  local size = M.size(path)
  if not size or size < bytes then
    local text = "%s has %d bytes, and %d were written: begin anew"
    mistake.fail(text:format(path, size or 0, bytes))
  end
  local is_cut = size == bytes or shell.cut(path, bytes)
  if not is_cut or M.size(path) ~= bytes then
    mistake.fail(path .. " cannot be cut off where the export stopped")
  end
end

local function opened(path, mode)
  local file, message = io.open(path, mode)
  if not file then mistake.fail(message) end
  file:setvbuf("full", 65536)
  return file
end

-- Returns the file over a handle.
local function over(handle, name, bytes)
  local file = { bytes = bytes }
  local function judged(done, message)
    if not done then mistake.fail(("%s: %s"):format(name, message)) end
  end
  function file.write(text)
    judged(handle:write(text))
    file.bytes = file.bytes + #text
  end
  function file.flush()
    judged(handle:flush())
  end
  function file.close()
    handle:close()
  end
  return file
end

-- Returns the file over standard output, which stays open.
local function over_output(stdout)
  local file = { bytes = 0 }
  function file.write(text)
    if not stdout:write(text) then error(printers.CLOSED, 0) end
  end
  function file.flush()
    if not stdout:flush() then error(printers.CLOSED, 0) end
  end
  function file.close() end
  return file
end

--- Opens a file to be written.
-- @tparam string path "-" for standard output
-- @tparam table stdout
-- @tparam ?integer bytes how many of it stay; nil: it is begun anew
function M.open(path, stdout, bytes)
  if path == "-" then return over_output(stdout) end
  if not bytes then return over(opened(path, "wb"), path, 0) end
  if shell.is_regular(path) then cut(path, bytes) end
  return over(opened(path, "ab"), path, bytes)
end

return M
