-- SPDX-License-Identifier: MIT
-- What of a batch is not known to be done, as its owner gets it back.
local dynamo = require "dynamo"
local service = require "support.batch_service"

local REFUSED = { status = 400, body = '{"__type":"x#ValidationException","message":"no"}' }

describe("what comes back of a batch", function()
  it("is equal to what was given, through and through", function()
    local item = {
      id = dynamo.number "3.14159265358979323846",
      tags = dynamo.set { "a", "b" },
      empty = dynamo.list {},
      map = { list = { 1, "x", true, dynamo.null } },
      bytes = dynamo.binary "\0\255",
    }
    local users = service.new { REFUSED }
    local _, _, err = users:batch_write { put = { item } }
    assert.is_true(dynamo.equal(item, err.unprocessed.put[1]))
    assert.are_not.equal(item, err.unprocessed.put[1])
  end)

  it("has numbers as the client reads them", function()
    local users = service.new({ REFUSED }, nil, { numbers = "exact" })
    local _, _, err = users:batch_write { put = { { id = 1 } } }
    assert.is_true(dynamo.is_number(err.unprocessed.put[1].id))
    local closing, db, _
    closing, _, _, db = service.new({
      function()
        db:close()
        return REFUSED
      end,
    }, nil, { numbers = "exact" })
    _, _, err = closing:batch_write { put = { { id = 1 } } }
    assert.are.equal("ClientClosed", err.code)
    local item = err.unprocessed.put[1] or err.unknown.put[1]
    assert.is_true(dynamo.is_number(item.id))
  end)

  it("has what extensions made of it", function()
    local uuid = dynamo.extension.uuid { attribute = "id" }
    local users, sent = service.new({ REFUSED, service.DONE }, { extensions = { uuid } })
    local _, _, err = users:batch_write { put = { { a = 1 } } }
    assert.matches("^%x+%-", err.unprocessed.put[1].id)
    assert(users:batch_write(err.unprocessed))
    assert.are.same(sent[1], sent[2])
  end)

  it("is in the order given", function()
    local users = service.new { REFUSED }
    local items = {}
    for id = 1, 20 do
      items[id] = { id = (id * 7) % 20 + 1 }
    end
    local _, _, err = users:batch_write { put = items }
    assert.are.same(items, err.unprocessed.put)
  end)

  it("says of the whole whether something may have been done", function()
    local lost = { kind = "timeout", sent = "complete" }
    local cases = {
      { { REFUSED }, "no" },
      { { service.DONE, REFUSED }, "yes" },
      { { lost }, "unknown" },
    }
    for _, case in ipairs(cases) do
      local users = service.new(case[1], nil, { max_attempts = 1 })
      local items = service.items(1, 30)
      local _, _, err = users:batch_write({ put = items }, { in_flight = 1 })
      assert.are.equal(case[2], err.maybe_applied)
    end
  end)
end)
