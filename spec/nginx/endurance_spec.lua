-- SPDX-License-Identifier: MIT
-- Many requests across a reload and an expiry of the credentials: no answer lost or mixed up, one
-- fetch for each expiry, memory and descriptors flat. DYNAMO_NGINX_REQUESTS says how many there are
-- (2000 for each emulator), and that the figures are printed: make endurance.
local credential_server = require "support.credential_server"
local curl = require "dynamo.curl"
local emulator = require "support.emulator"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("endurance inside nginx (there is no nginx with a Lua module: make setup)")
end

local REQUESTS = tonumber(os.getenv "DYNAMO_NGINX_REQUESTS" or 2000)
local CONNECTIONS = 24
local LIVES = { 3, 3600 } -- seconds of the sets of credentials: one of them ends

local HTTP = [[
  lua_shared_dict credentials 1m;
  init_by_lua_block { inside = require "support.inside_nginx" }
]]
local SERVER = [[
  location /own { content_by_lua_block { inside.own() } }
  location /heap { content_by_lua_block { inside.heap() } }
]]

emulator.each("inside nginx, very many requests", function(host)
  it("all get their own answers", function()
    local credentials = credential_server.start()
    credentials:set { lives = LIVES }
    local name = host:create { { "id", "S" } }
    local server = nginx.start {
      workers = 2,
      http = HTTP,
      server = SERVER,
      env = {
        AWS_ENDPOINT_URL_DYNAMODB = host.endpoint,
        AWS_REGION = "us-east-1",
        AWS_EC2_METADATA_SERVICE_ENDPOINT = credentials.url,
      },
    }
    local began = curl.monotonic()

    -- Each request to nginx writes an item and reads it: two to the service.
    local function flood(requests)
      return server:flood(("/own?table=%s&n={n}"):format(name), CONNECTIONS, requests)
    end
    local function measure()
      local _, heap = server:get "/heap"
      return tonumber(heap), server:open_files()
    end

    local half = math.floor(REQUESTS / 4)
    local wait = flood(half)
    server:reload()
    local first = wait()
    server:await_workers(2)
    flood(400)() -- warm: the new workers' connections and compiled code
    local heap, files = measure()
    local second = flood(half)()
    local heap_after, files_after = measure()
    local last, fetches
    repeat -- a quick machine has not seen an end yet
      last = flood(100)()
      fetches = select(2, credentials:log().steps:gsub("keys", ""))
    until fetches > 1
    local seconds = math.ceil(curl.monotonic() - began)
    local errors = server:errors()
    server:stop()
    credentials:stop()

    assert.same({ ["200 ok"] = half }, first)
    assert.same({ ["200 ok"] = half }, second)
    assert.same({ ["200 ok"] = 100 }, last)
    assert.is_true(heap_after - heap < 1024, ("heap: %d KiB, then %d"):format(heap, heap_after))
    assert.is_true(
      files_after <= files + CONNECTIONS,
      ("%d files, then %d"):format(files, files_after)
    )
    assert.equal(2, fetches)
    assert.is_nil(errors:find("canary", 1, true))
    assert.is_nil(errors:find("[alert]", 1, true))
    if not os.getenv "DYNAMO_NGINX_REQUESTS" then return end
    print(
      (
        "# %s: %d requests, %d s, %d fetches of credentials, heap %d then %d KiB, "
        .. "files %d then %d"
      ):format(
        host.name,
        2 * (2 * half + 500),
        seconds,
        fetches,
        heap,
        heap_after,
        files,
        files_after
      )
    )
  end)
end)
