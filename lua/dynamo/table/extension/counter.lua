-- SPDX-License-Identifier: MIT
--- Counts the updates of an item: the first gives `start`, each further one adds `delta`.
--
-- What an upsert's item says of the counter is left out, so that an old copy cannot set it back. A
-- put writes a new item, and with it `start`.
-- @function dynamo.extension.counter
-- @tparam table settings attribute, delta (1), start (0)
-- @usage extensions = { dynamo.extension.counter { attribute = "edits" } }
local core = require "dynamo.core"
local nodes = require "dynamo.expression.tree"
local settings = require "dynamo.table.extension.checks"

local CHECKS = { attribute = settings.attribute, delta = settings.number, start = settings.whole }
local WHAT = { required = { "attribute" }, defaults = { delta = 1, start = 0 } }

return function(given, ...)
  local own = settings.check("counter", given, CHECKS, WHAT, ...)
  local before, problem = core.subtract(own.start, own.delta) -- what the first update counts from
  if not before then error("dynamo.extension.counter: start - delta: " .. problem, 2) end
  local stored = nodes.if_not_exists(nodes.path(own.attribute), nodes.value(before))
  local count = nodes.set(own.attribute, nodes.arith("+", stored, nodes.value(own.delta)))

  local function before_write(context)
    local item, operation = context.item, context.operation
    if operation == "delete" then return nil end
    if settings.PUTS[operation] then
      item[own.attribute] = own.start
      return { item = item }
    end
    item[own.attribute] = nil
    return { item = item, update = count }
  end

  return { name = "counter", before_write = before_write }
end
