-- SPDX-License-Identifier: MIT
-- A DynamoDB inside the process: no server, no region, no credentials. What is written here runs on the
-- service by leaving the endpoint away.
--
--   lua5.4 examples/embedded.lua
local dynamo = require "dynamo"

-- "memory:" is this client's own; "file:notes.db" would be kept.
local db = dynamo.new { endpoint = "memory:" }

local notes = db:table "notes"
assert(notes:create { partition_key = { owner = "S" }, sort_key = { at = "N" } })

for at, text in ipairs { "buy milk", "call Bob", "water the plants", "call Ann" } do
  assert(notes:insert { owner = "me", at = at, text = text })
end

-- Conditions, expressions and queries are DynamoDB's.
local done, message = notes:insert { owner = "me", at = 1, text = "again" }
print("inserted again: " .. tostring(done) .. ", " .. message)

assert(notes:update({ owner = "me", at = 2 }, "SET done = ?", true))
local calls = notes:query("owner = ? AND at > ?", "me", 1, { filter = "begins_with(text, 'call')" })
for note in calls:items() do
  print(note.at .. ": " .. note.text .. (note.done and ", done" or ""))
end

-- A transaction is done as a whole or not at all.
done = db:transaction()
  :delete(notes, { owner = "me", at = 3 })
  :check(notes, { owner = "me", at = 4 }, "attribute_exists(done)")
  :commit()
print("cancelled: " .. tostring(not done) .. ", kept " .. notes:count("owner = ?", "me"))

db:close()
