-- SPDX-License-Identifier: MIT
-- Following a stream inside the nginx of support/nginx.lua.
local canary = require "support.canary"
local dynamo = require "dynamo"
local json = require "dkjson"

local M = {}

local function users_of()
  local db = dynamo.new {
    endpoint = ngx.var.arg_endpoint,
    region = "us-east-1",
    credentials = canary.credentials(),
  }
  return db:table(ngx.var.arg_table)
end

local function answer(told)
  ngx.print(json.encode(told))
end

--- Answers all changes of a stream up to its end.
function M.all()
  local changes, found =
    users_of():changes { from = "trim_horizon", until_closed = true, poll_interval = 0.01 }, {}
  for change in changes:items() do
    found[#found + 1] = change.key.id .. change.new.n
  end
  answer { found = found, is_over = changes:info().is_over }
end

--- Waits for a change that never comes, while another light thread works, and closes it.
function M.wait()
  local changes = users_of():changes { from = "trim_horizon", poll_interval = 3600 }
  local ticks = 0
  local thread = ngx.thread.spawn(function()
    while changes:info().pages == 0 do
      ngx.sleep(0.001)
    end
    for _ = 1, 5 do
      ngx.sleep(0.001)
      ticks = ticks + 1
    end
    changes:close()
  end)
  local change, message = changes:next()
  ngx.thread.wait(thread)
  answer { ticks = ticks, ended = change == nil and message == nil }
end

return M
