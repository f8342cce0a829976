-- SPDX-License-Identifier: MIT
-- Wire-typed values: any example from AWS's own documentation pastes as it is.
local dynamo = require "dynamo"

local TABLE = "dynamo-example-music-" .. os.time()
local db = dynamo.new {}

assert(db.typed:create_table {
  TableName = TABLE,
  KeySchema = {
    { AttributeName = "Artist", KeyType = "HASH" },
    { AttributeName = "SongTitle", KeyType = "RANGE" },
  },
  AttributeDefinitions = {
    { AttributeName = "Artist", AttributeType = "S" },
    { AttributeName = "SongTitle", AttributeType = "S" },
  },
  BillingMode = "PAY_PER_REQUEST",
})
assert(db:wait("table_exists", { TableName = TABLE }))

assert(db.typed:put_item {
  TableName = TABLE,
  Item = {
    Artist = { S = "No One You Know" },
    SongTitle = { S = "Call Me Today" },
    Year = { N = "2015" },
    Genres = { SS = { "country", "pop" } },
  },
})

local response = assert(db.typed:query {
  TableName = TABLE,
  KeyConditionExpression = "Artist = :a",
  ExpressionAttributeValues = { [":a"] = { S = "No One You Know" } },
})
local song = response.Items[1]
print(song.SongTitle.S .. ", " .. song.Year.N)

-- The exact request of a call, signed, without sending it.
local request = assert(db:explain("get_item", {
  TableName = "Music",
  Key = { Artist = "No One You Know", SongTitle = "Call Me Today" },
}))
print(request.method .. " " .. request.body)

-- A value that is not what its type says is refused, and the place is named.
local _, message = db.typed:put_item { TableName = TABLE, Item = { Artist = { S = 1 } } }
print("refused: " .. message)

assert(db:delete_table { TableName = TABLE })
db:close()
