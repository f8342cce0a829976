-- SPDX-License-Identifier: MIT
-- Writes to a store in a process of its own. Arguments: the file, and
--   load FIRST          steps of support.embedded_load from a number on, until it is killed; prints its
--                       process id, and the number of each step that is done
--   count TIMES         adds one to a counter, so many times; prints how often it was in the way of another
local load = require "support.embedded_load"
local tables = require "support.embedded_tables"
local wire = require "dynamo.embedded.wire"

local path, what, number = arg[1], arg[2], tonumber(arg[3])
local store = load.open(path)

local COUNTER = { p = { S = "counter" }, s = { N = "1" } }

local function add_one()
  local record = store:table "T"
  local key = store:key(record, COUNTER)
  local json = store:get(record, key)
  local tree = json and wire.read(json) or { p = COUNTER.p, s = COUNTER.s, n = { N = "0" } }
  tree.n = { N = ("%d"):format(tonumber(tree.n.N) + 1) }
  tables.put(store, record, tree)
end

io.stdout:setvbuf "no"
if what == "count" then
  for _ = 1, number do
    store:write(add_one)
  end
  print "done"
else
  print((io.open("/proc/self/stat"):read "*a"):match "^%d+")
  while true do
    load.apply(store, number)
    print(number)
    number = number + 1
  end
end
