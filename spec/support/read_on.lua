-- SPDX-License-Identifier: MIT
-- Reads so many items from a cursor on, in a process of its own:
--
--   lua read_on.lua TABLE scan|query LIMIT [CURSOR]
--
-- prints the number of each, and then the cursor from which the rest follows, if there is any.
local dynamo = require "dynamo"

local name, verb, limit, cursor = arg[1], arg[2], tonumber(arg[3]), arg[4]
local orders = dynamo.new({ timeout = 60, attempt_timeout = 60 }):table(name)
local o = { limit = limit, cursor = cursor, page_size = 23, projection = "n" }
local result
if verb == "scan" then
  o.segments = not cursor and 3 or nil
  result = orders:scan(o)
else
  o.descending, o.index_name = true, "byTotal"
  result = orders:query({ customerId = "c-1" }, o)
end
for order in result:items() do
  assert(next(order, (next(order))) == nil, "more than the projection")
  print("item " .. order.n)
end
print("cursor " .. (assert(not result:failure()) and result:cursor() or ""))
