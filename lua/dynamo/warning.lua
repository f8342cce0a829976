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

-- Returns whether others than a file's owner may read it, and write it.
local function rights_of_others(permissions)
  local group, all = math.floor(permissions / 8) % 8, permissions % 8
  return group >= 4 or all >= 4, group % 4 >= 2 or all % 4 >= 2
end

-- What a file may be that others must not touch. Each returns the code of the warning and its text,
-- which the path follows; nil for none.
local KINDS = {}

function KINDS.secret(can_read, can_write)
  local rights = can_read and can_write and "read and write"
    or can_read and "read"
    or can_write and "write"
  if not rights then return nil end
  return "CredentialsFileExposed",
    ("holds credentials, and others than its owner may %s it: run: chmod 600"):format(rights)
end

function KINDS.trusted(_, can_write)
  if not can_write then return nil end
  return "ConfigFileExposed",
    "says what is run, where requests go or whom they trust, "
      .. "and others than its owner may write it: run: chmod go-w"
end

--- Warns of a file with which others than its owner may do what they must not.
-- @tparam string path
-- @tparam ?integer permissions as of chmod; nil if they are not known
-- @tparam string kind "secret": not to be read or written; "trusted": not to be written
function Warnings:of_file(path, permissions, kind)
  if type(permissions) ~= "number" then return end
  local code, text = KINDS[kind](rights_of_others(permissions))
  if not code then return end
  tell(self, { code = code, path = path, message = ("%s %s %s"):format(path, text, path) })
end

--- Returns how many hooks have raised since this was asked last.
function Warnings:take_failures()
  local failures = self.failures
  self.failures = 0
  return failures
end

return M
