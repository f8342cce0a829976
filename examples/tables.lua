-- SPDX-License-Identifier: MIT
-- A table from its making to its end: created with an index and a time to live, waited for, changed from
-- eight sides at once without losing a change, listed, deleted.
local dynamo = require "dynamo"

local TABLE = "dynamo-example-tables-" .. os.time()
local db = dynamo.new {}

-- 1. create: the keys, an index, a time to live. It returns once the table is active.
local counters = db:table(TABLE)
local description = assert(counters:create {
  partition_key = { page = "S" },
  indexes = { byOwner = { partition_key = { owner = "S" }, projection = "KEYS_ONLY" } },
  ttl = "expires",
})
print(
  "created: " .. description.TableStatus .. ", " .. description.GlobalSecondaryIndexes[1].IndexName
)

-- 2. What is there already is not made again.
local done, _, err = counters:create { partition_key = { page = "S" } }
print("created again: " .. tostring(done) .. ", " .. err.code)

-- 3. modify: read, change, write what differs. Where somebody else wrote meanwhile, the function is called
-- again with the item as it is then.
local names = { "Ann", "Bob", "Cyd", "Dee", "Eve", "Fay", "Gus", "Hal" }
assert(dynamo.each(names, function(name)
  return counters:modify("home", function(page)
    page = page or { visits = 0, visitors = dynamo.set {} }
    page.visits = page.visits + 1
    table.insert(page.visitors, name)
    return page
  end, { attempts = 100 })
end, { in_flight = 8 }))
local page = assert(counters:get "home")
table.sort(page.visitors)
print("visits: " .. page.visits .. ", " .. table.concat(page.visitors, " "))

-- 4. nil from the function: nothing is written.
local _, _, info = assert(counters:modify("home", function()
  return nil
end))
print("written: " .. tostring(info.written))

-- 5. Page after page, as they are used.
local found = false
for name in db:tables():items() do
  found = found or name == TABLE
end
print("listed: " .. tostring(found))
local pages = db:pages("scan", { TableName = TABLE, Limit = 1 })
print("scanned: " .. assert(pages:count()))

-- 6. The end.
assert(db:delete_table { TableName = TABLE })
assert(counters:wait "deleted")
print "deleted"
db:close()
