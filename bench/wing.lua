-- SPDX-License-Identifier: MIT
--- wing.lua: what the verbs of a table cost beyond the call of the operation, "name<TAB>microseconds".
--
-- Each verb and the low-level call of the very request that it makes, with parameters made before,
-- take turns over a transport in memory; what is printed is the difference of their medians.

local connect = require "bench.connect"
local dynamo = require "dynamo"
local memory_transport = require "bench.memory_transport"
local report = require "bench.report"

local ROUNDS, SAMPLE_SECONDS = 7, 0.03

local db = connect("http://127.0.0.1", memory_transport.new "{}")
local users = db:table("Users", { key = { "userId" } })

-- How many calls of `work` last as long as a sample.
local function count_of(work)
  local count = 64
  while true do
    local start = os.clock()
    for _ = 1, count do
      work()
    end
    if os.clock() - start >= SAMPLE_SECONDS then return count end
    count = count * 2
  end
end

local function sample(work, count)
  local start = os.clock()
  for _ = 1, count do
    work()
  end
  return (os.clock() - start) / count * 1e6
end

local function print_difference(name, verb, call)
  local count = count_of(call)
  local of_verb, of_call = {}, {}
  for round = 1, ROUNDS do
    of_verb[round], of_call[round] = sample(verb, count), sample(call, count)
  end
  local difference = report.median(of_verb) - report.median(of_call)
  print(("table wing: %s\t%.2f"):format(name, difference))
end

local KEY = { userId = "user-000" }

-- Two assignments by text, and the same as builders.
local function print_updates()
  local text = "SET a = ?, b = b + ?"
  local function built()
    return dynamo.update():set("a", 1):set("b", dynamo.attr "b" + 2)
  end
  local params = {
    TableName = "Users",
    Key = KEY,
    UpdateExpression = "SET #n0 = :v0, #n1 = #n1 + :v1",
    ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "b" },
    ExpressionAttributeValues = { [":v0"] = 1, [":v1"] = 2 },
  }
  local function call()
    return assert(db:update_item(params))
  end
  print_difference("update by text", function()
    return assert(users:update(KEY, text, 1, 2))
  end, call)
  print_difference("update by fresh builder", function()
    return assert(users:update(KEY, built()))
  end, call)
  local kept = built()
  print_difference("update by kept builder", function()
    return assert(users:update(KEY, kept))
  end, call)
end

local function print_upsert()
  local item = { userId = "user-000", name = "Ann", visits = 7, active = true, seenAt = 1718031907 }
  local params = {
    TableName = "Users",
    Key = KEY,
    UpdateExpression = "SET #n0 = :v0, #n1 = :v1, #n2 = :v2, #n3 = :v3",
    ExpressionAttributeNames = {
      ["#n0"] = "name",
      ["#n1"] = "visits",
      ["#n2"] = "active",
      ["#n3"] = "seenAt",
    },
    ExpressionAttributeValues = {
      [":v0"] = "Ann",
      [":v1"] = 7,
      [":v2"] = true,
      [":v3"] = 1718031907,
    },
  }
  print_difference("upsert", function()
    return assert(users:upsert(item))
  end, function()
    return assert(db:update_item(params))
  end)
end

local function print_plain_verbs()
  local item = { userId = "user-000", name = "Ann", visits = 7 }
  local put, get = { TableName = "Users", Item = item }, { TableName = "Users", Key = KEY }
  print_difference("put", function()
    return assert(users:put(item))
  end, function()
    return assert(db:put_item(put))
  end)
  print_difference("get", function()
    return select(3, users:get(KEY))
  end, function()
    return assert(db:get_item(get))
  end)
end

print_updates()
print_upsert()
print_plain_verbs()
