-- SPDX-License-Identifier: MIT
--- call_shape.lua [CHECKOUT]: what one update by text is made of, and the same call at low level.
--
-- Run it at the repository's root after the build, by any Lua; CHECKOUT is the folder whose lua/ and
-- build/ are asked (.). A line has how many distinct functions of lua/dynamo a call enters, in how
-- many files, how often it enters any, and the bytes it leaves to the collector. The calls are warm:
-- what is kept between calls is there. They go to a transport of the user's own that answers from
-- memory and makes no garbage, so that the checks of such a transport count and libcurl does not.
require("tools.checkout").use(arg[1])

local dynamo = require "dynamo"
local memory_transport = require "bench.memory_transport"
local shape = require "tools.shape"

local WARM_UP, COUNT = 200, 2000

local db = dynamo.new {
  region = "us-east-1",
  credentials = { access_key_id = "AKIDEXAMPLE", secret_access_key = ("secret"):rep(8) },
  transport = memory_transport.new "{}",
}
local users = db:table("Users", { key = { "id" } })
local key = { id = "x" }
local params = {
  TableName = "Users",
  Key = key,
  UpdateExpression = "SET #n0 = :v0, #n1 = #n1 + :v1",
  ExpressionAttributeNames = { ["#n0"] = "a", ["#n1"] = "b" },
  ExpressionAttributeValues = { [":v0"] = 1, [":v1"] = 2 },
}

local function report(name, call)
  for _ = 1, WARM_UP do
    assert(call())
  end
  local seen, bytes = shape.entered(call, "lua/dynamo/"), shape.garbage(call, COUNT)
  print(
    ("%s: %d functions, %d files, %d calls, %.0f bytes"):format(
      name,
      seen.functions,
      seen.files,
      seen.calls,
      bytes
    )
  )
end

report("users:update", function()
  return users:update(key, "SET a = ?, b = b + ?", 1, 2)
end)
report("db:update_item", function()
  return db:update_item(params)
end)
