-- SPDX-License-Identifier: MIT
-- Random operations under random faults over real sockets. The store of the fault server
-- knows how often each was carried out, and what the caller was told must agree with it.
-- DYNAMO_SEED is of what is random (1).
local canary = require "support.canary"
local chaos = require "support.fault.chaos"
local dynamo = require "dynamo"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local scale = require "support.scale"

local COUNT = scale(10000)
local ROUND = 40 -- operations of one client: then others start with all their retries
local KNOWN = ("known "):rep(50)

describe("chaos", function()
  local server
  local roll = chaos.dice(chaos.SEED)

  setup(function()
    server = fault.start()
    server:requests {}
    local db, paced = fault_client.new(server)
    assert(db:put_item { TableName = chaos.TABLE, Item = { id = "known", v = KNOWN } })
    db:close()
    paced:close()
  end)
  teardown(function()
    server:stop()
  end)

  local seen = { ok = 0, replayed = 0 } -- and per maybe_applied and count of writes

  local function add(name)
    seen[name] = (seen[name] or 0) + 1
  end

  -- Notes what a call said, for the sum at the end.
  local function note(call, look)
    local told = call.err or call.info
    if told.replayed then add "replayed" end
    if not call.err then return add "ok" end
    add(
      ("%s %s: %s"):format(
        call.operation.class,
        call.err.maybe_applied or "",
        look.applied > 0 and "done" or "not done"
      )
    )
  end

  -- Makes one call; returns what there is to judge.
  local function call(world, key)
    local operation = chaos.operation(roll)
    server:requests(chaos.plan(roll), { tls = "if asked" })
    local result, message, told = operation.run(world, key)
    assert(result and message == nil or message == tostring(told))
    if canary.find { message, told } then error "a secret leaks" end
    return { key = key, operation = operation, err = not result and told or nil, info = told }
  end

  local function round(number)
    local db, paced = fault_client.new(server, { tls = number % 8 == 0, attempt_timeout = 0.05 })
    local world = {
      db = db,
      things = db:table(chaos.TABLE, { key = { "id" } }),
      known = KNOWN,
      known_id = "known",
      set = dynamo.set,
    }
    local calls, keys = {}, {}
    for i = 1, ROUND do
      keys[i] = ("%d-%d"):format(number, i)
      calls[i] = call(world, keys[i])
    end
    db:close()
    paced:close()
    return calls, server:look(chaos.TABLE, keys)
  end

  it(("of %d operations, seed %d, is told as it was"):format(COUNT, chaos.SEED), function()
    for number = 1, math.ceil(COUNT / ROUND) do
      local calls, looks = round(number)
      for i, made in ipairs(calls) do
        local problem = chaos.judge(made.operation, made.err, looks[i])
        if problem then
          error(
            ("%s (%s): %s; applied %d times, told %s, maybe_applied %s"):format(
              made.key,
              made.operation.class,
              problem,
              looks[i].applied,
              tostring(made.err or "success"),
              tostring(made.err and made.err.maybe_applied)
            )
          )
        end
        note(made, looks[i])
      end
    end
  end)

  it("made each kind of outcome", function()
    if COUNT < 1000 then return pending "too few operations for that" end
    assert.is_true(seen.ok > COUNT / 2)
    for _, name in ipairs {
      "replayed",
      "UNSAFE no: not done",
      "UNSAFE unknown: done",
      "UNSAFE unknown: not done",
      "UNSAFE yes: done",
      "CONDITIONAL unknown: done",
      "CONDITIONAL yes: done",
      "READ : not done",
    } do
      assert.is_true((seen[name] or 0) > 0, name)
    end
  end)
end)
