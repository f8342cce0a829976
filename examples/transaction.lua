-- SPDX-License-Identifier: MIT
-- Transactions: a user whose e-mail address is nobody else's, a transfer that is done once, and a look
-- at several tables at one moment.
--
-- Run it against any DynamoDB-compatible endpoint:
--   AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 AWS_REGION=us-east-1 \
--   AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local lua5.4 examples/transaction.lua
local dynamo = require "dynamo"

local db = dynamo.new {}
local made = {}

-- Makes a table with a partition key of text.
local function create(name, key)
  local full = ("dynamo-example-%s-%d"):format(name, os.time())
  local own = db:table(full, { key = { key } })
  assert(own:create { partition_key = { [key] = "S" } })
  made[#made + 1] = full
  return own
end

local users, emails = create("users", "userId"), create("emails", "email")

-- 1. All or nothing: the user, the claim of the address, and a counter.
local function sign_up(id, email)
  return db:transaction()
    :insert(users, { userId = id, email = email, balance = 100 })
    :insert(emails, { email = email, owner = id })
    :update(users, "count", "ADD n ?", 1)
    :commit()
end

assert(sign_up("ann", "ann@example.com"))
print("signed up: ann")

local done, _, err = sign_up("bob", "ann@example.com")
assert(not done and err.code == "TransactionCanceledException")
print(("refused: action %d, %s"):format(err.action, err.reasons[err.action].message))
print("the address is " .. err.item.owner .. "'s, and bob is " .. tostring(users:get "bob"))

assert(sign_up("bob", "bob@example.com"))
print("users: " .. users:get("count").n)

-- 2. Done once: the token is the request's, so that whoever handles it again does nothing new.
local function transfer(request_id, from, to, amount)
  return db:transaction()
    :update(users, from, "ADD balance ?", -amount, { condition = { "balance >= ?", amount } })
    :update(users, to, "ADD balance ?", amount)
    :check(emails, "bob@example.com", "#o = ?", to, { names = { ["#o"] = "owner" } })
    :commit { token = request_id, retry_conflicts = true }
end

local unique = tostring(os.time())
assert(transfer("transfer-1-" .. unique, "ann", "bob", 30))
local _, _, failed = transfer("transfer-2-" .. unique, "ann", "bob", 80)
print(("no more than %d to give"):format(failed.item.balance))

-- 3. What is wrong with the data is found before anything is sent.
local _, message = db:transaction()
  :put(users, { userId = "dee", score = 0 / 0 })
  :put(users, { userId = "eve" })
  :commit()
print(message)

-- 4. Several items at one moment.
local items = assert(db:transact_get {
  { users, "ann" },
  { users, "bob" },
  { users, "dee" },
  { emails, "bob@example.com" },
})
print(
  ("%d asked for: %d, %d, %s, %s"):format(
    items.n,
    items[1].balance,
    items[2].balance,
    tostring(items[3]),
    items[4].owner
  )
)

for _, name in ipairs(made) do
  assert(db:delete_table { TableName = name })
end
db:close()
