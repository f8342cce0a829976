-- SPDX-License-Identifier: MIT
-- The store inside the process as a service that is given requests as JSON documents in Lua tables.
local dispatch = require "dynamo.embedded.dispatch"
local dynamo = require "dynamo"
local operations = require "dynamo.operations"
local stores = require "dynamo.embedded.store"

local M = {}

local Service = {}
Service.__index = Service

--- Returns a service over an empty store.
function M.new()
  return setmetatable({ store = assert(stores.open { endpoint = "memory:" }), time = 1e9 }, Service)
end

--- Carries out an operation; returns the response's body and its status.
function Service:call(name, request)
  local body = type(request) == "string" and request or assert(dynamo.to_json(request))
  local operation = assert(operations.find(name))
  local status, answer = dispatch.answer(self.store, operation, body, self.time)
  return assert(dynamo.from_json(answer)), status
end

--- As call, of what must succeed.
function Service:must(name, request)
  local answer, status = self:call(name, request)
  if status ~= 200 then error(("%s: %s"):format(answer.__type, answer.message), 2) end
  return answer
end

--- As call, of what must fail; returns the code, the message and the body.
function Service:fails(name, request)
  local answer, status = self:call(name, request)
  if status == 200 then error(name .. " succeeded", 2) end
  return answer.__type:match "#(%w+)$", answer.message, answer
end

--- Makes a table of a key: { { "id", "S" }, { "at", "N" } }; `more` are further members.
function Service:create(name, key, more)
  local request = {
    TableName = name,
    BillingMode = "PAY_PER_REQUEST",
    KeySchema = {},
    AttributeDefinitions = {},
  }
  for i, attribute in ipairs(key) do
    request.KeySchema[i] = { AttributeName = attribute[1], KeyType = i == 1 and "HASH" or "RANGE" }
    request.AttributeDefinitions[i] = { AttributeName = attribute[1], AttributeType = attribute[2] }
  end
  for member, value in pairs(more or {}) do
    request[member] = value
  end
  return self:must("CreateTable", request)
end

return M
