-- SPDX-License-Identifier: MIT
-- Every type of value, written and read back: what goes in is what comes out.
local dynamo = require "dynamo"

local TABLE = "dynamo-example-values-" .. os.time()
local db = dynamo.new {}

local things = db:table(TABLE)
assert(things:create { partition_key = { id = "S" } })

local item = {
  id = "all-types",
  text = "any UTF-8, even \0 inside",
  whole = 9007199254740991,
  fraction = 0.1,
  -- More digits than a Lua number keeps; up to DynamoDB's 38.
  exact = dynamo.number "3.14159265358979323846264338327950288",
  yes = true,
  nothing = dynamo.null,
  bytes = dynamo.binary "\255\0\1",
  list = { "a", 2, { nested = true } },
  empty_list = dynamo.list {},
  empty_map = {},
  tags = dynamo.set { "red", "green" },
}
assert(things:put(item))
local back = assert(things:get { id = "all-types" })

assert(back.text == item.text and back.whole == item.whole and back.fraction == item.fraction)
assert(back.exact == item.exact and tostring(back.exact) == tostring(item.exact))
assert(back.yes == true and back.nothing == dynamo.null)
assert(back.bytes == item.bytes and tostring(back.bytes) == "\255\0\1")
assert(back.list[3].nested and #back.empty_list == 0 and next(back.empty_map) == nil)
assert(back.tags:has "red" and not back.tags:has "blue")
print(
  "read back: "
    .. tostring(back.exact)
    .. ", "
    .. #back.text
    .. " bytes of text, "
    .. #back.tags
    .. " tags"
)

-- A set has no order: what was written as { "red", "green" } may come back the other way round.
assert(back.tags == item.tags and dynamo.equal(back, item))

-- An empty list is still a list, and an empty map a map: what was read can be written as it is.
assert(dynamo.encode_item(back) == dynamo.encode_item(item))
print("same bytes: " .. dynamo.encode(back.empty_list) .. " and " .. dynamo.encode(back.empty_map))

-- What DynamoDB cannot hold is refused before anything is sent, with the place and the remedy.
local _, message, err = things:put { id = "bad", scores = { 1, 0 / 0 } }
assert(err.kind == "validation" and err.path == "Item.scores[2]")
print("refused: " .. message)

print("billed size: " .. dynamo.size(item) .. " bytes")

assert(db:delete_table { TableName = TABLE })
db:close()
