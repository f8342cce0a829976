-- SPDX-License-Identifier: MIT
-- Sessions in DynamoDB. Reading one puts its end off, in the same request that reads it.
local dynamo = require "dynamo"

local M = {}

local LIFETIME = 1800 -- seconds after the last access

-- One client for all requests: it holds no socket. Nobody waits longer than two seconds for it.
local db = dynamo.new { timeout = 2 }
local sessions = db:table(os.getenv "SESSIONS_TABLE" or "sessions", { key = { "id" } })

-- DynamoDB deletes what its time to live is over for, but not at once: the time is looked at too.
local function alive()
  return dynamo.attr("expires"):gt(ngx.time())
end

--- Returns a session and makes it last, or nil alone if there is none; nil, message, err.
function M.get(id)
  local session, message, err = sessions:patch(
    { id = id, expires = ngx.time() + LIFETIME },
    { condition = alive(), return_values = "ALL_NEW" }
  )
  if err and err.code == "ConditionalCheckFailedException" then return nil end
  return session, message, err
end

--- Makes a session, or changes what it holds; other attributes of it stay.
function M.save(id, data)
  return sessions:upsert { id = id, data = data, expires = ngx.time() + LIFETIME }
end

function M.delete(id)
  return sessions:delete { id = id }
end

local METHODS = {}

function METHODS.GET(id)
  local session, message = M.get(id)
  if session then ngx.print(session.data) end
  return session and 200 or message and 503 or 404, message
end

function METHODS.PUT(id)
  ngx.req.read_body()
  local saved, message = M.save(id, ngx.req.get_body_data() or "")
  return saved and 204 or 503, message
end

function METHODS.DELETE(id)
  local deleted, message = M.delete(id)
  return deleted and 204 or 503, message
end

--- Serves a request about a session.
function M.serve(id)
  local method = METHODS[ngx.req.get_method()]
  if not method then return ngx.exit(405) end
  local status, message = method(id)
  if message then ngx.log(ngx.ERR, "session ", id, ": ", message) end
  return ngx.exit(status)
end

return M
