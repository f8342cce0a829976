-- SPDX-License-Identifier: MIT
-- One set of credentials, checked and frozen: what one signature uses is never a mix of two sets.
local setting = require "dynamo.credentials.setting"
local errors = require "dynamo.error"
local nearest = require "dynamo.nearest"

local M = {}

-- What each value may be made of. A key that is not could inject a header, or is a whole JSON
-- document pasted by mistake. No message ever repeats a value.
local RULES = {
  { "access_key_id", "^[%w_./+=@-]+$", true },
  { "secret_access_key", "^[\33-\126]+$", true },
  { "session_token", "^[\33-\126]+$", false },
  { "account_id", "^[\33-\126]+$", false },
}

local FIELDS = {
  "access_key_id",
  "secret_access_key",
  "session_token",
  "account_id",
  "expires_at",
}

local IS_FIELD = {}
for _, name in ipairs(FIELDS) do
  IS_FIELD[name] = true
end

--- Returns a copy of credentials, without what is blank or null. No metamethod runs.
function M.copy(given)
  local copy = {}
  for _, name in ipairs(FIELDS) do
    copy[name] = setting.text(rawget(given, name))
  end
  return copy
end

-- Returns nil, or what is wrong with one value.
local function value_problem(name, value, pattern)
  if type(value) ~= "string" then
    return ("%s must be a string, not a %s"):format(name, type(value))
  elseif not value:find(pattern) then
    return name .. " holds a character no credential has (a space, a line end, a quote?)"
  end
end

-- Returns nil, or what is wrong with the names of the fields: a token under another one would be
-- lost.
local function name_problem(given)
  for name in next, given do
    if not IS_FIELD[name] then
      local shown = type(name) == "string" and ('"%s"'):format(errors.excerpt(name)) or type(name)
      return ("credentials have no field %s%s"):format(shown, nearest.hint(name, FIELDS))
    end
  end
end

--- Returns nil, or what is wrong with credentials, without repeating them.
function M.problem(given)
  local unknown = name_problem(given)
  if unknown then return unknown end
  local credentials = M.copy(given)
  for _, rule in ipairs(RULES) do
    local name, pattern, required = rule[1], rule[2], rule[3]
    local value = credentials[name]
    local problem = value ~= nil and value_problem(name, value, pattern)
      or value == nil and required and name .. " is missing"
    if problem then return problem end
  end
  local ends = credentials.expires_at
  if ends ~= nil and (type(ends) ~= "number" or ends ~= ends) then
    return "expires_at must be a number, in epoch seconds"
  end
end

local function is_same(set, found)
  return set.access_key_id == found.access_key_id
    and set.secret_access_key == found.secret_access_key
    and set.session_token == found.session_token
    and set.account_id == found.account_id
    and set.expires_at == found.expires_at
end

--- Returns a checked copy of credentials, or nil, error.
-- @tparam table found
-- @tparam ?table last a copy made before, which is returned if it says the same
-- @treturn table the five fields, token_header (a header pair or nil), secrets (a list of strings
--   that no message may repeat)
function M.freeze(found, last)
  local problem = M.problem(found)
  if problem then
    return nil,
      errors.new {
        kind = "credentials",
        code = "BadCredentials",
        message = "what the provider gave is not usable: " .. problem,
      }
  end
  found = M.copy(found)
  if last and is_same(last, found) then return last end
  local token = found.session_token
  return {
    access_key_id = found.access_key_id,
    secret_access_key = found.secret_access_key,
    session_token = token,
    account_id = found.account_id,
    expires_at = found.expires_at,
    token_header = token and { "x-amz-security-token", token } or nil,
    secrets = { found.secret_access_key, token },
  }
end

return M
