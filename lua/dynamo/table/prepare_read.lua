-- SPDX-License-Identifier: MIT
-- What the reading verbs send, prepared and not sent; see dynamo.table.prepare_write.
local operations = require "dynamo.operations"
local prepare = require "dynamo.table.prepare"

local M = {}

--- What checks an item that is not written: an operation within a transaction alone.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConditionCheck.html
M.condition_check = {
  method = "condition_check",
  members = operations.shapes.ConditionCheck.members,
  read = true,
}

-- Returns the function that prepares an operation on a key, with whatever expressions it has.
local function of_key(operation)
  return function(ask, names, key)
    ask.params.Key = key
    local problem = names and prepare.mismatch(names, key) or prepare.store(ask)
    if problem then return nil, problem end
    return operation, ask.params
  end
end

M.get = of_key(operations.by_method.get_item)
M.check = of_key(M.condition_check)

return M
