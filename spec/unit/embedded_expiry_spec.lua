-- SPDX-License-Identifier: MIT
if not pcall(require, "dynamo.sqlite") then
  return pending "dynamo/sqlite.so is not built: SQLite's header is not here"
end

local expiry = require "dynamo.embedded.expiry"
local stores = require "dynamo.embedded.store"
local stream_log = require "dynamo.embedded.stream_log"
local tables = require "support.embedded_tables"

local NOW = 1764268000

-- Returns a store whose table has a stream and expires items by t.
local function with_ttl()
  local store = assert(stores.open { endpoint = "memory:" })
  local document = tables.document(nil, "t")
  local description = document.description
  description.TableArn = "arn:aws:dynamodb:local:000000000000:table/T"
  description.StreamSpecification = { StreamEnabled = true, StreamViewType = "OLD_IMAGE" }
  description.LatestStreamArn = stream_log.enable(store, "T", description, "OLD_IMAGE", NOW)
  return store, store:create_table("T", document)
end

local function put(store, record, s, t)
  tables.put(store, record, { p = { S = "a" }, s = { N = tostring(s) }, t = t })
end

local function left(store, record)
  return table.concat(tables.values(store:range(record, {}), "s"), " ")
end

describe("items whose time is over", function()
  it("go, and others stay", function()
    local store, record = with_ttl()
    put(store, record, 1, { N = tostring(NOW - 1) })
    put(store, record, 2, { N = tostring(NOW + 1) })
    put(store, record, 3, { S = tostring(NOW - 1) })
    put(store, record, 4, nil)
    put(store, record, 5, { N = tostring(NOW - 6 * 365 * 86400) })
    put(store, record, 6, { N = "0" })
    put(store, record, 7, { N = "-5.5" })
    expiry.tick(store, NOW)
    assert.equal("2 3 4 5 6 7", left(store, record))
    expiry.tick(store, NOW + 2)
    assert.equal("3 4 5 6 7", left(store, record))
  end)

  it("are logged as removed by the service", function()
    local store, record = with_ttl()
    put(store, record, 1, { N = tostring(NOW - 1) })
    expiry.tick(store, NOW)
    local arn = record.document.description.LatestStreamArn
    local changes = store:changes(arn, 0, 10)
    assert.equal(1, #changes)
    assert.is_truthy(changes[1][3]:find('"eventName":"REMOVE"', 1, true))
    assert.is_truthy(changes[1][3]:find('"PrincipalId":"dynamodb.amazonaws.com"', 1, true))
    assert.is_truthy(changes[1][3]:find('"OldImage":', 1, true))
  end)

  it("are looked for once a second, some at a time", function()
    local store, record = with_ttl()
    expiry.tick(store, NOW)
    for s = 1, 150 do
      put(store, record, s, { N = tostring(NOW - 1) })
    end
    expiry.tick(store, NOW + 0.5)
    assert.equal(150, (store:statistics(record)))
    expiry.tick(store, NOW + 1)
    assert.equal(50, (store:statistics(record)))
    expiry.tick(store, NOW + 2)
    assert.equal(0, (store:statistics(record)))
  end)
end)

describe("the log of yesterday", function()
  it("goes", function()
    local store = with_ttl()
    store:log("arn", NOW - 86401, "old")
    store:log("arn", NOW - 86399, "new")
    expiry.tick(store, NOW)
    assert.equal("new", store:changes("arn", 0, 10)[1][3])
  end)
end)
