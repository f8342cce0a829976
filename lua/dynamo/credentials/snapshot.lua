-- SPDX-License-Identifier: MIT
-- One set of credentials, checked and frozen: what one signature uses is never a mix of two sets.
local errors = require "dynamo.error"
local nearest = require "dynamo.nearest"
local options_check = require "dynamo.options_check"
local texts = require "dynamo.text"

local M = {}

local FIELDS = {
  "access_key_id",
  "secret_access_key",
  "session_token",
  "account_id",
  "expires_at",
}

local is_text = options_check.of_type "string"

-- Returns the check that a value is made of certain characters. A key that is not could inject a
-- header, or is a whole JSON document pasted by mistake. No message ever repeats a value.
local function made_of(pattern)
  return function(value)
    if type(value) == "string" and value:find(pattern) then return nil end
    return is_text(value) or "holds a character no credential has (a space, a line end, a quote?)"
  end
end

local CHECKS = {
  access_key_id = made_of "^[%w_./+=@-]+$",
  secret_access_key = made_of "^[\33-\126]+$",
  session_token = made_of "^[\33-\126]+$",
  account_id = made_of "^[\33-\126]+$",
}

function CHECKS.expires_at(value)
  if type(value) ~= "number" or value ~= value then return "must be a number, in epoch seconds" end
end

local WHAT = { required = { "access_key_id", "secret_access_key" }, missing = "%s is missing" }

--- Returns a copy of credentials, without what is blank or null. No metamethod runs.
function M.copy(given)
  local copy = {}
  for _, name in ipairs(FIELDS) do
    copy[name] = texts.present(rawget(given, name))
  end
  return copy
end

-- Returns the name of a field for a message; a key that took its place is not shown.
local function shown(name)
  if type(name) ~= "string" then return type(name) end
  return name:find "^[%a_][%w_]*$" and #name < 32 and ('"%s"'):format(name) or "of that name"
end

-- Returns nil, or what is wrong with the names of the fields: a token under another one would be
-- lost.
local function name_problem(given)
  for name in next, given do
    if not CHECKS[name] then
      return ("credentials have no field %s%s"):format(shown(name), nearest.hint(name, FIELDS))
    end
  end
end

-- Returns a checked copy of credentials, or nil, what is wrong.
local function checked(given)
  local unknown = name_problem(given)
  if unknown then return nil, unknown end
  return options_check.checked(M.copy(given), CHECKS, WHAT)
end

--- Returns nil, or what is wrong with credentials, without repeating them.
function M.problem(given)
  return (select(2, checked(given)))
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
  local problem
  found, problem = checked(found)
  if not found then
    local message = "what the provider gave is not usable: " .. problem
    return nil, errors.credentials("BadCredentials", message)
  end
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
