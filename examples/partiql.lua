-- SPDX-License-Identifier: MIT
-- PartiQL: statements with values, results page by page, and what a failure says.
--
-- Run it against any DynamoDB-compatible endpoint that has PartiQL:
--   AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 AWS_REGION=us-east-1 \
--   AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local lua5.4 examples/partiql.lua
local dynamo = require "dynamo"

local TABLE = "dynamo-example-orders-" .. os.time()
local db = dynamo.new {}

assert(db:table(TABLE):create { partition_key = { customer = "S" }, sort_key = { number = "N" } })

local INSERT = ("INSERT INTO \"%s\" VALUE {'customer': ?, 'number': ?, 'total': ?, 'lines': ?}"):format(
  TABLE
)
for number = 1, 12 do
  assert(db:execute(INSERT, "c-1", number, number * 10, { "it's a line" }))
end

-- A result is asked for page by page, as it is used.
local SELECT = ('SELECT * FROM "%s" WHERE customer = ? AND total > ?'):format(TABLE)
local found = assert(db:execute(SELECT, "c-1", 80, { page_size = 5 }))
for order in found:items() do
  print(("%s %d: %d, %s"):format(order.customer, order.number, order.total, order.lines[1]))
end
print("pages: " .. found:info().pages)

-- Failing is ordinary.
local done, _, err = db:execute(INSERT, "c-1", 1, 0, {})
print("refused: " .. tostring(done) .. ", " .. err.code)

local UPDATE = ('UPDATE "%s" SET total = total + ? WHERE customer = ? AND number = ?'):format(TABLE)
assert(db:execute(UPDATE, 5, "c-1", 12))
local order = assert(assert(db:execute(SELECT, "c-1", 121)):one())
print("updated: " .. order.total)

-- Nothing is sent of a value that no item can hold.
local _, message = db:execute(INSERT, "c-1", 13, 0 / 0, {})
print(message)

assert(db:delete_table { TableName = TABLE })
db:close()
