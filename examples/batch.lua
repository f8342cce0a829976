-- SPDX-License-Identifier: MIT
-- Many items in few requests: a table filled by a writer, read by its keys, and what comes back where
-- something goes wrong.
local dynamo = require "dynamo"

local TABLE = "dynamo-example-batch-" .. os.time()

local db = dynamo.new {}

local users = db:table(TABLE, { key = { "id" } })
assert(users:create { partition_key = { id = "S" } })

-- 1. A writer: its function gives items one by one, and 25 of them go out in a request, eight requests
-- at once.
local _, _, info = assert(users:writer({ in_flight = 8 }, function(w)
  for n = 1, 500 do
    w:put { id = "user-" .. n, visits = n }
  end
  w:delete "user-500"
end))
print(("written: %d in %d requests"):format(info.done + info.folded, info.requests))

-- 2. Items where their keys stand; nil where there is none.
local items = assert(users:batch_get({ "user-7", "nobody", "user-9" }, { projection = "visits" }))
print(
  ("read: %d, %s, %d of %d"):format(items[1].visits, tostring(items[2]), items[3].visits, items.n)
)

-- 3. Lists. Of two puts of one key the later counts.
assert(users:batch_write {
  put = { { id = "user-1", visits = 0 }, { id = "user-1", visits = -1 } },
  delete = { "user-2", "user-3" },
})
items = assert(db:batch_get({ [users] = { "user-1", "user-2" } }, { consistent_read = true }))
print(("rewritten: %d, %s"):format(items[users][1].visits, tostring(items[users][2])))

-- 4. A bad item is told by its place, and nothing is sent.
local _, message, err = users:batch_write {
  put = { { id = "user-4" }, { id = "user-5", scores = { 1, 0 / 0 } } },
}
print(message)
print("handed back: " .. #err.unprocessed.put)

-- 5. What could not be done comes back, and another batch takes it as it is.
local nowhere = db:table(TABLE .. "-missing", { key = { "id" } })
_, message, err = nowhere:batch_write { put = { { id = "user-6" } }, delete = { "user-7" } }
print(message:match "^%a+")
print(("undone: %s, %s"):format(err.unprocessed.put[1].id, err.unprocessed.delete[1].id))
assert(users:batch_write(err.unprocessed))
print("gone: " .. tostring(users:get "user-7" == nil))

assert(db:delete_table { TableName = TABLE })
db:close()
