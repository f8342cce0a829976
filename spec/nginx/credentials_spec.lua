-- SPDX-License-Identifier: MIT
-- Credentials of several workers: fetched from an instance metadata service once for all of them, or
-- once by each.
local credential_server = require "support.credential_server"
local curl = require "dynamo.curl"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("credentials inside nginx (there is no nginx with a Lua module: make setup)")
end

local WORKERS = 4
local SERVER = [[ location /key { content_by_lua_block { inside.key() } } ]]
local INIT = [[ init_by_lua_block { inside = require "support.inside_nginx" } ]]
local DICT = [[ lua_shared_dict credentials 1m; ]]

describe("credentials of nginx's workers", function()
  local server, host

  setup(function()
    server = credential_server.start()
  end)
  teardown(function()
    server:stop()
  end)
  after_each(function()
    host:stop()
  end)

  local function start(http, env)
    env = env or { AWS_EC2_METADATA_SERVICE_ENDPOINT = server.url }
    env.AWS_ENDPOINT_URL_DYNAMODB, env.AWS_REGION = server.url .. "/dynamodb", "us-east-1"
    host = nginx.start { workers = WORKERS, server = SERVER, http = http .. INIT, env = env }
  end

  -- How often keys were fetched.
  local function fetches()
    local _, count = server:log().steps:gsub("keys", "")
    return count
  end

  -- Begins many requests, none of which may fail; returns a function that waits for them and returns
  -- the access keys that were used.
  local function begin_flood(requests)
    local wait = host:flood("/key", 8, requests)
    return function()
      local keys = {}
      for outcome in pairs(wait()) do
        local key = outcome:match("^200 (ASIA%d+)$")
        assert.is_string(key, outcome)
        keys[#keys + 1] = key
      end
      return keys
    end
  end

  local function flood(requests)
    return begin_flood(requests)()
  end

  it("are fetched once for all of them", function()
    server:set {}
    start(DICT)
    assert.same({ "ASIA0001" }, flood(200))
    assert.equal(1, fetches())
  end)

  it("are fetched once by each where they share nothing", function()
    server:set {}
    start ""
    local keys = flood(200)
    assert.equal(#keys, fetches())
    assert.is_true(fetches() <= WORKERS)
  end)

  it("are fetched once for all of them at each end, also when nginx reloads", function()
    server:set { lives = { 3, 3600 } } -- one end alone, however long the floods take
    start(DICT)
    repeat
      flood(60)
      host:reload()
    until fetches() > 1
    assert.same({ "ASIA0002" }, flood(60))
    assert.equal(2, fetches())
  end)

  it("that are refused are replaced once for all of them", function()
    local expired = '{"__type":"ExpiredTokenException","message":"old"}'
    server:set {
      faults = { { at = "dynamodb", times = 1, status = 400, body = expired } },
    }
    start(DICT)
    assert.same({ 200, "ASIA0002" }, { (host:get "/key"), (select(2, host:get "/key")) })
    assert.same({ "ASIA0002" }, flood(100))
    assert.equal(2, fetches())
  end)

  it("are waited for by all when they come late", function()
    server:set { faults = { { at = "keys", stall = true } } }
    start(DICT)
    local wait = begin_flood(64)
    repeat
      curl.sleep(0.01)
    until fetches() > 0
    server:go()
    assert.same({ "ASIA0001" }, wait())
    assert.equal(1, fetches())
  end)

  it("come from files and programs too, although nginx sees those programs end", function()
    server:set {}
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(
      '[default]\ncredential_process = printf \'{"Version":1,"AccessKeyId":'
        .. '"AKIDSOURCE","SecretAccessKey":"source-secret"}\'\n'
    )
    file:close()
    start("", { AWS_CONFIG_FILE = path, HOME = "/nonexistent" })
    local status, body = host:get "/key"
    os.remove(path)
    assert.same({ 200, "AKIDSOURCE" }, { status, body })
    assert.is_nil(host:errors():find("[alert]", 1, true))
  end)

  it("are in no log", function()
    server:set { faults = { { at = "keys", status = 500, times = 1 } } }
    start(DICT)
    host:get "/key"
    flood(20)
    assert.is_nil(host:errors():find("canary", 1, true))
  end)
end)
