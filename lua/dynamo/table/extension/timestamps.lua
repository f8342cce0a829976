-- SPDX-License-Identifier: MIT
--- Writes when an item was created and when it was last updated.
--
-- An update keeps the stored time of creation; a put keeps the one that its item brings.
-- @function dynamo.extension.timestamps
-- @tparam ?table settings created ("createdAt"), updated ("updatedAt"), clock (os.time: seconds
--   since the epoch), format ("text": ISO 8601 in UTC, or "epoch": seconds)
-- @usage extensions = { dynamo.extension.timestamps { format = "epoch" } }
local core = require "dynamo.core"
local nodes = require "dynamo.expression.tree"
local settings = require "dynamo.table.extension.checks"

local CHECKS = {
  created = settings.attribute,
  updated = settings.attribute,
  clock = settings.callable,
  format = settings.one_of { "text", "epoch" },
}
local WHAT = {
  defaults = { created = "createdAt", updated = "updatedAt", clock = os.time, format = "text" },
}

-- Returns the time as it is stored.
local function stamp(own)
  local seconds = math.floor(own.clock())
  return own.format == "epoch" and seconds or os.date("!%Y-%m-%dT%H:%M:%SZ", seconds)
end

return function(given, ...)
  local own = settings.check("timestamps", given, CHECKS, WHAT, ...)

  local function before_write(context)
    local item, operation = context.item, context.operation
    if operation == "delete" then return nil end
    local now, created = stamp(own), item[own.created]
    if created == nil or created == core.null then created = now end
    item[own.updated] = now
    if settings.PUTS[operation] then
      item[own.created] = created
      return { item = item }
    end
    item[own.created] = nil
    local stored = nodes.if_not_exists(nodes.path(own.created), nodes.value(created))
    return { item = item, update = nodes.set(own.created, stored) }
  end

  return { name = "timestamps", before_write = before_write }
end
