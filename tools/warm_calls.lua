-- SPDX-License-Identifier: MIT
-- Calls to look into: over a transport in memory, and warm, so that what is kept between calls is
-- there.
local connect = require "bench.connect"
local dynamo = require "dynamo"
local memory_transport = require "bench.memory_transport"

local M = {}

local WARM_UP = 200
local KEY = { userId = "user-000" }
local ITEM = { userId = "user-000", name = "Ann", visits = 7, active = true, seenAt = 1718031907 }

-- What the service would make of these is of no interest, but get needs an item.
local GOTTEN = '{"Item":{"userId":{"S":"user-000"},"name":{"S":"Ann"},"visits":{"N":"7"}}}'

local KEPT = dynamo.update():set("a", 1):set("b", dynamo.attr "b" + 2)

-- The parameters of the request that `update` makes.
local PARAMS = {
  TableName = "Users",
  Key = KEY,
  UpdateExpression = "SET #n0 = :v0, #n1 = #n1 + :v1",
  ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "b" },
  ExpressionAttributeValues = { [":v0"] = 1, [":v1"] = 2 },
}

-- Name -> function(users, db) -> what the call returns.
local CALLS = {}

function CALLS.update(users)
  return users:update(KEY, "SET a = ?, b = b + ?", 1, 2)
end
function CALLS.update_kept(users)
  return users:update(KEY, KEPT)
end
function CALLS.update_item(_, db)
  return db:update_item(PARAMS)
end
function CALLS.get(users)
  return users:get(KEY)
end
function CALLS.delete(users)
  return users:delete(KEY)
end
for _, verb in ipairs { "upsert", "patch", "put", "insert" } do
  CALLS[verb] = function(users)
    return users[verb](users, ITEM)
  end
end

--- Returns a function that makes one call.
-- @tparam string name update, by text; update_kept, the same by a builder that is kept; update_item,
--   the same at low level; or another verb: get, delete, upsert, patch, put, insert
function M.new(name)
  local body = name == "get" and GOTTEN or "{}"
  local db = connect("http://127.0.0.1", memory_transport.new(body))
  local users = db:table("Users", { key = { "userId" } })
  local function call()
    return assert(CALLS[name](users, db))
  end
  for _ = 1, WARM_UP do
    call()
  end
  return call
end

return M
