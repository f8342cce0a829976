-- SPDX-License-Identifier: MIT
--- Starts the oracles (spec/oracle/*_oracle.py): programs whose first line says what they are, and
-- whose other lines are what a spec compares with.

local M = {}

local PYTHON = os.getenv "DYNAMO_PYTHON" or "build/emulators/python/bin/python"

--- Starts an oracle; raises with what it said if it does not start.
-- @tparam string name of spec/oracle/<name>_oracle.py
-- @tparam string|number ... its arguments
-- @treturn function an iterator over its lines
-- @treturn string what it says it is
function M.lines(name, ...)
  local words = { PYTHON, ("spec/oracle/%s_oracle.py"):format(name), ... }
  local pipe = assert(io.popen("'" .. table.concat(words, "' '") .. "' 2>&1"))
  local greeting = pipe:read "*l" or "nothing"
  if greeting:find "^oracle " then return pipe:lines(), greeting end
  local said = greeting .. "\n" .. pipe:read "*a"
  pipe:close()
  error(("the %s oracle did not start; it said: %s"):format(name, said))
end

return M
