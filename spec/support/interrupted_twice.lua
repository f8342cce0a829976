-- SPDX-License-Identifier: MIT
-- A program that goes on after Ctrl-C: its arguments are a server's port, which never answers the
-- second request of a connection. It prints what each of two calls came to.
local fault_client = require "support.fault.client"
local interrupts = require "dynamo.loop.interrupts"
local press = require "support.press"

local db = fault_client.new({
  port = tonumber(arg[1]),
  ca_file = function() end,
}, { real = true, timeout = 600, attempt_timeout = 600, max_attempts = 1 })

local function put()
  return db:put_item { TableName = "Things", Item = { id = "1" } }
end

local function tell(ok, result, message)
  print(ok, result, ok and message or (tostring(result):gsub("^.-: ", "")))
end

print((put()) ~= nil)
tell(pcall(press, put))
interrupts.note() -- press has settled it
print((put()) ~= nil)
tell(pcall(press, put))
