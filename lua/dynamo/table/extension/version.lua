-- SPDX-License-Identifier: MIT
--- Optimistic locking: a write goes through only if the stored item still has the version that was
-- read.
--
-- The version read is the attribute of the item, or the option `version` of the verb. Without one
-- the item is taken for a new one, that must have no version. The new version is written, and is in
-- `info.version`. `update` without a version is not guarded, but moves the version on, so that
-- others notice; `delete` without a version is not guarded.
-- A stored version equal to `start` is the same as none: an item written before there was a lock.
-- @function dynamo.extension.version
-- @tparam ?table settings attribute ("version"), start (0), step (1)
-- @usage local docs = db:table("Docs", { key = { "id" },
--   extensions = { dynamo.extension.version() } })
local compare = require "dynamo.compare"
local core = require "dynamo.core"
local nodes = require "dynamo.expression.tree"
local settings = require "dynamo.table.extension.checks"

local CHECKS = { attribute = settings.attribute, start = settings.whole, step = settings.positive }
local WHAT = { defaults = { attribute = "version", start = 0, step = 1 } }

-- Returns the version, nil for none; or nil, what is wrong with it.
local function read(value, place)
  if value == nil or value == core.null then return nil end
  local digits = core.digits(value)
  if not digits or digits:find(".", 1, true) then
    return nil, place .. " must be a whole number: it is the item's version"
  end
  local number, problem = core.number(value)
  if number then return value end
  return nil, ("%s: %s"):format(place, problem)
end

-- Returns the version that the caller read, nil for none; or nil, what is wrong with it.
local function seen(context, attribute)
  local given = context.options.version
  if given ~= nil then return read(given, "version") end
  return read(context.item[attribute], "Item." .. attribute)
end

-- Returns the condition that the stored version is `old`.
local function guard(own, old)
  local path = nodes.path(own.attribute)
  local missing = nodes.test("attribute_not_exists", path)
  if old == nil then return missing end
  local equal = nodes.compare("=", path, nodes.value(old))
  return compare.equal(old, own.start) and nodes.any { missing, equal } or equal
end

-- Returns what an update that knows no version does: it moves the version on.
local function moved_on(own)
  local stored = nodes.if_not_exists(nodes.path(own.attribute), nodes.value(own.start))
  return { update = nodes.set(own.attribute, nodes.arith("+", stored, nodes.value(own.step))) }
end

return function(given, ...)
  local own = settings.check("version", given, CHECKS, WHAT, ...)

  local function before_write(context)
    local old, problem = seen(context, own.attribute)
    if problem then return nil, problem end
    local operation, item = context.operation, context.item
    item[own.attribute] = nil
    if operation == "delete" then
      return { item = item, condition = old ~= nil and guard(own, old) or nil }
    elseif operation == "update" and old == nil then
      return moved_on(own)
    end
    local new, limit = core.add(old == nil and own.start or old, own.step)
    if not new then return nil, ("the version after %s: %s"):format(tostring(old), limit) end
    item[own.attribute] = new
    return { item = item, condition = guard(own, old), info = { version = new } }
  end

  return {
    name = "version",
    before_write = before_write,
    options = { "version" },
    lock = own.attribute,
  }
end
