-- SPDX-License-Identifier: MIT
-- A cookbook of expressions: what people come to a database for, without a token written by hand.
local dynamo = require "dynamo"

local TABLE = "dynamo-example-cookbook-" .. os.time()
local db = dynamo.new {}

local pages = db:table(TABLE)
assert(pages:create { partition_key = { pk = "S" } })
local ALL = { return_values = "ALL_NEW" }

-- 1. An atomic counter, fluent and as text. Words such as "views" or "count" need no care.
assert(pages:update({ pk = "home" }, dynamo.update():increment("count")))
local page =
  assert(pages:update({ pk = "home" }, "SET count = if_not_exists(count, 0) + ?", 5, ALL))
print("counter: " .. page.count)

-- 2. Append to a list that may not be there yet.
assert(
  pages:update(
    { pk = "home" },
    dynamo.update():append("log", { "login" }):append("`seen by`", { "Ann" })
  )
)
page = assert(pages:update({ pk = "home" }, dynamo.update():append("log", { "logout" }), ALL))
print("list: " .. table.concat(page.log, ", "))

-- 3. Take an attribute away, and elements out of a set.
assert(
  pages:update(
    { pk = "home" },
    dynamo.update():set("tmp", true):add("tags", dynamo.set { "old", "new" })
  )
)
page = assert(
  pages:update(
    { pk = "home" },
    dynamo.update():remove("tmp"):delete("tags", dynamo.set { "old" }),
    ALL
  )
)
print("unset: " .. tostring(page.tmp) .. ", tags left: " .. table.concat(page.tags, ", "))

-- 4. A nested attribute whose parent may be missing: the parent is made first, if need be.
page = assert(
  pages:update(
    { pk = "home" },
    dynamo.update():ensure("settings"):set("settings.theme", "dark"),
    ALL
  )
)
print("nested: " .. page.settings.theme)

-- 5. Write only if what we bring is newer than what is there.
assert(
  pages:upsert({ pk = "home", title = "Welcome", updatedAt = 200 }, { if_newer = "updatedAt" })
)
local done, message, err = pages:upsert(
  { pk = "home", title = "Stale", updatedAt = 100 },
  { if_newer = "updatedAt" }
)
assert(not done and err.code == "ConditionalCheckFailedException", message)
print("newer: kept " .. pages:get({ pk = "home" }).title)

-- 6. A condition built of parts.
local attr = dynamo.attr
done, message, err = pages:delete({ pk = "home" }, {
  condition = dynamo.all(attr "count":lt(3), dynamo.negate(attr "locked":exists())),
})
assert(not done and err.code == "ConditionalCheckFailedException", message)
print("condition: still there")

-- 7. An optimistic lock: whoever comes second with an old version is told so.
local documents = db:table(TABLE, {
  key = { "pk" },
  extensions = { dynamo.extension.version { attribute = "version" } },
})
local mine = assert(documents:upsert({ pk = "doc", text = "first" }, ALL))
local theirs = { pk = "doc", text = "theirs", version = mine.version }
assert(documents:upsert(theirs, ALL))
mine.text = "mine" -- but still with the version that was read at first
done, message, err = documents:upsert(mine)
assert(not done and err.code == "ConditionalCheckFailedException", message)
print(
  "lock: version "
    .. documents:get({ pk = "doc" }).version
    .. " holds "
    .. documents:get({ pk = "doc" }).text
)

-- 8. Attributes that keep themselves: a session that expires an hour after its last use.
local sessions = db:table(TABLE, {
  key = { "pk" },
  extensions = {
    dynamo.extension.timestamps {
      format = "epoch",
      clock = function()
        return 1000000000
      end,
    },
    dynamo.extension.ttl { attribute = "expiresAt", base = "updatedAt", seconds = 3600 },
  },
})
local session = assert(sessions:upsert({ pk = "session", user = "Ann" }, ALL))
print("ttl: " .. session.expiresAt - session.updatedAt .. " seconds")

-- 9. A unique e-mail address: the item and a marker of the address are put together, or not at all.
local function register(pk, email)
  local condition = "attribute_not_exists(pk)"
  return db:transact_write_items {
    TransactItems = {
      {
        Put = {
          TableName = TABLE,
          Item = { pk = pk, email = email },
          ConditionExpression = condition,
        },
      },
      {
        Put = {
          TableName = TABLE,
          Item = { pk = "email#" .. email },
          ConditionExpression = condition,
        },
      },
    },
  }
end
assert(register("user-1", "ann@example.com"))
done, message, err = register("user-2", "ann@example.com")
assert(not done and err.reasons[2].code == "ConditionalCheckFailed", message)
print("unique: the address is taken")

assert(db:delete_table { TableName = TABLE })
db:close()
