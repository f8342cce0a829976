-- SPDX-License-Identifier: MIT
-- A real nginx as the server: after so many requests it closes a connection, and says so in the last
-- response. None is lost for that.
local curl = require "dynamo.transport.curl"
local nginx = require "support.nginx"
local patience = require "support.patience"

if not nginx.is_installed() then
  return pending("nginx as a server (there is no nginx with a Lua module: make setup)")
end

describe("a server that closes a connection after seven requests", function()
  local REQUESTS, SERVED = 300, 7
  local server

  setup(function()
    server = nginx.start {
      server = ([[
        location = /counted {
          keepalive_requests %d;
          content_by_lua_block {
            ngx.req.read_body()
            local text = ngx.var.connection .. " " .. ngx.req.get_body_data()
            ngx.header.content_length = #text
            ngx.print(text)
          }
        }
      ]]):format(SERVED),
    }
  end)
  teardown(function()
    server:stop()
  end)

  it("gets each request once, and answers it", function()
    local transport = curl.new { proxy = "" }
    local connections, count = {}, 0
    for i = 1, REQUESTS do
      local response = assert(transport:send({
        method = "POST",
        scheme = "http",
        host = "127.0.0.1",
        port = server.port,
        path = "/counted",
        headers = { { "Host", "127.0.0.1" } },
        body = tostring(i),
      }, transport:monotonic() + patience.HANG))
      local connection, number = response.body:match "^(%d+) (%d+)$"
      assert.equal(tostring(i), number)
      if not connections[connection] then
        count = count + 1
        connections[connection] = true
      end
    end
    transport:close()
    assert.equal(math.ceil(REQUESTS / SERVED), count)
  end)
end)
