-- SPDX-License-Identifier: MIT
-- Whether a file can say which certificate authorities to trust. One that cannot must be an error
-- before the first request: it must never mean "no verification".
local M = {}

--- Returns nil, or what is wrong with the file at `path`.
-- @tparam string path
-- @tparam function read_file read_file(path) -> text, or nil, message
function M.problem(path, read_file)
  local text, message = read_file(path)
  if not text then return "cannot be read: " .. tostring(message) end
  if not text:find("%-%-%-%-%-BEGIN [%u ]*CERTIFICATE%-%-%-%-%-") then
    return "holds no PEM certificate"
  end
end

return M
