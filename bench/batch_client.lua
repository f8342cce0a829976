-- SPDX-License-Identifier: MIT
--- batch_client.lua URL N IN_FLIGHT: writes N items of bench/item.json by a writer, IN_FLIGHT batches at
-- once. Prints the CPU (user + system, of this process) and wall time in microseconds an item, after a
-- tenth of N as warm-up.

local dynamo = require "dynamo"

local connect = require "bench.connect"
local stopwatch = require "bench.stopwatch"

local function read_item()
  local file = assert(io.open("bench/item.json"))
  local text = file:read("*l")
  file:close()
  return assert(dynamo.decode_item(text))
end

local users = connect(arg[1]):table("Users", { key = { "userId" } })
local item = read_item()

local function write(count)
  assert(users:writer({ in_flight = tonumber(arg[3]) }, function(w)
    for n = 1, count do
      item.userId = ("user-%06d"):format(n)
      w:put(item)
    end
  end))
end

stopwatch(write, tonumber(arg[2]))
