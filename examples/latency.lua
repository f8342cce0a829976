-- SPDX-License-Identifier: MIT
-- Hooks made a table of what each operation costs: requests, retries, failures, latency, capacity.
-- The records they get have figures and names only, never items or secrets, so that the table may go
-- into any log.
local dynamo = require "dynamo"
local transports = require "dynamo.transport"

local TABLE = "dynamo-example-latency-" .. os.time()

-- operation -> { requests, retries, failures, units, seconds = { each request's } }
local costs = {}

local function cost_of(record)
  local cost = costs[record.operation]
    or { requests = 0, retries = 0, failures = 0, units = 0, seconds = {} }
  costs[record.operation] = cost
  return cost
end

local hooks = {}

function hooks.after_response(record)
  local cost = cost_of(record)
  cost.requests = cost.requests + 1
  cost.seconds[#cost.seconds + 1] = record.seconds
  cost.units = cost.units + (record.consumed_capacity or 0)
  if record.kind then cost.failures = cost.failures + 1 end
end

function hooks.before_retry(record)
  local cost = cost_of(record)
  cost.retries = cost.retries + 1
end

-- A network that loses every eighth answer, so that there is something to see. Any table with these
-- methods can carry the requests of a client.
local function lossy(transport)
  local sent = 0
  return {
    send = function(_, request, deadline)
      local response, message, err = transport:send(request, deadline)
      sent = sent + 1
      if response and sent % 8 == 0 then
        return nil, "the answer was lost", { kind = "transport", code = "Lost", sent = "complete" }
      end
      return response, message, err
    end,
    sleep = function(_, seconds)
      transport:sleep(seconds)
    end,
    now = function()
      return transport:now()
    end,
    monotonic = function()
      return transport:monotonic()
    end,
    close = function()
      transport:close()
    end,
  }
end

local db = dynamo.new {}
assert(db:table(TABLE):create { partition_key = { id = "N" } })

local watched = dynamo.new { hooks = hooks, transport = lossy(transports.new {}) }

-- Storing and reading may be repeated. Counting may not: a request that may have been carried out is
-- not sent again, and the call says that it does not know.
local items = watched:table(TABLE, { key = { "id" } })
local unknown = 0
for id = 1, 40 do
  assert(items:put({ id = id, visits = 0 }, { return_consumed_capacity = "TOTAL" }))
  assert(items:get({ id = id }, { return_consumed_capacity = "TOTAL" }))
  local counted, _, err = items:update({ id = id }, "ADD visits ?", 1)
  if not counted and err.maybe_applied == "unknown" then unknown = unknown + 1 end
end

-- Returns the value that a share of the sorted list lies below.
local function quantile(list, share)
  return list[math.max(1, math.ceil(#list * share))]
end

local function print_row(operation, cost)
  table.sort(cost.seconds)
  local half, most = quantile(cost.seconds, 0.5) * 1000, quantile(cost.seconds, 0.99) * 1000
  print(
    ("%-12s %3d requests %2d retries %2d failures  half within %.1f ms, 99 %% within %.1f ms"):format(
      operation,
      cost.requests,
      cost.retries,
      cost.failures,
      half,
      most
    )
  )
end

local names = {}
for operation in pairs(costs) do
  names[#names + 1] = operation
end
table.sort(names)
for _, operation in ipairs(names) do
  print_row(operation, costs[operation])
end
print(("counts not known to be done: %d"):format(unknown))

assert(db:delete_table { TableName = TABLE })
db:close()
