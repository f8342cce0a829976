-- SPDX-License-Identifier: MIT
-- A script for spec/unit/life_spec.lua: the hook named by its argument ends the process, in the middle
-- of a call, and closes the Lua state first.
local dynamo = require "dynamo"

local db = dynamo.new {
  endpoint = "http://127.0.0.1:1",
  region = "eu-west-1",
  credentials = { access_key_id = "AKID", secret_access_key = "SECRET" },
  max_attempts = 2,
  hooks = {
    [arg[1]] = function()
      os.exit(7, true)
    end,
  },
}
db:list_tables()
os.exit(1)
