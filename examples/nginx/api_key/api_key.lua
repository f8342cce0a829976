-- SPDX-License-Identifier: MIT
-- API keys in DynamoDB, looked up in the access phase and remembered in a shared dictionary.
local dynamo = require "dynamo"

local M = {}

local REMEMBERED = 60 -- seconds: how long a key that is revoked goes on working
local UNKNOWN = 5 -- seconds: how long a key that is made new may be refused

local db = dynamo.new { timeout = 1 }
local keys = db:table(os.getenv "KEYS_TABLE" or "api-keys", { key = { "id" } })
local cache = ngx.shared.api_keys

-- Returns the owner of a key, "" if it is none; or nil, message.
local function look_up(key)
  local item, message = keys:get { id = key }
  if message then return nil, message end
  return item and not item.revoked and item.owner or ""
end

--- Returns the owner of a key, "" if it is none; or nil, message.
function M.owner(key)
  local owner = cache:get(key)
  if owner then return owner end
  local message
  owner, message = look_up(key)
  if owner then cache:set(key, owner, owner == "" and UNKNOWN or REMEMBERED) end
  return owner, message
end

--- Lets in who has a key, as ngx.ctx.owner; answers 401 or 503 to others. For access_by_lua.
function M.admit()
  local key = ngx.var.http_x_api_key
  if not key or key == "" or #key > 128 then return ngx.exit(401) end
  local owner, message = M.owner(key)
  if not owner then
    ngx.log(ngx.ERR, "no look-up of a key: ", message)
    return ngx.exit(503)
  end
  if owner == "" then return ngx.exit(401) end
  ngx.ctx.owner = owner
end

return M
