-- SPDX-License-Identifier: MIT
-- Queries, scans and counts inside the nginx of support/nginx.lua.
local dynamo = require "dynamo"
local json = require "dkjson"

local M = {}

-- Returns the result that a request asks for by its arguments.
local function result_of(orders, args)
  local o = {
    segments = tonumber(args.segments),
    limit = tonumber(args.limit),
    page_size = tonumber(args.page_size),
    prefetch = args.prefetch ~= nil,
    descending = args.descending and true or nil,
    cursor = args.cursor,
  }
  if args.customer then return orders:query({ customerId = args.customer }, o) end
  return orders:scan(o)
end

--- Answers the numbers of the items that are asked for, in order, and the cursor of the rest; with
-- `each`, they are handed out to work side by side, with `count`, counted.
function M.read()
  local args = ngx.req.get_uri_args()
  local db = dynamo.new { timeout = 60, attempt_timeout = 60 }
  local result = result_of(db:table(args.table, { key = { "customerId", "at" } }), args)
  local numbers, most, now = {}, 0, 0
  if args.count then
    ngx.print(json.encode { count = assert(result:count()) })
    return
  elseif args.each then
    assert(dynamo.each(result:items(), function(order)
      now = now + 1
      most = math.max(most, now)
      ngx.sleep(0.001)
      numbers[#numbers + 1], now = order.at, now - 1
    end, { in_flight = 5 }))
  else
    for order in result:items() do
      numbers[#numbers + 1] = order.at
    end
  end
  ngx.print(json.encode { numbers = numbers, most = most, cursor = result:cursor() })
end

return M
