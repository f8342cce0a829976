-- SPDX-License-Identifier: MIT
local change = require "dynamo.stream.change"
local dynamo = require "dynamo"

local NOUN = { name = "Users", extensions = {} }

local function record_of(more)
  local record = {
    eventID = "e1",
    eventName = "INSERT",
    dynamodb = { Keys = { id = "1" }, NewImage = { id = "1", n = 2 }, SequenceNumber = "7" },
  }
  for name, value in pairs(more or {}) do
    record[name] = value
  end
  return record
end

describe("a change", function()
  it("says what its record does", function()
    local record = record_of { eventName = "MODIFY" }
    record.dynamodb.OldImage = { id = "1", n = 1 }
    record.dynamodb.ApproximateCreationDateTime = 1700000000
    assert.are.same({
      kind = "modify",
      key = { id = "1" },
      old = { id = "1", n = 1 },
      new = { id = "1", n = 2 },
      sequence_number = "7",
      at = 1700000000,
      shard_id = "shard",
      event_id = "e1",
    }, change.of(NOUN, "shard", record))
  end)

  it("has nil for what the view does not have", function()
    local record = record_of { eventName = "REMOVE" }
    record.dynamodb.NewImage = nil
    assert.are.same({
      kind = "remove",
      key = { id = "1" },
      sequence_number = "7",
      shard_id = "s",
      event_id = "e1",
    }, change.of(NOUN, "s", record))
  end)

  it("tells what the service removed when its time was over", function()
    local by = { Type = "Service", PrincipalId = "dynamodb.amazonaws.com" }
    assert.is_true(change.of(NOUN, "s", record_of { userIdentity = by }).by_ttl)
    by.PrincipalId = "somebody"
    assert.is_nil(change.of(NOUN, "s", record_of { userIdentity = by }).by_ttl)
  end)

  it("has its images as the extensions hand them on", function()
    local extension = {
      name = "twice",
      after_read = function(context)
        assert.are.equal("changes", context.operation)
        context.item.n = context.item.n * 2
        return { item = context.item }
      end,
    }
    local own = change.of({ name = "Users", extensions = { extension } }, "s", record_of())
    assert.are.same({ id = "1", n = 4 }, own.new)
    assert.are.same({ id = "1" }, own.key)
  end)

  it("has the image of an item that is hidden from who reads", function()
    local ttl = dynamo.extension.ttl { attribute = "expires", seconds = 60, hide_expired = true }
    local record = record_of { eventName = "REMOVE" }
    record.dynamodb.OldImage, record.dynamodb.NewImage = { id = "1", expires = 1000 }, nil
    local own = change.of({ name = "Users", extensions = { ttl } }, "s", record)
    assert.are.same({ id = "1", expires = 1000 }, own.old)
  end)

  it("is nothing else", function()
    assert.is_nil(change.problem(record_of()))
    assert.are.equal("is of no kind that is known", change.problem(record_of { eventName = "X" }))
    assert.are.equal("has no sequence number", change.problem { eventName = "INSERT" })
    assert.are.equal(
      "has no key",
      change.problem { eventName = "INSERT", dynamodb = { SequenceNumber = "1" } }
    )
  end)

  it("tells where records were lost", function()
    assert.are.same(
      { kind = "trimmed", shard_id = "s", after = "7" },
      change.trimmed { id = "s", position = { word = "after", value = "7" } }
    )
    assert.are.same(
      { kind = "trimmed", shard_id = "s" },
      change.trimmed { id = "s", position = { word = "since", value = 7 } }
    )
  end)
end)
