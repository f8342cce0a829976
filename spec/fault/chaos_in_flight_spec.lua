-- SPDX-License-Identifier: MIT
-- Random operations under random faults, fifty at once over real sockets.
-- Nothing is done twice that must not be, what the callers are told agrees with the store, and no
-- call is handed another's answer. DYNAMO_SEED is of what is random (1).
local chaos = require "support.fault.chaos"
local dynamo = require "dynamo"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local scale = require "support.scale"

local COUNT = scale(10000)
local ROUND = 250 -- operations of one client, at most
local IN_FLIGHT = 50
local MANY_SECONDS = 86400 -- waits move the one clock of all calls on
local KNOWN = ("known "):rep(50)

describe("chaos, fifty in flight", function()
  local server
  local roll = chaos.dice(chaos.SEED)
  local seen = { ok = 0, failed = 0, replayed = 0, most = 0 }

  setup(function()
    server = fault.start()
    server:requests {}
    local db, paced = fault_client.new(server)
    for i = 1, IN_FLIGHT do
      assert(db:put_item { TableName = chaos.TABLE, Item = { id = "known-" .. i, v = KNOWN } })
    end
    db:close()
    paced:close()
  end)
  teardown(function()
    server:stop()
  end)

  -- Returns what happens to the requests of so many operations, in whatever order they come.
  local function plan(count)
    local exchanges = {}
    for _ = 1, count do
      for _, exchange in ipairs(chaos.plan(roll)) do
        exchanges[#exchanges + 1] = exchange
      end
    end
    return exchanges
  end

  -- Makes the calls of a round; returns each with what was told.
  local function make(calls, db)
    local things = db:table(chaos.TABLE, { key = { "id" } })
    local now = 0
    assert(dynamo.each(calls, function(call)
      now = now + 1
      seen.most = math.max(seen.most, now)
      local world = {
        db = db,
        things = things,
        known = KNOWN,
        known_id = "known-" .. call.number % IN_FLIGHT + 1,
        set = dynamo.set,
      }
      local result, message, told = call.operation.run(world, call.key)
      now = now - 1
      assert(result and message == nil or message == tostring(told))
      call.err, call.told = not result and told or nil, told
    end, { in_flight = IN_FLIGHT }))
  end

  local function round(number, count)
    local calls, keys = {}, {}
    for i = 1, count do
      keys[i] = ("%d-%d"):format(number, i)
      calls[i] = { number = i, key = keys[i], operation = chaos.operation(roll) }
    end
    local db, paced = fault_client.new(server, {
      tls = number % 8 == 0,
      attempt_timeout = 0.5,
      timeout = MANY_SECONDS,
    })
    server:requests(plan(count), { tls = "if asked" })
    make(calls, db)
    db:close()
    paced:close()
    return calls, server:look(chaos.TABLE, keys)
  end

  local function judge(call, look)
    local problem = chaos.judge(call.operation, call.err, look)
    if problem then
      error(
        ("%s (%s): %s; applied %d times, told %s, maybe_applied %s"):format(
          call.key,
          call.operation.class,
          problem,
          look.applied,
          tostring(call.err or "success"),
          tostring(call.err and call.err.maybe_applied)
        )
      )
    end
    local outcome = call.err and "failed" or "ok"
    seen[outcome] = seen[outcome] + 1
    if call.told.replayed then seen.replayed = seen.replayed + 1 end
  end

  it(("of %d operations, seed %d, is told as it was"):format(COUNT, chaos.SEED), function()
    local left, number = COUNT, 0
    while left > 0 do
      number = number + 1
      local count = math.min(left, ROUND)
      local calls, looks = round(number, count)
      for i, call in ipairs(calls) do
        judge(call, looks[i])
      end
      left = left - count
    end
  end)

  it("had as many at once, and outcomes of each kind", function()
    if COUNT < 1000 then return pending "too few operations for that" end
    assert.equal(IN_FLIGHT, seen.most)
    for _, name in ipairs { "ok", "failed", "replayed" } do
      assert.is_true(seen[name] > COUNT / 50, name)
    end
  end)
end)
