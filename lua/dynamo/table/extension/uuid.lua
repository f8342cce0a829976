-- SPDX-License-Identifier: MIT
--- Fills an attribute with a random UUID (version 4), which is in `info.uuid`.
--
-- "if_absent": a put fills what its item lacks, an update keeps what is stored. "always": every
-- write gives a new one. A key attribute is filled only where it is missing.
-- @function dynamo.extension.uuid
-- @tparam table settings attribute, write ("if_absent" or "always"), random (random(n) -> n bytes)
-- @usage extensions = { dynamo.extension.uuid { attribute = "userId" } }
local core = require "dynamo.core"
local nodes = require "dynamo.expression.tree"
local uuid = require "dynamo.random_uuid"
local settings = require "dynamo.table.extension.checks"
local tables = require "dynamo.tables"
local environment = require "dynamo.world"

local CHECKS = {
  attribute = settings.attribute,
  random = settings.callable,
  write = settings.one_of { "if_absent", "always" },
}
local WHAT = {
  required = { "attribute" },
  defaults = { random = environment.random, write = "if_absent" },
}

-- Whether the write brings the attribute, which is then kept.
local function brought(value)
  return value ~= nil and value ~= core.null and value ~= ""
end

-- Whether the attribute is part of a key that the write must bring: nothing to be made up.
local function is_given_key(operation, in_key)
  return in_key and (operation == "update" or operation == "patch" or operation == "replace")
end

return function(given, ...)
  local own = settings.check("uuid", given, CHECKS, WHAT, ...)
  local name = own.attribute

  local function before_write(context)
    local item, operation = context.item, context.operation
    local in_key = tables.holds(context.key or {}, name)
    if operation == "delete" or is_given_key(operation, in_key) then return nil end
    if brought(item[name]) and (in_key or own.write == "if_absent") then return nil end
    local made, message = uuid.v4(own.random)
    if not made then return nil, message end
    if in_key or settings.PUTS[operation] or own.write == "always" then
      item[name] = made
      return { item = item, info = { uuid = made } }
    end
    item[name] = nil
    local stored = nodes.if_not_exists(nodes.path(name), nodes.value(made))
    return { item = item, update = nodes.set(name, stored) }
  end

  return { name = "uuid", before_write = before_write }
end
