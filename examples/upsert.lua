-- SPDX-License-Identifier: MIT
-- The upsert story, on a table of sessions: update or insert in one call, insert only, replace what is
-- stale, and the same writes in AWS's own words.
--
-- Run it with `make demo`, or against any DynamoDB-compatible endpoint:
--   AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 AWS_REGION=us-east-1 \
--   AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local lua5.4 examples/upsert.lua
local dynamo = require "dynamo"

local TABLE = "dynamo-example-sessions-" .. os.time()

-- Region, endpoint and credentials come from the environment or from ~/.aws.
local db = dynamo.new {}

local function show(title, item)
  local names, parts = {}, {}
  for name in pairs(item) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    parts[i] = name .. "=" .. tostring(item[name])
  end
  print(title .. ": " .. table.concat(parts, " "))
end

local sessions = db:table(TABLE)
assert(sessions:create { partition_key = { sessionId = "S" } })

-- 1. upsert: sets the given attributes, creates the item if there is none, keeps all others.
local item = assert(
  sessions:upsert({ sessionId = "s-1", user = "Ann", visits = 1 }, { return_values = "ALL_NEW" })
)
show("created", item)

item = assert(
  sessions:upsert(
    { sessionId = "s-1", theme = "dark", lastUpdated = 1000 },
    { return_values = "ALL_NEW" }
  )
)
show("updated", item)

-- 2. insert: only if the key is free. Failing is ordinary; the error brings the item that is there.
local done, message, err = sessions:insert { sessionId = "s-1", user = "Bob" }
assert(not done and err.code == "ConditionalCheckFailedException")
print("insert refused: " .. message)
show("because of", assert(err.item))
assert(sessions:insert { sessionId = "s-2", user = "Bob" })
print("inserted: s-2")

-- 3. Write only if newer: the condition compares what is stored with what we bring.
local function store_if_newer(lastUpdated, theme)
  return sessions:upsert({ sessionId = "s-1", theme = theme, lastUpdated = lastUpdated }, {
    condition = "attribute_not_exists(#at) OR #at < :at",
    names = { ["#at"] = "lastUpdated" },
    values = { [":at"] = lastUpdated },
    return_values = "UPDATED_NEW",
  })
end
show("newer wins", assert(store_if_newer(2000, "light")))
done, message, err = store_if_newer(1500, "sepia")
assert(not done and err.code == "ConditionalCheckFailedException", message)
print("older refused: stored lastUpdated is " .. err.item.lastUpdated)

-- 4. update: the expression is DynamoDB's own.
item = assert(sessions:update({ sessionId = "s-1" }, "SET visits = visits + :one", {
  values = { [":one"] = 1 },
  return_values = "UPDATED_NEW",
}))
show("counted", item)

-- 5. The same in AWS's own words: any parameter of UpdateItem and PutItem, with plain Lua values.
local response = assert(db:update_item {
  TableName = TABLE,
  Key = { sessionId = "s-3" },
  UpdateExpression = "SET #u = :u, lastUpdated = :now",
  ExpressionAttributeNames = { ["#u"] = "user" },
  ExpressionAttributeValues = { [":u"] = "Cyd", [":now"] = 3000 },
  ReturnValues = "ALL_NEW",
})
show("UpdateItem", response.Attributes)

assert(db:put_item {
  TableName = TABLE,
  Item = { sessionId = "s-4", user = "Dee", tags = dynamo.set { "new", "trial" } },
  ConditionExpression = "attribute_not_exists(sessionId)",
})
show("PutItem", { user = assert(sessions:get { sessionId = "s-4" }).user })

assert(sessions:delete { sessionId = "s-4" })
assert(sessions:get { sessionId = "s-4" } == nil)
print("deleted: s-4")

assert(db:delete_table { TableName = TABLE })
db:close()
