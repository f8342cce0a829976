-- SPDX-License-Identifier: MIT
-- The operations of DynamoDB and DynamoDB Streams, compiled once from the generated model.
local core = require "dynamo.core"
local generated = require "dynamo.model"

-- What members are to the rules that expressions and what they replaced do not mix, and that no token
-- is without an expression: the encoder's.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
local ROLES = {
  ConditionExpression = "expression",
  FilterExpression = "expression",
  KeyConditionExpression = "expression",
  ProjectionExpression = "expression",
  SearchConditionExpression = "expression",
  UpdateExpression = "expression",
  AttributesToGet = "replaced",
  AttributeUpdates = "replaced",
  ConditionalOperator = "replaced",
  Expected = "replaced",
  KeyConditions = "replaced",
  QueryFilter = "replaced",
  ScanFilter = "replaced",
  ExpressionAttributeNames = "tokens",
  ExpressionAttributeValues = "tokens",
}

local M = {
  shapes = generated.shapes,
  model = core.model(generated.shapes, ROLES),
  by_method = {},
}

-- One operation as the rest of the library sees it; `definition` is the generated entry.
local function record(method, definition)
  local input = generated.shapes[definition.input]
  return {
    method = method,
    name = definition.name,
    service = definition.service,
    input = definition.input,
    output = definition.output,
    members = input.members,
    token = definition.token,
    resource = definition.resource, -- the member that may hold a table's ARN
    resource_path = definition.resource_path, -- or where else to look for one
    search = definition.search or false, -- it goes to the hosts of searches
    read = definition.read or false, -- it changes nothing: safe to send again
    target = { "x-amz-target", definition.target }, -- the header, shared by every request
  }
end

local by_name = {}
for method, definition in pairs(generated.operations) do
  local operation = record(method, definition)
  M.by_method[method] = operation
  by_name[operation.name] = operation
end

--- Returns the operation called `name`, in snake_case or as AWS spells it, or nil.
function M.find(name)
  return M.by_method[name] or by_name[name]
end

return M
