-- SPDX-License-Identifier: MIT
-- What the kernel sees of an nginx worker while a client of ours works in it: it never waits but in
-- nginx's own event loop.
local curl = require "dynamo.curl"
local fault = require "support.fault"
local nginx = require "support.nginx"

if not nginx.is_installed() then
  return pending("what blocks inside nginx (there is no nginx with a Lua module: make setup)")
end

local SERVER = [[
  location /try { content_by_lua_block { inside.try_here() inside.tell() } }
]]

-- The calls by which a program waits, or may.
local WAITING = "connect,poll,ppoll,select,pselect6,nanosleep,clock_nanosleep,wait4,waitid"

local function read_file(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

-- Watches a process with strace; returns a function that ends that and gives the lines, or nil where
-- strace is not there or not let.
local function watch(pid)
  local path = os.tmpname()
  local pipe = io.popen(
    ([[exec env -u LD_PRELOAD sh -c '
    strace -f -qq -e trace=%s -e signal=none -o %s -p %d 2>/dev/null & cat >/dev/null
    kill -INT $!; wait $!']]):format(WAITING, path, pid),
    "w"
  )
  local function stop()
    pipe:close()
    local text = read_file(path)
    os.remove(path)
    return text
  end
  for _ = 1, 2000 do
    if read_file(("/proc/%d/status"):format(pid)):find("TracerPid:%s+[1-9]") then return stop end
    curl.sleep(0.01)
  end
  stop()
  return nil
end

describe("an nginx worker", function()
  local server, host

  setup(function()
    server = fault.start()
    host = nginx.start {
      server = SERVER,
      env = {
        AWS_ENDPOINT_URL_DYNAMODB = "http://127.0.0.1:" .. server.port,
        AWS_REGION = "us-east-1",
        AWS_ACCESS_KEY_ID = "local",
        AWS_SECRET_ACCESS_KEY = "local",
      },
      http = [[ init_by_lua_block { inside = require "support.inside_nginx" } ]],
    }
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)

  it("never blocks: not to connect, not to read, not between attempts", function()
    local _, workers = host:processes()
    local stop = watch(workers[1])
    if not stop then return pending("what strace sees (it is missing, or may not look)") end
    local later = { send = { fault.response("", "", "503 Later") } }
    local good = { delay = 0.1, send = { fault.response "{}" } }
    server:script { { exchanges = { later, later, good } } }
    local status, body = host:get "/try"
    local seen = stop()
    assert.equal(200, status)
    assert.matches('"ok":true', body, 1, true)
    assert.equal(3, #server:log().requests)
    local connects = 0
    for line in seen:gmatch("[^\n]+") do
      assert.matches("connect%(.*EINPROGRESS", line) -- the only one of those calls, and it waits not
      connects = connects + 1
    end
    assert.equal(1, connects)
  end)

  it("has no libcurl in it", function()
    local _, workers = host:processes()
    local maps = read_file(("/proc/%s/maps"):format(workers[1]))
    assert.matches("dynamo/core.so", maps, 1, true)
    assert.is_nil(maps:find("libcurl", 1, true))
    assert.is_nil(maps:find("dynamo/curl.so", 1, true))
  end)

  it("serves others while many requests of ours wait", function()
    server:script { { exchanges = { { stall = 0 } } } }
    local wait = host:flood("/try", 50, 50)
    repeat
      curl.sleep(0.01)
    until #server:log().requests == 50
    for _ = 1, 20 do
      assert.equal(200, (host:get "/ready"))
    end
    for _, connection in ipairs(server:log().connections) do
      assert.is_false(connection.closed) -- none of them was answered yet
    end
    server:script { { exchanges = { { send = { fault.response "{}" } } } } } -- now they are, or again
    wait()
  end)
end)
