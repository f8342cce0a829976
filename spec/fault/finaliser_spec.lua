-- SPDX-License-Identifier: MIT
-- The libcurl transport, used by finalisers that the collector runs in the middle of its requests.
local curl = require "dynamo.transport.curl"
local fault = require "support.fault"

-- Has f called when what it returns is collected.
local function when_collected(f)
  local newproxy = rawget(_G, "newproxy")
  if not newproxy then return setmetatable({}, { __gc = f }) end
  local proxy = newproxy(true)
  getmetatable(proxy).__gc = f
  return proxy
end

describe("a finaliser in the middle of a request", function()
  local server

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    collectgarbage "restart"
    collectgarbage("setpause", 200)
    server:stop()
  end)

  local function request(path)
    local headers = { { "Host", "localhost" } }
    for i = 1, 20 do
      headers[i + 1] = { "X-" .. i, ("%d"):format(i):rep(50) }
    end
    return {
      method = "POST",
      scheme = "http",
      host = "127.0.0.1",
      port = server.port,
      path = path,
      headers = headers,
      body = "{}",
    }
  end

  -- Sends a request that the server answers with its path, and asserts that it did.
  local function send(transport, path)
    local response, message = transport:send(request(path), transport:monotonic() + 30)
    assert(response, message)
    assert(response.body:find('"' .. path .. '"', 1, true), "not its own answer")
    return response
  end

  -- Sends many requests with a collector that never rests, while each round leaves `f` to run.
  local function send_with(f, new_transport)
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local ran, problem = 0, nil
    local function finaliser()
      ran = ran + 1
      local ok, message = pcall(f, ran)
      problem = problem or not ok and message
    end
    collectgarbage("setpause", 0)
    collectgarbage("setstepmul", 1000)
    local i = 0
    repeat
      i = i + 1
      local transport = new_transport(i)
      for _ = 1, 30 do
        when_collected(finaliser)
      end
      send(transport, "/outer" .. i)
    until i >= 30 and ran >= 100 or i == 3000
    collectgarbage("setpause", 200)
    collectgarbage("setstepmul", 200)
    assert.is_true(ran >= 100)
    assert.is_nil(problem or nil)
  end

  it("may send, each gets its own response", function()
    local transport = curl.new { proxy = "" }
    send_with(function(i)
      send(transport, "/inner" .. i)
    end, function()
      return transport
    end)
    transport:close()
  end)

  it("may close the transport while the request is written", function()
    server:script { { exchanges = { {} }, ["repeat"] = true } }
    local transport, plain = curl.new { proxy = "" }, request "/written"
    local closing = setmetatable({}, {
      __index = function(_, name)
        if name == "body" then transport:close() end
        return plain[name]
      end,
    })
    local response, message = transport:send(closing, transport:monotonic() + 30)
    assert(response, message)
    assert.has_error(function()
      transport:send(plain, transport:monotonic() + 30)
    end, "the transport is closed")
  end)

  it("may close the transport, which is done once the request has ended", function()
    local transport, is_closed
    local function fresh()
      transport, is_closed = curl.new { proxy = "" }, false
    end
    send_with(function()
      transport:close()
      is_closed = true
    end, function()
      fresh()
      return {
        send = function(_, ...)
          if is_closed then fresh() end
          return transport:send(...)
        end,
        monotonic = transport.monotonic,
      }
    end)
  end)
end)
