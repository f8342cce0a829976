-- SPDX-License-Identifier: MIT
--- Reads the test vectors, which lie outside the project. Without them tools/run_specs.sh leaves the
-- specs of spec/vectors out; with them, one that is missing is a failure.
local core = require "dynamo.core"

local M = {}

--- Where they lie.
M.FOLDER = os.getenv "DYNAMO_VECTORS" or "../shared/vectors"

--- Returns the text of a file among them, or nil where there is no such file.
-- @tparam string path relative to the folder
function M.find(path)
  local file = io.open(M.FOLDER .. "/" .. path, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

--- Returns the text of a file among them; raises where there is none.
-- @tparam string path relative to the folder
function M.text(path)
  return M.find(path) or error("there is no " .. M.FOLDER .. "/" .. path)
end

--- Returns what a JSON file among them holds; raises where there is none.
-- @tparam string path relative to the folder
function M.document(path)
  return assert(core.document(M.text(path)))
end

return M
