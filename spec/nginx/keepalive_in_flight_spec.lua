-- SPDX-License-Identifier: MIT
-- A server that closes each connection after seven requests, as nginx with keepalive_requests does:
-- no call is lost, one at a time or side by side.
local canary = require "support.canary"
local dynamo = require "dynamo"
local hosts = require "support.loops"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("keepalive_requests (there is no nginx with a Lua module: make setup)")
end

local COUNT = 300
local SERVER = [[
  keepalive_requests 7;
  location = / { content_by_lua_block {
    ngx.req.read_body()
    ngx.header["x-amzn-requestid"] = ngx.var.connection .. "-" .. ngx.var.connection_requests
    ngx.print('{"TableNames":["' .. ngx.req.get_body_data():match '"Limit":(%d+)' .. '"]}')
  } }
]]

hosts.each("calls to a server with keepalive_requests 7", function(host)
  local server, db

  setup(function()
    server = nginx.start { server = SERVER }
    db = dynamo.new {
      endpoint = ("http://127.0.0.1:%d"):format(server.port),
      region = "us-east-1",
      credentials = canary.credentials(),
      max_attempts = 1,
      timeout = 60,
      attempt_timeout = 60,
      loop = host.loop,
    }
  end)
  teardown(function()
    db:close()
    server:stop()
  end)

  -- Makes so many calls; returns how many had their own answer, and the connections they had.
  local function make(in_flight)
    local good, connections = 0, {}
    local i = 0
    local function next_one()
      i = i + 1
      return i <= COUNT and i or nil
    end
    host.run(function()
      assert(dynamo.each(next_one, function(n)
        local limit = n % 100 + 1
        local answer, message, info = db:list_tables { Limit = limit }
        if not answer then return nil, message, info end
        local connection, number = info.request_id:match "^(%d+)%-(%d+)$"
        assert(tonumber(number) <= 7)
        connections[connection] = true
        if answer.TableNames[1] == ("%d"):format(limit) then good = good + 1 end
      end, { in_flight = in_flight }))
    end)
    local count = 0
    for _ in pairs(connections) do
      count = count + 1
    end
    return good, count
  end

  for _, in_flight in ipairs { 1, 50 } do
    it(("are not lost, %d in flight"):format(in_flight), function()
      local good, connections = make(in_flight)
      assert.equal(COUNT, good)
      assert.is_true(connections >= COUNT / 7, connections)
    end)
  end
end)
