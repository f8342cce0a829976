-- SPDX-License-Identifier: MIT
--- call_shape.lua [CHECKOUT]: what one update by text is made of, and the same call at low level.
--
-- Run it at the repository's root after the build, by any Lua; CHECKOUT is the folder whose lua/ and
-- build/ are asked (.). A line has how many distinct functions of lua/dynamo a call enters, in how
-- many files, how often it enters any, and the bytes it leaves to the collector. The calls go to a
-- transport of the user's own that answers from memory and makes no garbage: the checks of such a
-- transport count, and libcurl does not.
require("tools.checkout").use(arg[1])

local shape = require "tools.shape"
local warm_calls = require "tools.warm_calls"

local COUNT = 2000

local function report(title, call)
  local seen, bytes = shape.entered(call, "lua/dynamo/"), shape.garbage(call, COUNT)
  print(
    ("%s: %d functions, %d files, %d calls, %.0f bytes"):format(
      title,
      seen.functions,
      seen.files,
      seen.calls,
      bytes
    )
  )
end

report("users:update", warm_calls.new "update")
report("db:update_item", warm_calls.new "update_item")
