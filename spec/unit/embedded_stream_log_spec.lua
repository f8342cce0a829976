-- SPDX-License-Identifier: MIT
-- Sequence numbers, and where streams begin and end; what records show, embedded_streams_spec tells.
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local stores = require "dynamo.embedded.store"
local stream_log = require "dynamo.embedded.stream_log"

local NOW = 1764268000.125
local DESCRIPTION = { TableArn = "arn:aws:dynamodb:local:000000000000:table/T", KeySchema = {} }

describe("a sequence number", function()
  it("has 21 digits, orders as its sequence does, and is read back", function()
    local before = ""
    for _, sequence in ipairs { 0, 1, 9, 10, 123456789, 2 ^ 52 } do
      local number = stream_log.sequence_number(sequence)
      assert.equal(21, #number)
      assert.is_true(number > before)
      assert.equal(sequence, stream_log.sequence_of(number))
      before = number
    end
    assert.is_nil(stream_log.sequence_of "x")
  end)
end)

describe("a stream", function()
  it("has a label of its time, and begins behind what was there", function()
    local store = assert(stores.open { endpoint = "memory:" })
    store:log("other", NOW, "x")
    local arn, label = stream_log.enable(store, "T", DESCRIPTION, "NEW_IMAGE", NOW)
    assert.equal("2025-11-27T18:26:40.125", label)
    assert.equal(DESCRIPTION.TableArn .. "/stream/" .. label, arn)
    assert.equal(2, store:stream(arn).document.first)
  end)

  it("ends once", function()
    local store = assert(stores.open { endpoint = "memory:" })
    local arn = stream_log.enable(store, "T", DESCRIPTION, "NEW_IMAGE", NOW)
    store:log(arn, NOW, "x")
    stream_log.disable(store, arn)
    store:log("other", NOW, "x")
    stream_log.disable(store, arn)
    stream_log.disable(store, "arn:none")
    assert.equal(1, store:stream(arn).document.last)
  end)
end)
