-- SPDX-License-Identifier: MIT
--- upserts.lua URL N: the upserts of bench/prompt.lua's lines, in a loop of Lua.

local users = require("bench.connect")(arg[1]):table("Users", { key = { "userId" } })
local options = { return_values = "ALL_OLD" }

for n = 1, tonumber(arg[2]) do
  assert(users:upsert({
    userId = "user-" .. n,
    name = "Ann",
    visits = n,
    active = n % 2 == 0,
    seenAt = 1718031907,
  }, options))
end
