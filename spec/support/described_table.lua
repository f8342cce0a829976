-- SPDX-License-Identifier: MIT
-- A table whose making and describing are played by a script: the steps of support.fake_transport.
local fake_client = require "support.fake_client"

local M = {}

--- The least that users:create is told.
M.SCHEMA = { partition_key = { id = "S" } }

--- Returns SCHEMA with more.
function M.schema(more)
  local o = { partition_key = M.SCHEMA.partition_key }
  for name, value in pairs(more) do
    o[name] = value
  end
  return o
end

--- Returns a step that describes the table under a member of the response.
function M.description(member, status)
  return {
    status = 200,
    body = ('{"%s":{"TableStatus":"%s","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}}'):format(
      member,
      status
    ),
  }
end

--- Returns a step that refuses.
function M.refusal(code)
  return { status = 400, body = ('{"__type":"x#%s","message":"no"}'):format(code) }
end

--- Returns a table over a transport that plays `steps`, the transport and the client.
function M.new(steps, o)
  local db, fake = fake_client.new(steps)
  return db:table("Things", o), fake, db
end

return M
