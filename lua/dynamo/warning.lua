-- SPDX-License-Identifier: MIT
-- What is no failure, but ought to be mended: told once for each client, to its hook on_warning,
-- and on standard error if the environment asks for that.
local M = {}

-- What asks for warnings on standard error, and how.
local VARIABLE, ON_STDERR = "DYNAMO_WARNINGS", "stderr"

local Warnings = {}
Warnings.__index = Warnings

--- Makes what one client warns by. Nothing is read before the first warning.
-- @tparam ?table hooks the client's
-- @tparam function getenv
function M.new(hooks, getenv)
  local hook = hooks and hooks.on_warning
  return setmetatable({ hook = hook, getenv = getenv, told = {}, failures = 0 }, Warnings)
end

-- Tells of something, unless it was told before. A hook that raises is counted.
local function tell(self, record)
  if self.told[record.message] then return end
  self.told[record.message] = true
  if self.getenv(VARIABLE) == ON_STDERR then
    io.stderr:write("dynamo: warning: ", record.message, "\n")
  end
  if self.hook and not pcall(self.hook, record) then self.failures = self.failures + 1 end
end

-- Returns what others than a file's owner may do by its permissions: "read", "write", "read and
-- write"; nil for neither.
local function rights_of_others(permissions)
  local group, all = math.floor(permissions / 8) % 8, permissions % 8
  local can_read = group >= 4 or all >= 4
  local can_write = group % 4 >= 2 or all % 4 >= 2
  if can_read and can_write then return "read and write" end
  return can_read and "read" or can_write and "write" or nil
end

--- Warns of a file of credentials that others than its owner may read or write.
-- @tparam string path
-- @tparam ?integer permissions as of chmod; nil if they are not known
function Warnings:of_file(path, permissions)
  local rights = type(permissions) == "number" and rights_of_others(permissions)
  if not rights then return end
  local text = "%s holds credentials, and others than its owner may %s it: run: chmod 600 %s"
  tell(self, {
    code = "CredentialsFileExposed",
    path = path,
    message = text:format(path, rights, path),
  })
end

--- Returns how many hooks have raised since this was asked last.
function Warnings:take_failures()
  local failures = self.failures
  self.failures = 0
  return failures
end

return M
