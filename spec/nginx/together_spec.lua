-- SPDX-License-Identifier: MIT
-- Work side by side inside nginx: light threads in workers, libcurl in init_by_lua.
local fault = require "support.fault"
local json = require "dkjson"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("work side by side inside nginx (there is no nginx with a Lua module: make setup)")
end

describe("inside nginx, work side by side", function()
  local server, host, endpoint

  setup(function()
    server = fault.start()
    server:requests {}
    endpoint = ("http://127.0.0.1:%d"):format(server.port)
    host = nginx.start {
      http = ([[ init_by_lua_block {
        side = require "support.side_by_side_nginx"
        side.begin(%q)
      } ]]):format(endpoint),
      server = [[
        location = /together { content_by_lua_block { side.together() } }
        location = /tell { content_by_lua_block { side.tell() } }
        location = /each { content_by_lua_block { side.each() } }
        location = /cancel { content_by_lua_block { side.cancel() } }
        location = /wait { content_by_lua_block { side.wait() } }
        location = /stop { content_by_lua_block { side.stop() } }
        location = /modify { content_by_lua_block { side.modify() } }
      ]],
    }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  local function ask(path, more)
    local status, body = host:get(("%s?endpoint=%s%s"):format(path, endpoint, more or ""))
    assert.equal(200, status)
    return json.decode(body)
  end

  it("has as many calls in flight as it is told, and more within", function()
    server:requests {}
    assert.same({ results = 12, most = 5, nested = 1 }, ask "/together")
  end)

  it("works in init_by_lua", function()
    local told = ask "/tell"
    assert.same({ 12, 1 }, { told.results, told.nested })
  end)

  it("never calls a closure again before it returned", function()
    server:requests {}
    assert.same({ count = 20 }, ask "/each")
  end)

  it("ends a call that waits for another attempt", function()
    server:requests { { error = { code = "ThrottlingException", message = "slow down" } } }
    assert.same({ kind = "cancelled", code = "Cancelled", attempts = 1 }, ask "/cancel")
  end)

  it("ends a call that waits for its answer", function()
    server:requests { { stall = 0 } }
    assert.same({ code = "Cancelled", applied = "unknown" }, ask("/wait", "&after=0.3"))
    server:requests { { stall = 60 } }
    assert.same({ code = "Cancelled", applied = "unknown" }, ask("/wait", "&after=0.3"))
  end)

  it("waits for a slow answer, though it may be cancelled", function()
    server:requests { { delay = 0.45 } }
    assert.same({ done = true }, ask "/wait")
  end)

  it("changes one item from eight light threads, and loses nothing", function()
    server:requests {}
    local told = ask "/modify"
    assert.is_nil(told.message)
    assert.same({ 40, 40, 8 }, { told.count, told.n, told.most })
    assert.is_true(told.rounds >= 40)
    assert.equal(40, server:look("Counters", { "forty" })[1].applied)
  end)

  it("begins nothing after a failure, if it is to stop", function()
    server:requests { {}, {} }
    local told = ask "/stop"
    assert.equal(2, told.begun)
    assert.matches("^%d of 3 failed: second$", told.message)
  end)
end)
