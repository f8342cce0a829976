-- SPDX-License-Identifier: MIT
-- The libcurl transport as a part of its process: files, signals, other programs, forks.

local fault = require "support.fault"
local programs = require "dynamo.process"
local transport = require "dynamo.transport.curl"

describe("the libcurl transport in its process", function()
  local server, client

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)
  before_each(function()
    client = transport.new { ca_file = server:ca_file(), proxy = "" }
  end)
  after_each(function()
    client:close()
  end)

  -- A POST to the fault server; `changes` replaces fields.
  local function send(changes, through)
    local request = {
      method = "POST",
      scheme = "http",
      host = "127.0.0.1",
      port = server.port,
      path = "/",
      headers = { { "Host", "127.0.0.1" }, { "Content-Type", "application/x-amz-json-1.0" } },
      body = "{}",
    }
    for key, value in pairs(changes or {}) do
      request[key] = value
    end
    return (through or client):send(request, client:monotonic() + 10)
  end

  it("leaves no socket behind", function()
    local stat = io.open("/proc/self/stat")
    if not stat then return pending("no /proc to count sockets in") end
    local process = stat:read("*l"):match("^%d+")
    stat:close()
    local function count()
      collectgarbage()
      collectgarbage()
      local list = io.popen("ls -l /proc/" .. process .. "/fd | grep -c socket:")
      local number = list:read("*l"):match("%d+")
      list:close()
      return number
    end
    local mixed = { exchanges = { {}, { cut = 0 } } }
    local tls = { exchanges = { {}, { cut = 0 } }, tls = "good" }
    local function round(scheme, script)
      server:script { script }
      for _ = 1, 25 do
        send { scheme = scheme }
      end
    end
    round("http", mixed)
    client:close()
    local before = count()
    for _ = 1, 4 do
      client = transport.new { ca_file = server:ca_file(), proxy = "" }
      round("http", mixed)
      round("https", tls)
      client:close()
    end
    assert.equal(before, count())
  end)

  it("keeps its connections from other programs", function()
    local function inherited()
      local list = io.popen("ls -l /proc/self/fd | grep -c socket:")
      local number = list:read("*l")
      list:close()
      return number
    end
    local own = transport.new { proxy = "" }
    server:script {
      { exchanges = { { send = { fault.response("", "Connection: close\r\n") } } } },
      { exchanges = { {} }, ["repeat"] = true },
    }
    assert(send(nil, own)) -- libcurl 7.88 makes itself a pair of sockets, and hands them on
    local before = inherited()
    for _ = 1, 2 do
      assert(send(nil, own))
    end
    assert.equal(2, #server:log().connections)
    assert.equal(before, inherited())
    local status, output = programs.run({ "sh", "-c", "ls -l /proc/self/fd" }, 5000, 4096)
    assert.equal(0, status)
    assert.is_nil(output:find("socket:", 1, true))
    own:close()
  end)

  it("survives a peer that resets while a large body is written", function()
    for scheme, tls in pairs { http = false, https = "good" } do
      server:script { { tls = tls or nil, close = "rst", exchanges = { { read = 1, cut = 0 } } } }
      for _ = 1, 10 do
        local _, _, err = send { scheme = scheme, body = ("b"):rep(2 ^ 22) }
        assert.equal("ConnectionLost", err.code)
      end
    end
  end)

  describe("after a fork", function()
    local has_ffi, ffi = pcall(require, "ffi")
    if has_ffi then ffi.cdef "int fork(void); int waitpid(int, int *, int); void _exit(int);" end

    -- Runs `work` in a child process; returns a function that gives its exit status.
    local function in_child(work)
      local child = ffi.C.fork()
      if child == 0 then
        local ok, problem = pcall(work)
        if not ok then io.stderr:write(tostring(problem), "\n") end
        ffi.C._exit(ok and 0 or 1)
      end
      return function()
        local status = ffi.new("int[1]")
        assert.equal(child, ffi.C.waitpid(child, status, 0))
        return status[0]
      end
    end

    for scheme, tls in pairs { http = false, https = "good" } do
      local script = { { tls = tls or nil, exchanges = { {} }, ["repeat"] = true } }

      local function send_many(who)
        for i = 1, 50 do
          local path = ("/%s/%d"):format(who, i)
          local response = assert(send { scheme = scheme, path = path })
          assert(response.body:find('"' .. path .. '"', 1, true), "not its own answer")
        end
      end

      it("parent and child get their own responses over " .. scheme, function()
        if not has_ffi then return pending("no fork without LuaJIT's ffi") end
        server:script(script)
        send_many("before")
        local wait = in_child(function()
          send_many("child")
          client:close()
        end)
        send_many("parent")
        assert.equal(0, wait())
        send_many("after")
        local first = server:log().connections[1]
        assert.equal(150, #first.requests) -- the parent's, all on its own connection
        for _, request in ipairs(first.requests) do
          assert.is_nil(request.path:find("child", 1, true))
        end
      end)

      it("a child that closes leaves the parent's connection whole over " .. scheme, function()
        if not has_ffi then return pending("no fork without LuaJIT's ffi") end
        server:script(script)
        send_many("before")
        assert.equal(
          0,
          in_child(function()
            client:close()
          end)()
        )
        send_many("after")
        assert.equal(1, #server:log().connections)
      end)
    end
  end)
end)
