-- SPDX-License-Identifier: MIT
-- Exchanges over libcurl's connections that never wait: many of them in one thread.
local core = require "dynamo.core"
local curl = require "dynamo.curl"
local fault = require "support.fault"
local patience = require "support.patience"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

describe("exchanges that do not wait", function()
  local server, pool

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)
  after_each(function()
    pool:close()
  end)

  local function open(options)
    options = options or {}
    options.ca_file = server:ca_file()
    options.connect_timeout_ms = options.connect_timeout_ms or patience.HANG * 1000
    pool = curl.new(options)
  end

  -- What each exchange said last of where it stands: see exchange:advance.
  local said = setmetatable({}, { __mode = "k" })

  local function note(exchange, ...)
    said[exchange] = { ... }
    return exchange
  end

  local function advance(exchange)
    note(exchange, exchange:advance())
    return unpack(said[exchange])
  end

  -- Returns what came of an exchange that is over.
  local function outcome(exchange)
    assert.is_true(said[exchange][1])
    return unpack(said[exchange], 2)
  end

  -- Begins a POST to a path; returns its exchange and its message.
  local function begin(path, options)
    options = options or {}
    local message = core.message()
    assert(message:request("POST", path, { { "Host", "127.0.0.1" } }, "{}"))
    local url = ("%s://127.0.0.1:%d"):format(options.scheme or "http", server.port)
    local deadline = curl.monotonic() + (options.timeout or patience.HANG)
    return note(pool:begin(message, url, "", deadline, options.spare)), message
  end

  -- Goes on with all exchanges of a list, turn by turn, until they are over; returns the turns.
  local function finish(exchanges)
    local left, turns = #exchanges, 0
    local is_over = {}
    while left > 0 do
      turns = turns + 1
      for i, exchange in ipairs(exchanges) do
        local over, fd, mode, seconds = unpack(said[exchange])
        if over and not is_over[i] then
          is_over[i], left = true, left - 1
        elseif not over then
          assert.is_true((fd == nil or fd >= 0) and (mode == "r" or mode == "w") and seconds >= 0)
          advance(exchange)
        end
      end
      curl.sleep(0.001)
    end
    return turns
  end

  for scheme, tls in pairs { http = false, https = "good" } do
    it("each have their own answer, over connections that are kept, over " .. scheme, function()
      open()
      server:script { { tls = tls or nil, exchanges = { {} }, ["repeat"] = true } }
      for round = 1, 3 do
        local exchanges, messages = {}, {}
        for i = 1, 20 do
          exchanges[i], messages[i] = begin(("/%d/%d"):format(round, i), { scheme = scheme })
        end
        finish(exchanges)
        for i, message in ipairs(messages) do
          assert.is_true(outcome(exchanges[i]))
          local status, _, body = message:response()
          assert.equal(200, status)
          assert.truthy(body:find(('"/%d/%d"'):format(round, i), 1, true))
          assert.is_nil(exchanges[i]:close())
        end
        assert.equal(20, #server:log().connections)
      end
    end)
  end

  it("are used again once they are closed", function()
    open()
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local spare
    for round = 1, 3 do
      local exchange, message = begin("/" .. round, { spare = spare })
      assert.is_true(spare == nil or rawequal(spare, exchange))
      assert.is_false(pcall(begin, "/", { spare = exchange }))
      finish { exchange }
      assert.is_true(outcome(exchange))
      assert.truthy(select(3, message:response()):find(('"/%d"'):format(round), 1, true))
      spare = exchange
    end
    assert.equal(1, #server:log().connections)
    local finalise = debug.getmetatable(spare).__gc
    finalise(spare)
    finalise(spare)
    assert.is_false(pcall(begin, "/", { spare = spare }))
  end)

  it("wait for a connection where max_connections are in use", function()
    open { max_connections = 1 }
    server:script { { exchanges = { { stall = 0 } } }, { exchanges = { {} } } }
    local first = begin "/1"
    local second, message = begin "/2"
    local over, fd, _, _, is_without = advance(second)
    assert.same({ false, nil, true }, { over, fd, is_without })
    first:close()
    finish { second }
    assert.is_true(outcome(second))
    assert.equal(200, (message:response()))
    assert.equal(2, #server:log().connections)
  end)

  it("fail with NoFreeConnection if none is there in time", function()
    open { max_connections = 1 }
    server:script { { exchanges = { { stall = 0 } } } }
    local first = begin "/1"
    local second = begin("/2", { timeout = 0.05 })
    advance(first)
    finish { second }
    local _, sent, kind, code = outcome(second)
    assert.same({ "none", "timeout", "NoFreeConnection" }, { sent, kind, code })
    first:close()
  end)

  it("fail at once where nobody would give a connection back", function()
    open { max_connections = 1 }
    server:script { { exchanges = { { stall = 0 } } } }
    local first = begin "/1"
    advance(first)
    local message = core.message()
    assert(message:request("POST", "/", {}, ""))
    local url = ("http://127.0.0.1:%d"):format(server.port)
    local _, _, _, code = pool:carry(message, url, "", curl.monotonic() + patience.HANG)
    assert.equal("NoFreeConnection", code)
    first:close()
  end)

  it("do not wait for a TLS handshake either", function()
    open { connect_timeout_ms = 300 }
    server:script { { tls = "stall" } }
    local exchange = begin("/", { scheme = "https" })
    assert.is_true(finish { exchange } > 2)
    local _, sent, kind, code = outcome(exchange)
    assert.same({ "none", "timeout", "ConnectTimeout" }, { sent, kind, code })
  end)

  for name, leave in pairs {
    ["closed"] = function(exchange)
      assert.equal("complete", exchange:close())
      assert.is_nil(exchange:close())
      assert.is_false(pcall(exchange.advance, exchange))
    end,
    ["collected"] = function() end,
  } do
    it("close their connection when they are " .. name .. " before they are over", function()
      open { max_connections = 1 }
      server:script { { exchanges = { { stall = 0 } } }, { exchanges = { {} } } }
      do
        local exchange = begin "/left"
        local over, fd
        repeat
          over, fd = advance(exchange)
        until fd and #server:log().requests == 1
        assert.is_false(over)
        leave(exchange)
      end
      collectgarbage()
      collectgarbage()
      local exchange, message = begin "/next"
      finish { exchange }
      assert.equal(200, (message:response()))
      assert.equal(2, #server:log().connections)
    end)
  end

  it("are lost with their pool", function()
    open()
    server:script { { exchanges = { { stall = 0 } } } }
    local exchange, message = begin "/"
    repeat
      advance(exchange)
    until #server:log().requests == 1
    pool:close()
    finish { exchange }
    assert.same({ false, "complete" }, { outcome(exchange) })
    assert.equal("ConnectionLost", (select(3, message:response())))
    assert.is_false(pcall(begin, "/"))
  end)

  it("are lost in a child process, and not in its parent", function()
    local has_ffi, ffi = pcall(require, "ffi")
    if not has_ffi then return pending("no fork without LuaJIT's ffi") end
    ffi.cdef "int fork(void); int waitpid(int, int *, int); void _exit(int);"
    open()
    server:script { { exchanges = { { send = { { delay = 0.2 }, fault.response("good") } } } } }
    local exchange, message = begin "/"
    repeat
      advance(exchange)
    until #server:log().requests == 1
    local child = ffi.C.fork()
    if child == 0 then
      local ok = pcall(function()
        assert((exchange:advance()))
        assert(select(3, message:response()) == "ConnectionLost")
      end)
      ffi.C._exit(ok and 0 or 1)
    end
    local status = ffi.new "int[1]"
    assert.equal(child, ffi.C.waitpid(child, status, 0))
    assert.equal(0, status[0])
    finish { exchange }
    assert.equal("good", (select(3, message:response())))
  end)

  it("raise on misuse", function()
    open()
    local message = core.message()
    for _, arguments in ipairs {
      { {}, "http://127.0.0.1:1", "", 1 },
      { message, "http://127.0.0.1:1\0", "", 1 },
      { message, "http://127.0.0.1:1", "", 0 / 0 },
    } do
      assert.is_false(
        pcall(pool.begin, pool, arguments[1], arguments[2], arguments[3], arguments[4])
      )
    end
    local exchange = begin "/"
    assert.equal("locked", getmetatable(exchange))
    assert.is_false(pcall(exchange.advance, io.stdout))
    exchange:close()
  end)
end)
