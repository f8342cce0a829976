-- SPDX-License-Identifier: MIT
-- What the reading verbs send, prepared and not sent; see dynamo.table.prepare_write.
local operations = require "dynamo.operations"
local prepare = require "dynamo.table.prepare"

local M = {}

local get_item = operations.by_method.get_item

function M.get(ask, names, key)
  ask.params.Key = key
  local problem = names and prepare.mismatch(names, key) or prepare.store(ask)
  if problem then return nil, problem end
  return get_item, ask.params
end

return M
