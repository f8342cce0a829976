-- SPDX-License-Identifier: MIT
-- The verb that only a transaction has: check(key, condition, values..., options), for an item that is
-- to be as the condition says while others are written.
local arguments = require "dynamo.table.arguments"
local asks = require "dynamo.table.ask"
local positional = require "dynamo.table.positional"
local prepare_read = require "dynamo.table.prepare_read"

local verb = {
  name = "check",
  operation = prepare_read.condition_check,
  argument = "key",
  expression = "condition",
  prepare = prepare_read.check,
}

local M = asks.verb(verb, function(noun, key, condition, ...)
  if type(condition) ~= "string" and arguments.expression_problem(condition) then
    return nil, asks.argument_problem("check", "condition", arguments.EXPRESSION, condition), true
  end
  local values, o, mismatch = positional.split(noun, verb.options, "condition", condition, ...)
  if mismatch then return nil, mismatch end
  return asks.of(noun, verb, key, o, condition, values)
end)

verb.options.condition = nil -- it is an argument

return M
