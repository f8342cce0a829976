-- SPDX-License-Identifier: MIT
-- What runs inside the nginx of support/nginx.lua.
local json = require "dkjson"
local transports = require "dynamo.call.transport"

local M = {}

-- Transports by the text of their options, each made once a worker.
local made = {}

local function transport_of(options)
  local key = json.encode(options)
  made[key] = made[key] or require("dynamo.call.transport.cosocket").new(options)
  return made[key]
end

--- Handles a request of a remote transport: sends what it orders, answers what came of it.
function M.send()
  ngx.req.read_body()
  local order = json.decode(ngx.req.get_headers()["X-Order"])
  order.request.body = ngx.req.get_body_data() or ""
  local transport = transport_of(order.options)
  local answer, message, failed =
    transport:send(order.request, transport:monotonic() + order.seconds)
  local body = answer and answer.body
  if answer then answer.body = nil end
  ngx.header["X-Outcome"] = json.encode { answer = answer, message = message, failed = failed }
  ngx.print(body or "")
end

return M
