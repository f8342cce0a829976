-- SPDX-License-Identifier: MIT
-- Inside nginx, a client that one light thread closes while another waits for a call of it.
local fault = require "support.fault"
local json = require "dkjson"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("closing inside nginx (there is no nginx with a Lua module: make setup)")
end

describe("inside nginx, a client that is closed during a call", function()
  local server, host, endpoint

  setup(function()
    server = fault.start()
    local _, port = server:names({}, true, 0)
    host = nginx.start {
      http = ("resolver 127.0.0.1:%d ipv6=off; resolver_timeout 1s;"):format(port),
      server = [[
        location = /close { content_by_lua_block {
          require("support.inside_nginx").close_midway()
        } }
        location = /kill { content_by_lua_block { require("support.inside_nginx").kill_midway() } }
      ]],
    }
    endpoint = ("http://127.0.0.1:%d"):format(server.port)
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

  local function assert_cancelled(applied, attempts, outcome)
    assert.same({
      kind = "cancelled",
      code = "ClientClosed",
      applied = applied,
      attempts = attempts,
      is_early = false,
    }, outcome)
  end

  local OK = fault.response("{}", "x-amzn-RequestId: R\r\n")
  for applied, exchange in pairs {
    yes = { send = { OK } },
    unknown = { send = { fault.response("{}", "", "500 Oh") } },
    no = { send = { fault.response('{"__type":"ns#ValidationException"}', "", "400 No") } },
  } do
    it(("ends it when its answer comes: %s"):format(applied), function()
      server:script { { exchanges = { exchange } } }
      assert_cancelled(applied, 1, ask "/close")
      assert.equal(1, #server:final_log().requests)
    end)
  end

  it("ends it when the connection is lost", function()
    server:script { { exchanges = { { send = { "HTTP/1.1 200 OK\r\nContent-Le" } } } } }
    assert_cancelled("unknown", 1, ask "/close")
    assert.equal(1, #server:final_log().requests)
  end)

  it("ends it after its wait for another attempt", function()
    server:script { { exchanges = { { send = { fault.response("{}", "", "500 Oh") } } } } }
    assert_cancelled("unknown", 1, ask("/close", "&at=sleep"))
    assert.equal(1, #server:final_log().requests)
  end)

  it("ends it when the name server does not answer in time", function()
    endpoint = "http://name.invalid:80"
    assert_cancelled("no", 1, ask "/close")
    endpoint = ("http://127.0.0.1:%d"):format(server.port)
  end)

  it("and whose light thread was killed harms nobody", function()
    server:script { { exchanges = {} }, { exchanges = { { send = { OK } } } } }
    assert.same({ done = true }, ask "/kill")
  end)
end)
