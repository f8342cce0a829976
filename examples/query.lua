-- SPDX-License-Identifier: MIT
-- Many items: a customer's orders newest first, pages for a web site, counts, and a scan in segments
-- whose items are worked on side by side.
local dynamo = require "dynamo"

local TABLE = "dynamo-example-query-" .. os.time()

local db = dynamo.new {}

local orders = db:table(TABLE)
assert(orders:create { partition_key = { customerId = "S" }, sort_key = { orderedAt = "S" } })

for day = 1, 28 do
  for _, customer in ipairs { "c-1", "c-2" } do
    assert(orders:put {
      customerId = customer,
      orderedAt = ("2026-%02d-%02d"):format(day <= 14 and 1 or 2, (day - 1) % 14 + 1),
      total = day * 5,
      note = "order " .. day,
    })
  end
end

-- 1. A condition on the key as text, with a value for each ?; a filter on what it finds.
local february = orders:query(
  "customerId = ? AND begins_with(orderedAt, ?)",
  "c-1",
  "2026-02-",
  { filter = "total > 120" }
)
local dates = {}
for order in february:items() do
  dates[#dates + 1] = order.orderedAt
end
print("february, above 120: " .. table.concat(dates, ", "))

-- 2. Attributes of the key that equal values; the last orders first, and no more than two of them.
local last = assert(orders:query({ customerId = "c-1" }, { descending = true, limit = 2 }):all())
print(("last: %s and %s"):format(last[1].note, last[2].note))

-- 3. A page of a web site, and the cursor that its link to the next page carries: a text that stands in
-- a URL, from which any other process goes on.
local function page_of(cursor)
  local result = orders:query(
    dynamo.all(dynamo.attr("customerId"):eq "c-2", dynamo.attr("orderedAt"):ge "2026-02-05"),
    { limit = 4, projection = "note", cursor = cursor }
  )
  return assert(result:all()), result:cursor()
end
local cursor, pages = nil, 0
repeat
  local page
  page, cursor = page_of(cursor)
  pages = pages + 1
  print(("page %d: %d orders, from %s"):format(pages, #page, page[1].note))
until not cursor

-- 4. Counting sends no items.
print(
  ("counted: %d of c-1, %d in all"):format(
    assert(orders:count { customerId = "c-1" }),
    assert(orders:count())
  )
)

-- 5. The whole table, in four segments side by side, and what it gives worked on by ten at a time.
local sum = 0
local result = orders:scan { segments = 4, projection = "total" }
local done = assert(dynamo.each(result:items(), function(order)
  sum = sum + order.total
end, { in_flight = 10 }))
print(("scanned: %d orders, %d in total"):format(done, sum))

-- 6. A failure raises its message in a for; elsewhere it is returned, and err.cursor is where the rest
-- begins. This cursor is of another query.
local _, message, err = orders
  :query({ customerId = "c-1" }, { cursor = result:cursor() or "x" })
  :next()
print(("refused: %s (%s)"):format(err.code, message))

assert(db:delete_table { TableName = TABLE })
