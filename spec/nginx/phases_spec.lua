-- SPDX-License-Identifier: MIT
-- A client inside a real nginx, in each of its phases: every verb where there are cosockets, a named
-- error where there are none. The client knows its endpoint and keys from the environment alone,
-- which workers lose.
local emulator = require "support.emulator"
local every_verb = require "support.every_verb"
local json = require "dkjson"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("phases of nginx (there is no nginx with a Lua module: make setup)")
end

local HTTP = [[
  init_by_lua_block { inside = require "support.inside_nginx" inside.try_here() }
  init_worker_by_lua_block { inside.try_here() }
]]

local SERVER = [[
  location /content { content_by_lua_block { inside.every_verb() } }
  location /access { access_by_lua_block { inside.every_verb() } }
  location /rewrite { rewrite_by_lua_block { inside.every_verb() } }
  location /timer { content_by_lua_block { inside.every_verb_in_timer() } }
  location /set { set_by_lua_block $x { inside.try_here() return "" } return 200; }
  location /filters {
    return 200 text;
    header_filter_by_lua_block { inside.try_here() }
    body_filter_by_lua_block { inside.try_here() }
    log_by_lua_block { inside.try_here() }
  }
  location /tell { content_by_lua_block { inside.tell() } }
]]

local WITHOUT_SOCKETS = { "init_worker", "set", "header_filter", "body_filter", "log" }

local function names(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  return table.concat(list, ",")
end

emulator.each("inside nginx, a client", function(host)
  local server, name

  setup(function()
    name = host:create { { "id", "S" } }
    server = nginx.start {
      http = HTTP,
      server = SERVER,
      env = {
        AWS_ENDPOINT_URL_DYNAMODB = host.endpoint,
        AWS_REGION = "us-east-1",
        AWS_ACCESS_KEY_ID = "local",
        AWS_SECRET_ACCESS_KEY = "hidden",
      },
    }
  end)
  teardown(function()
    server:stop()
  end)

  for _, phase in ipairs { "content", "access", "rewrite", "timer" } do
    it("has every verb in the phase " .. phase, function()
      local path = ("/%s?table=%s&id=%s&lacks=%s"):format(phase, name, phase, names(host.lacks))
      local status, body = server:get(path)
      assert.equal(200, status, body)
      local outcome = json.decode(body)
      local expected = { phase = phase == "timer" and "timer" or nil }
      for _, step in ipairs(every_verb.steps(host.lacks)) do
        expected[step] = "ok"
      end
      assert.same(expected, outcome)
    end)
  end

  it("names the phases without cosockets, and says what to do", function()
    server:get "/set"
    server:get "/filters"
    local _, body = server:get "/tell"
    local told = json.decode(body)
    for _, phase in ipairs(WITHOUT_SOCKETS) do
      local outcome = told[phase]
      assert.same(
        { "config", "PhaseWithoutSockets", 1 },
        { outcome.kind, outcome.code, outcome.attempts }
      )
      assert.matches(('"%s"'):format(phase), outcome.message, 1, true)
      assert.matches("ngx.timer.at(0,", outcome.message, 1, true)
    end
    assert.is_true(told.init.ok) -- nobody waits there: libcurl
  end)

  it("puts no secret into the log", function()
    assert.is_nil(server:errors():find("hidden", 1, true))
  end)
end)
