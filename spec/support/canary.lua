-- SPDX-License-Identifier: MIT
-- The secrets of every spec that needs one. tools/run_specs.sh looks for MARK in all that the specs
-- print: there it is a leak.
local M = {}

M.MARK = "canaryNeverToBeSeen"

M.ACCESS_KEY_ID = "AKIACANARY"
M.SECRET = M.MARK .. "/Secret+Key"
M.TOKEN = M.MARK .. "/Session+Token=="

--- Returns the credentials option of a client; `more` replaces or adds.
function M.credentials(more)
  local credentials = {
    access_key_id = M.ACCESS_KEY_ID,
    secret_access_key = M.SECRET,
    session_token = M.TOKEN,
  }
  for name, value in pairs(more or {}) do
    credentials[name] = value
  end
  return credentials
end

-- Returns a text without what it may be broken into lines by.
local function in_one(text)
  return (text:gsub("[%s%c]", ""))
end

--- Returns the path within `value` of a string that holds the mark, or another secret, be it broken
-- into lines; or nil. Tables are searched whole: keys, values and metatables.
function M.find(value, path, seen, secret)
  path, seen, secret = path or "value", seen or {}, secret or M.MARK
  if type(value) == "string" then return in_one(value):find(secret, 1, true) and path or nil end
  if type(value) ~= "table" or seen[value] then return nil end
  seen[value] = true
  for key, inner in next, value do
    local found = M.find(key, path .. "'s key", seen, secret)
      or M.find(inner, path .. "." .. tostring(key), seen, secret)
    if found then return found end
  end
  return M.find(debug.getmetatable(value), path .. "'s metatable", seen, secret)
end

return M
