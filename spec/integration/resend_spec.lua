-- SPDX-License-Identifier: MIT
-- Writes that an emulator carries out and whose answers are lost: none may be carried out twice.
local emulator = require "support.emulator"

local LOST = 3 -- answers; the fourth attempt is the last one of a call

-- Returns a transport through `inner` that loses the responses of the first requests.
local function losing(inner)
  local left = LOST
  return setmetatable({
    sleep = function() end,
    send = function(_, request, deadline)
      local response, message, err = inner:send(request, deadline)
      if left == 0 or not response then return response, message, err end
      left = left - 1
      return nil,
        "the answer is lost",
        {
          kind = "transport",
          code = "ConnectionLost",
          message = "the answer is lost",
          sent = "complete",
        }
    end,
  }, { __index = inner })
end

local function jobs()
  return { "job", "job", "job", "job", "job" }
end

local function versions()
  return { { v = 3 }, { v = 3 }, { v = 3 }, { v = 3 }, { v = 3 } }
end

-- Each is { the item before, update, condition, the item after one write }.
local AT_AN_INDEX = {
  {
    { l = jobs(), n = 0 },
    "REMOVE l[0] SET n = n + 1",
    "attribute_exists(l[0])",
    { elements = 4, n = 1 },
  },
  {
    { l = { "a" }, n = 0 },
    "SET l[99] = 'x', n = n + 1",
    "attribute_not_exists(l[99])",
    { elements = 2, n = 1 },
  },
  { { l = jobs() }, "REMOVE l[0]", "l[0] = 'job'", { elements = 4 } },
  {
    { l = versions(), n = 0 },
    "REMOVE l[0] SET l[1].v = 4, n = n + 1",
    "l[1].v = 3",
    { elements = 4, n = 1 },
  },
}

emulator.each("a write whose answer is lost", function(host)
  local name

  setup(function()
    name = host:create { { "pk", "S" } }
  end)

  local function stored(pk)
    return assert(host.db:get_item { TableName = name, Key = { pk = pk } }).Item
  end

  -- Puts the item; returns a table whose answers are lost.
  local function prepared(item, pk)
    item.pk = pk
    assert(host.db:put_item { TableName = name, Item = item })
    return host:client { transport = losing(host.transport) }:table(name, { key = { "pk" } })
  end

  for i, case in ipairs(AT_AN_INDEX) do
    local item, update, condition, after = case[1], case[2], case[3], case[4]
    host:it(("is done once: %s if %s"):format(update, condition), function()
      local key = "index " .. i
      local done, _, err = prepared(item, key):update(
        { pk = key },
        update,
        { condition = condition }
      )
      assert.is_nil(done)
      assert.same({ "unknown", 1 }, { err.maybe_applied, err.attempts })
      local left = stored(key)
      assert.same(after, { elements = #left.l, n = left.n })
    end)
  end

  host:it("is sent again, and done once, under a version without an index", function()
    local things = prepared({ l = jobs(), v = 3 }, "guarded")
    local done, _, err = things:update(
      { pk = "guarded" },
      "REMOVE l[0] SET v = v + 1",
      { condition = "v = 3" }
    )
    assert.is_nil(done)
    assert.same(
      { "ConditionalCheckFailedException", "unknown", 4 },
      { err.code, err.maybe_applied, err.attempts }
    )
    assert.same({ 4, 4 }, { #stored("guarded").l, stored("guarded").v })
  end)

  host:it("is sent again, and comes to the same, below an element", function()
    local things = prepared({ l = versions() }, "below")
    assert.is_true(things:update({ pk = "below" }, "SET l[1].v = 4, a = 5 REMOVE l[0].v"))
    assert.same({ 4, 5, 5 }, { stored("below").l[2].v, stored("below").a, #stored("below").l })
  end)

  host:it("in a batch is over when the call is: what follows it stays", function()
    local db = host:client { transport = losing(host.transport) }
    assert(db:batch_write_item {
      RequestItems = {
        [name] = {
          { PutRequest = { Item = { pk = "batch 1", v = "first" } } },
          { PutRequest = { Item = { pk = "batch 2", v = "first" } } },
        },
      },
    })
    local things = db:table(name, { key = { "pk" } })
    assert.is_true(things:put { pk = "batch 1", v = "second" })
    assert.is_true(things:delete { pk = "batch 2" })
    assert.same({ pk = "batch 1", v = "second" }, stored "batch 1")
    assert.is_nil(stored "batch 2")
  end)
end)
