-- SPDX-License-Identifier: MIT
-- What happens to connections when those who use them, or nginx itself, come and go.
local curl = require "dynamo.curl"
local emulator = require "support.emulator"
local fault = require "support.fault"
local nginx = require "support.nginx"
local patience = require "support.patience"

if not nginx.is_installed() then
  return pending("life inside nginx (there is no nginx with a Lua module: make setup)")
end

local OWN = [[ location /own { content_by_lua_block { require("support.inside_nginx").own() } } ]]

emulator.each("inside nginx, parallel requests", function(host)
  local name
  local env = {
    AWS_ENDPOINT_URL_DYNAMODB = host.endpoint,
    AWS_REGION = "us-east-1",
    AWS_ACCESS_KEY_ID = "local",
    AWS_SECRET_ACCESS_KEY = "local",
  }

  setup(function()
    name = host:create { { "id", "S" } }
  end)

  local function path_of(more)
    return ("/own?table=%s&n={n}%s"):format(name, more or "")
  end

  it("get their own answers from two workers, also while nginx reloads", function()
    local server = nginx.start {
      workers = 2,
      env = env,
      server = OWN,
      http = [[ init_by_lua_block { require "dynamo" } ]],
    }
    local wait = server:flood(path_of(), 24, 600)
    for _ = 1, 3 do
      curl.sleep(0.2)
      server:reload()
    end
    local seen = wait()
    local errors = server:errors()
    server:stop()
    assert.same({ ["200 ok"] = 600 }, seen)
    assert.is_nil(errors:find("[alert]", 1, true))
  end)

  it("get them where each request has a Lua state of its own", function()
    local server = nginx.start {
      env = env,
      server = OWN,
      http = [[ lua_code_cache off; ]],
      main = "env AWS_ENDPOINT_URL_DYNAMODB; env AWS_REGION; env AWS_ACCESS_KEY_ID; "
        .. "env AWS_SECRET_ACCESS_KEY;",
    }
    local seen = server:flood(path_of(), 4, 20)()
    server:stop()
    assert.same({ ["200 ok"] = 20 }, seen)
  end)
end)

describe("inside nginx, a connection", function()
  local server, host

  setup(function()
    server = fault.start()
    host = nginx.start {
      http = "lua_ssl_trusted_certificate " .. server:ca_file() .. ";",
      server = [[
        location = /kill { content_by_lua_block {
          require("support.inside_nginx").send_and_kill()
        } }
        location = /abort { lua_check_client_abort on; content_by_lua_block {
          require("support.inside_nginx").send()
        } }
        location = /busy { content_by_lua_block { require("support.inside_nginx").be_busy() } }
      ]],
    }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  local function request(scheme, path)
    return {
      method = "POST",
      scheme = scheme,
      host = "localhost",
      port = server.port,
      path = path,
      headers = { { "Host", "localhost" } },
      body = "{}",
    }
  end

  local function send(transport, scheme, path)
    local answer, message = transport:send(request(scheme, path), transport:monotonic() + 10)
    assert.is_nil(message)
    assert.truthy(answer.body:find('"' .. path .. '"', 1, true), "not its own answer")
  end

  -- Returns two transports with the same pools, new ones; `other` is the second one's location.
  local size = 1000
  local function transports(other)
    size = size + 1
    local options = { proxy = "", pool_size = size }
    return host:transport(options), host:transport(options, other)
  end

  -- Holds that the first connection saw two requests, and no more.
  local function assert_not_used_again(transport, scheme)
    for i = 1, 5 do
      send(transport, scheme, "/next" .. i)
    end
    local log = server:log()
    assert.equal(2, #log.connections)
    assert.equal(2, #log.connections[1].requests)
  end

  for scheme, tls in pairs { http = false, https = "good" } do
    -- The first connection does not answer its second request.
    local function answer_once()
      server:script {
        { tls = tls or nil, exchanges = { {}, { stall = 0 } } },
        { tls = tls or nil, exchanges = { {} }, ["repeat"] = true },
      }
    end

    it("of a killed light thread is not used again over " .. scheme, function()
      patience.grow(function(seconds)
        local plain, killing = transports "/kill"
        answer_once()
        send(plain, scheme, "/first")
        killing.kill_after = seconds
        local _, message = killing:send(request(scheme, "/killed"), killing:monotonic() + 60)
        assert.equal("killed", message)
        assert_not_used_again(plain, scheme)
      end)
    end)

    it("of a client that went away is not used again over " .. scheme, function()
      patience.grow(function(seconds)
        local plain, leaving = transports "/abort"
        answer_once()
        send(plain, scheme, "/first")
        leaving.patience = seconds
        assert.is_false(
          pcall(leaving.send, leaving, request(scheme, "/left"), leaving:monotonic() + 60)
        )
        assert_not_used_again(plain, scheme)
      end)
    end)
  end

  it("that a busy worker has not seen closing is not used again", function()
    local transport = host:transport { proxy = "", pool_size = 99 }
    server:script {
      { exchanges = { { send = { fault.response('"/first"'), { delay = 0.8 } } } } },
      { exchanges = { {} }, ["repeat"] = true },
    }
    send(transport, "http", "/first")
    local busy = host:flood("/busy", 1, 1)
    repeat
      curl.sleep(0.01)
    until host:errors():find("busy from now on", 1, true)
    send(transport, "http", "/second") -- waits in the worker's queue, before the closing does
    assert.same({ ["200 done"] = 1 }, busy())
    local log = server:log()
    assert.equal(2, #log.connections)
    assert.equal(1, #log.connections[1].requests)
  end)
end)
