-- SPDX-License-Identifier: MIT
-- Runs a Lua script in a process of its own, by the runtime of this spec and wrapped as it is. What
-- the script returns comes back: it is { name = plain data, ... }, sent as JSON.
local json = require "dkjson"

local emulator = require "support.emulator"

local M = {}

local RUNNER = [[
local json = require "dkjson"
local result = dofile(%q)
io.stdout:write("\n=> ", json.encode(result), "\n")
]]

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Returns the command of a script; with arguments, or else its result is wanted.
local function words_of(script, o)
  local words = {
    "env",
    "-i",
    "PATH=" .. os.getenv "PATH",
    "HOME=/nonexistent",
    "LUA_PATH=" .. package.path,
    "LUA_CPATH=" .. package.cpath,
    "DYNAMO_PYTHON=" .. (os.getenv "DYNAMO_PYTHON" or "python3"),
  }
  for name, value in pairs(o.env or {}) do
    words[#words + 1] = name .. "=" .. value
  end
  for i, word in ipairs(words) do
    words[i] = quoted(word)
  end
  words[#words + 1] = os.getenv "SPEC_WRAPPER" or ""
  words[#words + 1] = emulator.RUNTIME
  words[#words + 1] = o.arguments and quoted(script) .. " " .. o.arguments
    or "-e " .. quoted(RUNNER:format(script))
  return table.concat(words, " ")
end

--- Returns the lines that a script prints, up to its very end, and its exit status as text.
-- @tparam string script its path
-- @tparam string arguments shell words
function M.lines(script, arguments)
  local command = words_of(script, { arguments = arguments })
  local pipe = assert(io.popen("(" .. command .. ") 2>&1; echo $?"))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines, table.remove(lines)
end

--- Returns the pipe from which the lines that a script prints are read while it runs.
-- @tparam string script its path
-- @tparam string arguments shell words
function M.pipe(script, arguments)
  return assert(io.popen("exec " .. words_of(script, { arguments = arguments })))
end

--- Returns what a script returns; raises with all it printed if it returns nothing.
-- @tparam string script its path
-- @tparam ?table o env = variables of its own, before = shell words before its command line
function M.run(script, o)
  o = o or {}
  local pipe = assert(io.popen((o.before or "") .. " " .. words_of(script, o) .. " 2>&1"))
  local printed = pipe:read("*a")
  pipe:close()
  local result = json.decode(printed:match("\n=> ([^\n]*)\n$") or "")
  return result or error(script .. " returned nothing: " .. printed, 2)
end

return M
