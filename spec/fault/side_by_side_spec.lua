-- SPDX-License-Identifier: MIT
-- Calls side by side over real sockets, in each loop: how many there are at once, how each ends that
-- is cancelled, and that nothing else waits for them.
local curl = require "dynamo.curl"
local dynamo = require "dynamo"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local hosts = require "support.loops"
local loops = require "dynamo.loop"
local scale = require "support.scale"

local IN_FLIGHT = 50
local COUNT = math.max(IN_FLIGHT, scale(500))
local SECONDS = 0.05 -- that each answer takes
local LARGE = ("x"):rep(8 * 1024 * 1024) -- more than sockets take unread

local function list_to(n)
  local list = {}
  for i = 1, n do
    list[i] = i
  end
  return list
end

hosts.each("calls side by side", function(host)
  local server, db

  setup(function()
    server = fault.start()
    server:requests {}
  end)
  teardown(function()
    server:stop()
  end)

  local function new_client(more)
    more = more or {}
    more.real, more.loop = true, host.loop
    more.max_attempts = more.max_attempts or 1
    db = fault_client.new(server, more)
  end
  after_each(function()
    db:close()
  end)

  -- Returns whether the server has read the head of a request.
  local function has_begun()
    return #server:log().requests == 1
  end

  local function put(i, o)
    return db:put_item({ TableName = "Things", Item = { id = tostring(i) } }, o)
  end

  it(
    ("%d of %g s, %d in flight, keep nothing waiting"):format(COUNT, SECONDS, IN_FLIGHT),
    function()
      new_client { timeout = 60, attempt_timeout = 60 }
      local exchanges = {}
      for i = 1, IN_FLIGHT do -- the first are answered when as many are there
        exchanges[i] = { gather = IN_FLIGHT, delay = SECONDS }
      end
      exchanges[IN_FLIGHT + 1] = { delay = SECONDS }
      server:requests(exchanges, { ["repeat"] = true })
      local count, message, is_over, ticks = nil, nil, false, 0
      host.run(function()
        count, message = dynamo.each(list_to(COUNT), put, { in_flight = IN_FLIGHT })
        is_over = true
      end, function()
        while not is_over do
          loops.wait(nil, nil, 0.005)
          ticks = ticks + 1
        end
      end)
      assert.is_nil(message)
      assert.equal(COUNT, count)
      local log = server:log()
      assert.equal(IN_FLIGHT, log.peak)
      assert.equal(COUNT, #log.requests)
      assert.is_true(ticks >= COUNT / IN_FLIGHT, ticks)
    end
  )

  it("share connections that are fewer", function()
    new_client { timeout = 60, max_connections = 3 }
    server:requests {}
    host.run(function()
      assert.equal(40, (assert(dynamo.each(list_to(40), put, { in_flight = 20 }))))
    end)
    local log = server:log()
    assert.is_true(#log.connections <= 3)
    assert.is_true(log.peak <= 3)
  end)

  it("that find no free connection in time say so", function()
    new_client { max_connections = 1, timeout = 60, attempt_timeout = 60 }
    server:script { { exchanges = { { stall = 0 } } } }
    local stop, late = dynamo.canceller(), nil
    host.run(function()
      put(1, { cancel = stop })
    end, function()
      repeat
        loops.wait(nil, nil, 0.005)
      until has_begun()
      local _, _, err = put(2, { timeout = 0.05 })
      late = err
      stop:cancel()
    end)
    assert.same(
      { "timeout", "NoFreeConnection", "no" },
      { late.kind, late.code, late.maybe_applied }
    )
  end)

  -- Makes a call, and cancels it once is_there() says so; returns its error and how long that took.
  local function cancelled(item, is_there)
    local stop, result, err = dynamo.canceller(), nil, nil
    local cancelled_at, ended_at
    host.run(function()
      local answer, _, failed = db:put_item(
        { TableName = "Things", Item = item },
        { cancel = stop }
      )
      result, err = answer, failed
      ended_at = curl.monotonic()
    end, function()
      repeat
        loops.wait(nil, nil, 0.005)
      until is_there()
      cancelled_at = curl.monotonic()
      stop:cancel()
    end)
    assert.is_nil(result)
    assert.is_true(ended_at - cancelled_at < 20)
    return err
  end

  local function assert_cancelled(applied, err)
    assert.same({ "cancelled", "Cancelled", applied }, { err.kind, err.code, err.maybe_applied })
  end

  local SMALL = { id = "1" }

  it("are cancelled while they connect", function()
    new_client { endpoint = "http://127.0.0.1:" .. server:black_hole(), connect_timeout = 60 }
    local looks = 0
    assert_cancelled(
      "no",
      cancelled(SMALL, function()
        looks = looks + 1
        return looks == 5
      end)
    )
  end)

  it("are cancelled while they wait for a connection", function()
    new_client { max_connections = 1, timeout = 60, attempt_timeout = 60 }
    server:script { { exchanges = { { stall = 0 } } } }
    local first, second, waits = dynamo.canceller(), dynamo.canceller(), false
    local errs = {}
    host.run(function()
      local _, _, err = put(1, { cancel = first })
      errs[1] = err
    end, function()
      repeat
        loops.wait(nil, nil, 0.005)
      until has_begun()
      waits = true
      local _, _, err = put(2, { cancel = second })
      errs[2] = err
      first:cancel()
    end, function()
      repeat
        loops.wait(nil, nil, 0.005)
      until waits
      second:cancel()
    end)
    assert_cancelled("unknown", errs[1])
    assert_cancelled("no", errs[2])
  end)

  it("are cancelled while they send", function()
    new_client { timeout = 60, attempt_timeout = 60 }
    server:script { { exchanges = { { read = 10, stall = 0 } } } }
    assert_cancelled("no", cancelled({ id = "1", v = LARGE }, has_begun))
  end)

  it("are cancelled while they wait for the answer", function()
    new_client { timeout = 60, attempt_timeout = 60 }
    server:script { { exchanges = { { stall = 0 } } } }
    assert_cancelled("unknown", cancelled(SMALL, has_begun))
  end)

  it("are cancelled while they read the answer", function()
    new_client { timeout = 60, attempt_timeout = 60 }
    server:script { { exchanges = { { stall = 60 } } } }
    assert_cancelled(
      "unknown",
      cancelled(SMALL, function()
        return has_begun() and server:log().requests[1].complete
      end)
    )
  end)

  it("are cancelled while they wait for another attempt", function()
    local waits = false
    new_client {
      max_attempts = 4,
      timeout = 60,
      hooks = {
        before_retry = function()
          waits = true
        end,
      },
    }
    server:requests { { error = { code = "ThrottlingException", message = "slow down" } } }
    assert_cancelled(
      "no",
      cancelled(SMALL, function()
        return waits
      end)
    )
  end)

  it("end when their client is closed", function()
    new_client { timeout = 60, attempt_timeout = 60 }
    server:script { { exchanges = { { stall = 0 } } } }
    local err
    host.run(function()
      local _, _, failed = put(1)
      err = failed
    end, function()
      repeat
        loops.wait(nil, nil, 0.005)
      until has_begun()
      db:close()
    end)
    assert.same(
      { "cancelled", "ClientClosed", "unknown" },
      { err.kind, err.code, err.maybe_applied }
    )
  end)
end)
