-- SPDX-License-Identifier: MIT
-- One batch, sent again for what is left of it, with growing waits, within a bound.
local dynamo = require "dynamo"
local fake_client = require "support.fake_client"
local service = require "support.batch_service"

local LOST = { kind = "timeout", sent = "complete" }

describe("a batch of which something is left", function()
  local function ids(list)
    local texts = {}
    for i, item in ipairs(list) do
      texts[i] = item.id
    end
    return table.concat(texts, " ")
  end

  it("is sent again for the rest alone", function()
    local users, sent, fake = service.new { service.leave(2, 3), service.leave(1), service.DONE }
    local done, message, info = users:batch_write { put = service.items(1, 4) }
    assert.is_true(done)
    assert.is_nil(message)
    assert.are.same({ 4, 2, 1 }, { #sent[1].Users, #sent[2].Users, #sent[3].Users })
    assert.are.same({ id = { N = "2" } }, sent[3].Users[1].PutRequest.Item)
    assert.are.same({ 3, 3, 4 }, { info.requests, info.attempts, info.done })
    assert.are.equal(2, #fake.sleeps)
  end)

  it("waits longer each time that nothing gets done, and anew after something was", function()
    local all = service.leave_all
    local users, _, fake = service.new { all, all, all, service.leave(1), all, service.DONE }
    assert(users:batch_write { put = service.items(1, 3) })
    for i, seconds in ipairs { 0.025, 0.05, 0.1, 0.025, 0.05 } do
      assert.is_true(math.abs(fake.sleeps[i] - seconds) < 1e-9, i)
    end
  end)

  it("comes back once nothing got done for so long as a call may take", function()
    local users, _, fake = service.new { service.leave(2), service.leave_all }
    local done, message, err = users:batch_write(
      { put = service.items(1, 2), delete = { 9 } },
      { timeout = 5 }
    )
    assert.is_nil(done)
    assert.are.equal("service", err.kind)
    assert.are.equal("UnprocessedItems", err.code)
    assert.are.equal(message, err.message)
    assert.matches("the service leaves 1 unprocessed, and nothing of them got done in 5 s", message)
    assert.is_true(err.throttled and err.retryable)
    assert.are.equal("2", ids(err.unprocessed.put))
    assert.are.same({ {}, {}, {} }, { err.unprocessed.delete, err.unknown.put, err.unknown.delete })
    assert.are.equal(2, err.done)
    local waited = 0
    for _, seconds in ipairs(fake.sleeps) do
      waited = waited + seconds
    end
    assert.is_true(waited < 5)
  end)

  it("is in doubt if an earlier attempt may have done it", function()
    local users = service.new { LOST, service.leave_all }
    local done, _, err = users:batch_write({ put = service.items(1, 2) }, { timeout = 5 })
    assert.is_nil(done)
    assert.are.equal("UnprocessedItems", err.code)
    assert.are.equal("1 2", ids(err.unknown.put))
    assert.are.equal("", ids(err.unprocessed.put))
    assert.are.equal("unknown", err.maybe_applied)
  end)

  it("is in doubt if its own response was lost", function()
    local users = service.new({ service.leave(2), LOST }, nil, { max_attempts = 1 })
    local done, _, err = users:batch_write { put = service.items(1, 2) }
    assert.is_nil(done)
    assert.are.equal("timeout", err.kind)
    assert.are.equal("2", ids(err.unknown.put))
    assert.are.equal(1, err.done)
  end)

  it("is certainly not done if the service refused it, or it never left", function()
    local refused = { status = 400, body = '{"__type":"x#ValidationException","message":"no"}' }
    local never = { kind = "transport", sent = "none" }
    for _, step in ipairs { refused, never } do
      local users = service.new({ step }, nil, { max_attempts = 1 })
      local done, _, err = users:batch_write { put = service.items(1, 2) }
      assert.is_nil(done)
      assert.are.equal("1 2", ids(err.unprocessed.put))
      assert.are.equal("", ids(err.unknown.put))
      assert.are.equal("no", err.maybe_applied)
    end
  end)

  it("ends where the response speaks of what was not in it", function()
    local answers = {
      '{"UnprocessedItems":{"Others":[{"PutRequest":{"Item":{"id":{"N":"1"}}}}]}}',
      '{"UnprocessedItems":{"Users":[{"PutRequest":{"Item":{"id":{"N":"7"}}}}]}}',
      '{"UnprocessedItems":{"Users":[{}]}}',
    }
    for _, body in ipairs(answers) do
      local users = service.new { { status = 200, body = body } }
      local done, _, err = users:batch_write { put = service.items(1, 1) }
      assert.is_nil(done)
      assert.are.equal("integrity", err.kind)
      assert.are.equal("UnknownUnprocessed", err.code)
      assert.are.equal("1", ids(err.unknown.put))
    end
  end)

  it("goes by the name of a table that its ARN ends with", function()
    local arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/Users"
    local body = '{"UnprocessedItems":{"Users":[{"DeleteRequest":{"Key":{"id":{"N":"1"}}}}]}}'
    local db, fake = fake_client.new { { status = 200, body = body }, service.DONE }
    assert(db:table(arn, { key = { "id" } }):batch_write { delete = { 1, 2 } })
    assert.are.equal(2, #fake.requests)
  end)

  it("ends between two calls when it is cancelled", function()
    local stop = dynamo.canceller()
    local users = service.new {
      function(request)
        stop:cancel()
        return service.leave(2)(request)
      end,
    }
    local done, _, err = users:batch_write({ put = service.items(1, 2) }, { cancel = stop })
    assert.is_nil(done)
    assert.are.same({ "cancelled", "Cancelled", 1 }, { err.kind, err.code, err.done })
    assert.are.equal("batch_write_item", err.operation)
    assert.are.equal("2", ids(err.unprocessed.put))
  end)

  it("ends between two calls when the client is closed", function()
    local users, db, _
    users, _, _, db = service.new {
      function(request, fake)
        function fake.sleep()
          db:close()
        end
        return service.leave(2)(request)
      end,
    }
    local done, _, err = users:batch_write { put = service.items(1, 2) }
    assert.is_nil(done)
    assert.are.same({ "cancelled", "ClientClosed" }, { err.kind, err.code })
    assert.are.equal("2", ids(err.unprocessed.put))
  end)
end)
