-- SPDX-License-Identifier: MIT
-- What the reading verbs send, prepared and not sent; see dynamo.table.prepare_write.
local operations = require "dynamo.operations"
local expressions = require "dynamo.table.expressions"
local schema = require "dynamo.table.schema"

local M = {}

local get_item = operations.by_method.get_item

function M.get(ask, names, key)
  ask.params.Key = key
  local problem = names and schema.mismatch(names, key) or expressions.store(ask)
  if problem then return nil, problem end
  return get_item, ask.params
end

return M
