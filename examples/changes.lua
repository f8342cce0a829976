-- SPDX-License-Identifier: MIT
-- Changes: totals of orders that are kept up to date by the orders' stream, each change counted exactly
-- once, whenever the program that counts dies.
--
-- Run it against any DynamoDB-compatible endpoint that has streams:
--   AWS_ENDPOINT_URL=http://127.0.0.1:8000 AWS_REGION=us-east-1 \
--   AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local lua5.4 examples/changes.lua
local dynamo = require "dynamo"

local db = dynamo.new {}
local made = {}

-- Makes a table with a partition key of text, and perhaps a stream.
local function create(name, key, stream)
  local made_one = db:table(("dynamo-example-%s-%d"):format(name, os.time()))
  local description =
    assert(made_one:create { partition_key = { [key] = "S" }, stream_specification = stream })
  made[#made + 1] = description.TableName
  return db:table(description.TableName, { key = { key } })
end

local orders =
  create("orders", "orderId", { StreamEnabled = true, StreamViewType = "NEW_AND_OLD_IMAGES" })
local totals = create("totals", "id")

-- 1. Where the counting is, beside the totals. What is kept first is where it begins.
local function kept_checkpoint()
  local place = totals:get("checkpoint", { consistent_read = true })
  if place then return place.text end
  local text = assert(orders:changes({ from = "trim_horizon" }):checkpoint())
  assert(totals:insert { id = "checkpoint", text = text })
  return text
end

-- What a change adds to the total of its customer.
local function difference(change)
  return (change.new and change.new.amount or 0) - (change.old and change.old.amount or 0)
end

-- 2. A total and the checkpoint behind its change, written at once or not at all: and only if nobody else
-- has counted on from the same place.
local function count(change, before, after)
  local customer = (change.new or change.old).customer
  return db:transaction()
    :update(totals, customer, "ADD amount ?, changes ?", difference(change), 1)
    :update(totals, "checkpoint", "SET text = ?", after, { condition = { "text = ?", before } })
    :commit()
end

-- Counts what is there; dies after so many changes, with the next one in its hands.
local function run(dies_after)
  local before, counted = kept_checkpoint(), 0
  local changes = orders:changes { from = before, wait = 0.5, poll_interval = 0.1 }
  for change in changes:items() do
    if change.kind == "trimmed" then error "changes are lost: count the orders anew" end
    if counted == dies_after then break end
    local after = assert(changes:checkpoint())
    assert(count(change, before, after))
    before, counted = after, counted + 1
  end
  changes:close()
  return counted
end

local function show()
  for _, customer in ipairs { "ann", "bob" } do
    local total = totals:get(customer) or { amount = 0, changes = 0 }
    print(("%s: %s in %s changes"):format(customer, total.amount, total.changes))
  end
end

assert(orders:put { orderId = "o-1", customer = "ann", amount = 10 })
assert(orders:put { orderId = "o-2", customer = "bob", amount = 7 })
assert(orders:update("o-1", "SET amount = ?", 12))
assert(orders:put { orderId = "o-3", customer = "ann", amount = 5 })
assert(orders:delete "o-2")

print("counted, then died: " .. run(2))
show()
print("counted by the next one: " .. run())
show()
print("counted by one that finds nothing: " .. run())

for _, name in ipairs(made) do
  db:delete_table { TableName = name }
end
