-- SPDX-License-Identifier: MIT
-- modify by eight clients on one item, under random faults: lost answers above all. Each call adds one
-- to a number and its own name to a set, so that what was done can be told from what was said.
local chaos = require "support.fault.chaos"
local dynamo = require "dynamo"
local fault = require "support.fault"
local fault_client = require "support.fault.client"
local scale = require "support.scale"

local TABLE = "Counters"
local CLIENTS = 8
local COUNT = scale(250)
local ATTEMPTS = 10000 -- of a guard that others make fail
local MANY_SECONDS = 86400 -- waits move the one clock of all calls on

describe("modify, by eight clients under faults", function()
  local server
  local roll = chaos.dice(chaos.SEED)

  setup(function()
    server = fault.start()
  end)
  teardown(function()
    server:stop()
  end)

  -- Returns what happens to the requests, in whatever order they come.
  local function plan()
    local exchanges = {}
    for i = 1, COUNT * 2 do
      for _, exchange in ipairs(chaos.plan(roll)) do
        exchanges[#exchanges + 1] = i % 3 == 0 and exchange or {}
      end
    end
    return exchanges
  end

  -- Adds one, under the name of the call; returns what was told of it.
  local function add(counters, key, name)
    local done, message, told = counters:modify(key, function(item)
      item = item or { n = 0, names = dynamo.set {} }
      item.n = item.n + 1
      item.names[#item.names + 1] = name
      return item
    end, { attempts = ATTEMPTS })
    assert(done and message == nil or message == tostring(told))
    return done and "yes" or told.maybe_applied or "no"
  end

  -- Calls so often, as many at once as there are clients; returns name -> what was told.
  local function run(counters, key)
    local told, names = {}, {}
    for i = 1, COUNT do
      names[i] = ("call %04d"):format(i)
    end
    assert(dynamo.each(names, function(name)
      told[name] = add(counters, key, name)
    end, { in_flight = CLIENTS }))
    return told
  end

  -- Asserts that the item is what was told, and nothing was done twice.
  local function judge(told, look)
    local item, found, seen = dynamo.from_typed(look.item), {}, { yes = 0, no = 0, unknown = 0 }
    for _, name in ipairs(item.names) do
      found[name] = true
    end
    assert.equal(#item.names, item.n, "an increment was lost, or done twice")
    assert.equal(#item.names, look.applied)
    for name, word in pairs(told) do
      seen[word] = seen[word] + 1
      if word == "yes" then assert.is_true(found[name], name .. " was said to be done") end
      if word == "no" then assert.is_nil(found[name], name .. " was said not to be done") end
    end
    return seen
  end

  for _, name in ipairs { "what it changes", "the version" } do
    it("loses nothing and doubles nothing, guarded by " .. name, function()
      local extensions = name == "the version" and { dynamo.extension.version() } or {}
      local db = fault_client.new(server, { attempt_timeout = 0.5, timeout = MANY_SECONDS })
      local counters = db:table(TABLE, { key = { "id" }, extensions = extensions })
      server:requests(plan(), { tls = "if asked" })
      local told = run(counters, name)
      db:close()
      local seen = judge(told, server:look(TABLE, { name })[1])
      assert.is_true(seen.yes > 0)
    end)
  end
end)
