-- SPDX-License-Identifier: MIT
-- Batches inside nginx while the service leaves parts of them and loses responses.
local fault = require "support.fault"
local json = require "dkjson"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("batches inside nginx (there is no nginx with a Lua module: make setup)")
end

local COUNT = 120

describe("inside nginx, batches under faults", function()
  local server, host

  setup(function()
    server = fault.start()
    host = nginx.start {
      server = ([[
        location = /write { content_by_lua_block {
          local dynamo, canary = require "dynamo", require "support.canary"
          local db = dynamo.new {
            endpoint = "http://127.0.0.1:%d",
            region = "us-east-1",
            credentials = canary.credentials(),
            max_attempts = tonumber(ngx.var.arg_attempts),
          }
          local things = db:table("Things", { key = { "id" } })
          local done, message, err = things:writer({ in_flight = 3 }, function(w)
            for n = 1, %d do
              w:put { id = ngx.var.arg_prefix .. n, n = 0 }
              w:put { id = ngx.var.arg_prefix .. n, n = n }
            end
          end)
          local told = { done = err.done, folded = err.folded, message = message, undone = 0, unknown = 0 }
          if not done then
            told.undone, told.unknown = #err.unprocessed.put, #err.unknown.put
          end
          ngx.print(require("dkjson").encode(told))
        } }
      ]]):format(server.port, COUNT),
    }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  -- Returns what the writer came to, and what the server keeps of what it was given.
  local function write(prefix, attempts, exchanges)
    server:requests(exchanges)
    local status, body = host:get(("/write?prefix=%s&attempts=%d"):format(prefix, attempts))
    assert.equal(200, status, host:errors())
    local keys = {}
    for n = 1, COUNT do
      keys[n] = prefix .. n
    end
    return json.decode(body), server:look("Things", keys)
  end

  it("do each write, whatever has to be sent again", function()
    local told, looks = write("a", 4, {
      { leave = { 0, 3, 24 } },
      { cut = 0 },
      { leave = { 1, 2 } },
      { apply = true, error = { code = "InternalServerError", message = "done" } },
      {},
      { leave = { 0 } },
      { cut = 0, apply = false },
    })
    assert.same({ nil, 0, 0 }, { told.message, told.undone, told.unknown })
    assert.equal(2 * COUNT, told.done + told.folded)
    for n, look in ipairs(looks) do
      assert.equal(tostring(n), look.item and look.item.n.N)
    end
  end)

  it("hand back what is not known to be done", function()
    local told, looks = write("b", 1, { {}, { cut = 0 }, {} })
    assert.is_string(told.message)
    assert.equal(25, told.unknown)
    local applied = 0
    for _, look in ipairs(looks) do
      if look.applied > 0 then applied = applied + 1 end
    end
    assert.is_true(applied >= told.done and applied <= told.done + told.unknown)
  end)
end)
