-- SPDX-License-Identifier: MIT
-- The JSON in which containers, instances and processes hand out credentials. What is wrong with
-- one is said without a word of it: it may hold a secret.
local core = require "dynamo.core"
local timestamp = require "dynamo.credentials.timestamp"
local texts = require "dynamo.text"

local M = {}

local MAX_CODE_BYTES = 64

-- Returns the members called by `names` (member -> our name) under our names, or nil, what is
-- wrong.
local function texts_of(document, names)
  local found = {}
  for name, ours in pairs(names) do
    local value = texts.present(document[name])
    if value ~= nil and type(value) ~= "string" then return nil, name .. " is not a string" end
    found[ours] = value
  end
  return found
end

-- Returns nil, or what the service itself says went wrong.
local function failure_of(document)
  local code = texts.present(document.Code)
  if code == nil or code == "Success" then return nil end
  local is_word = type(code) == "string" and #code <= MAX_CODE_BYTES and code:find("^%a+$")
  return is_word and ("its Code is %s, not Success"):format(code) or "its Code is not Success"
end

-- Returns nil, or what is wrong with what was found; makes the time of the end a number.
local function problem_of(found)
  if not found.access_key_id then return "AccessKeyId is missing" end
  if not found.secret_access_key then return "SecretAccessKey is missing" end
  local text = found.expires_at
  if not text then return nil end
  found.expires_at = timestamp.parse(text)
  if not found.expires_at then return "Expiration is not a time such as 2030-01-31T12:00:00Z" end
end

--- Returns the parsed object, or nil, what is wrong with it.
function M.object(text)
  local document, damage = core.document(text)
  if damage then return nil, "it is not JSON: " .. damage end
  if type(document) ~= "table" then return nil, "it is no JSON object" end
  return document
end

--- Reads a response.
-- @tparam string text
-- @tparam string token what its session token is called: "Token" or "SessionToken"
-- @treturn[1] table credentials: access_key_id, secret_access_key, session_token, expires_at,
--   account_id
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function M.read(text, token)
  local document, damage = M.object(text)
  if not document then return nil, damage end
  local refused = failure_of(document)
  if refused then return nil, refused end
  local found, problem = texts_of(document, {
    AccessKeyId = "access_key_id",
    SecretAccessKey = "secret_access_key",
    [token] = "session_token",
    Expiration = "expires_at",
    AccountId = "account_id",
  })
  if not found then return nil, problem end
  problem = problem_of(found)
  if problem then return nil, problem end
  return found
end

return M
