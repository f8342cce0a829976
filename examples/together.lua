-- SPDX-License-Identifier: MIT
-- Many calls at once: a table filled and read with fifty requests in flight, what fails told one by
-- one, and work that is cancelled.
local dynamo = require "dynamo"

local TABLE = "dynamo-example-together-" .. os.time()

local db = dynamo.new {}

local users = db:table(TABLE)
assert(users:create { partition_key = { id = "S" } })

-- 1. each: a function for each thing that a closure gives, so many at once. Results are not kept.
local n = 0
local function next_user()
  n = n + 1
  return n <= 200 and { id = "user-" .. n, visits = n } or nil
end
local count = assert(dynamo.each(next_user, function(user)
  return users:put(user)
end, { in_flight = 50 }))
print("written: " .. count)

-- 2. Within it the function may do what it likes, one call after the other.
local visits = 0
assert(dynamo.each({ "user-1", "user-2", "user-3" }, function(id)
  local user = assert(users:update({ id = id }, "ADD visits ?", 10, { return_values = "ALL_NEW" }))
  visits = visits + user.visits
end))
print("visits: " .. visits)

-- 3. together: some functions, and the first value of each.
local found = assert(dynamo.together {
  function()
    return users:get { id = "user-7" }
  end,
  function()
    return users:get { id = "nobody" }
  end,
  function()
    return db:describe_table { TableName = TABLE }
  end,
})
print(
  ("found: %s, %s, %s"):format(found[1].id, tostring(found[2]), found[3].Table.TableName == TABLE)
)

-- 4. What fails does not keep the others from ending; the error has them all.
local _, message, err = dynamo.together {
  function()
    return users:insert { id = "user-1" }
  end,
  function()
    return users:insert { id = "user-201" }
  end,
  function()
    return users:insert { id = "user-2" }
  end,
}
print(message)
print(("first: %s, second: %s"):format(err.failures[1].code, tostring(err.results[2])))

-- 5. A canceller ends what is under way, from wherever it is called.
local stop = dynamo.canceller()
local done = 0
_, message, err = dynamo.each({ "a", "b", "c", "d" }, function(id)
  users:delete({ id = id }, { cancel = stop })
  done = done + 1
  if done == 2 then stop:cancel() end
end, { cancel = stop, in_flight = 1 })
print(message)
print(("begun: %d, %s"):format(err.begun, err.kind))

assert(db:delete_table { TableName = TABLE })
db:close()
