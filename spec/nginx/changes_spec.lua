-- SPDX-License-Identifier: MIT
-- Following a stream inside nginx: it waits without keeping the worker waiting.
local fault = require "support.fault"
local json = require "dkjson"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("changes inside nginx (there is no nginx with a Lua module: make setup)")
end

describe("inside nginx, changes", function()
  local server, host, endpoint

  setup(function()
    server = fault.start()
    server:requests {}
    endpoint = ("http://127.0.0.1:%d"):format(server.port)
    host = nginx.start {
      http = [[ init_by_lua_block { changes = require "support.changes_nginx" } ]],
      server = [[
        location = /all { content_by_lua_block { changes.all() } }
        location = /wait { content_by_lua_block { changes.wait() } }
      ]],
    }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  local function ask(path, name)
    local status, body = host:get(("%s?endpoint=%s&table=%s"):format(path, endpoint, name))
    assert.equal(200, status)
    return json.decode(body)
  end

  it("are read to the end", function()
    server:stream("tree", {
      shards = {
        {
          id = "shardId-00000000000000000001-a",
          records = { { "a", 1 }, { "b", 1 } },
          closed = true,
        },
        {
          id = "shardId-00000000000000000002-a",
          parent = "shardId-00000000000000000001-a",
          records = { { "a", 2 } },
          closed = true,
        },
      },
    })
    assert.same({ found = { "a1", "b1", "a2" }, is_over = true }, ask("/all", "tree"))
  end)

  it("let others work while they wait, who may close them", function()
    server:stream("quiet", { shards = { { id = "shardId-00000000000000000001-a" } } })
    assert.same({ ticks = 5, ended = true }, ask("/wait", "quiet"))
  end)
end)
