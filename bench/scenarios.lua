-- SPDX-License-Identifier: MIT
--- The operations the benchmark repeats, each a function that makes one call of the client `db`.
-- What a caller would write in place (small parameter tables) is built anew for every call; the one
-- kilobyte item of put_item is built once.

local dynamo = require "dynamo"

local M = {}

local function read_item()
  local file = assert(io.open("bench/item.json"))
  local text = file:read("*l")
  file:close()
  return assert(dynamo.decode_item(text))
end

--- UpdateItem of four attributes, low level.
function M.update_item(db)
  return function()
    return db:update_item {
      TableName = "Users",
      Key = { userId = "user-000" },
      UpdateExpression = "SET #n = :n, #v = :v, #a = :a, #s = :s",
      ExpressionAttributeNames = {
        ["#n"] = "name",
        ["#v"] = "visits",
        ["#a"] = "active",
        ["#s"] = "seenAt",
      },
      ExpressionAttributeValues = {
        [":n"] = "Ann",
        [":v"] = 7,
        [":a"] = true,
        [":s"] = 1718031907,
      },
      ReturnValues = "ALL_NEW",
    }
  end
end

--- The same update by the table verb, which compiles the expression itself.
function M.upsert(db)
  local users = db:table("Users", { key = { "userId" } })
  local options = { return_values = "ALL_NEW" }
  return function()
    return users:upsert({
      userId = "user-000",
      name = "Ann",
      visits = 7,
      active = true,
      seenAt = 1718031907,
    }, options)
  end
end

local KEY = { userId = "user-000" }

local function built()
  return dynamo.update():set("a", 1):set("b", dynamo.attr "b" + 2)
end

--- An update of two attributes by text.
function M.update_text(db)
  local users = db:table("Users", { key = { "userId" } })
  return function()
    return users:update(KEY, "SET a = ?, b = b + ?", 1, 2)
  end
end

--- The same by a builder that is made for each call.
function M.update_fresh(db)
  local users = db:table("Users", { key = { "userId" } })
  return function()
    return users:update(KEY, built())
  end
end

--- The same by a builder that is made once.
function M.update_kept(db)
  local users, update = db:table("Users", { key = { "userId" } }), built()
  return function()
    return users:update(KEY, update)
  end
end

--- PutItem of bench/item.json.
function M.put_item(db)
  local item = read_item()
  return function()
    return db:put_item { TableName = "Users", Item = item }
  end
end

--- GetItem, answered with bench/item.json.
function M.get_item(db)
  return function()
    return db:get_item { TableName = "Users", Key = { userId = "user-000" } }
  end
end

--- Query, answered with a page of 100 such items.
function M.query(db)
  return function()
    return db:query {
      TableName = "Users",
      KeyConditionExpression = "#k = :k",
      ExpressionAttributeNames = { ["#k"] = "userId" },
      ExpressionAttributeValues = { [":k"] = "user-000" },
    }
  end
end

return M
