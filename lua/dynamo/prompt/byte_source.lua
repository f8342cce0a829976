-- SPDX-License-Identifier: MIT
-- Where the bytes of an import come from: a file, one that gzip packed, standard input. A source is
--   { name, read() -> some bytes, nil at the end, seek(byte) or nil where it cannot, close() }
-- What goes wrong is raised as a failure.
local mistake = require "dynamo.prompt.mistake"
local shell = require "dynamo.prompt.shell"

local M = {}

local BLOCK_BYTES = 65536

-- Returns a function that reads a file, or what is like one, block by block.
local function reading(file, name)
  return function()
    local block, message = file:read(BLOCK_BYTES)
    if not block and message then mistake.fail(("%s: %s"):format(name, message)) end
    return block
  end
end

local function of_file(path)
  local file, message = io.open(path, "rb")
  if not file then mistake.fail(message) end
  return {
    name = path,
    read = reading(file, path),
    seek = shell.is_regular(path) and function(byte)
      file:seek("set", byte)
    end,
    close = function()
      file:close()
    end,
  }
end

-- What follows the unpacked bytes if gzip ended well: Lua 5.1 cannot ask how a program ended. Ctrl-C is
-- ours to handle.
local END = "\n\31dynamo:gzip:end\n"
local UNPACK = "trap '' INT; gzip -dc -- %s && printf '\\n\\037dynamo:gzip:end\\n'"

-- Returns a reader of another reader's bytes without END, which must come.
local function ended(read, path)
  local held = ""
  return function()
    local block = read()
    while block and #held + #block <= #END do
      held, block = held .. block, read()
    end
    if not block and held == END then return nil end
    if not block then mistake.fail(path .. ": gzip could not read it to its end; is it whole?") end
    local text = held .. block
    held = text:sub(-#END)
    return text:sub(1, -#END - 1)
  end
end

local function of_gzip(path)
  of_file(path).close() -- or says why it cannot be read
  local pipe = assert(io.popen(UNPACK:format(shell.quoted(path)), "r"))
  return {
    name = path,
    read = ended(reading(pipe, path), path),
    close = function()
      pipe:close()
    end,
  }
end

--- Opens a source.
-- @tparam string path "-" for standard input; one that ends in .gz is unpacked
-- @tparam table stdin
function M.open(path, stdin)
  if path:find "%.gz$" then return of_gzip(path) end
  if path ~= "-" then return of_file(path) end
  return { name = "stdin", read = reading(stdin, "stdin"), close = function() end }
end

return M
