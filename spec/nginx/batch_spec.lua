-- SPDX-License-Identifier: MIT
-- Batches inside nginx, by its cosockets and light threads.
local batch_work = require "support.batch_work"
local emulator = require "support.emulator"
local json = require "dkjson"
local nginx = require "support.nginx"
local scale = require "support.scale"

if not nginx.is_installed() then
  return pending("batches inside nginx (there is no nginx with a Lua module: make setup)")
end

local MANY = scale(250)

emulator.each("inside nginx, batches", function(host)
  local server

  setup(function()
    server = nginx.start {
      server = ([[
        location = /work { content_by_lua_block {
          local dynamo = require "dynamo"
          local db = dynamo.new {
            endpoint = %q,
            region = "us-east-1",
            credentials = { access_key_id = "local", secret_access_key = "local" },
            attempt_timeout = 60,
            timeout = 60,
          }
          local told = require("support.batch_work").run(db, ngx.var.arg_table, tonumber(ngx.var.arg_n))
          ngx.print(require("dkjson").encode(told))
        } }
      ]]):format(host.endpoint),
    }
  end)
  teardown(function()
    server:stop()
  end)

  it(("write %d items, each once, and read them back"):format(MANY), function()
    local name = host:create { { "id", "N" } }
    local status, body = server:get(("/work?table=%s&n=%d"):format(name, MANY))
    assert.equal(200, status, server:errors())
    assert.same(batch_work.expected(MANY), json.decode(body))
  end)
end)
