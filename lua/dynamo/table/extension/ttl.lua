-- SPDX-License-Identifier: MIT
--- Writes when an item expires, in seconds since the epoch, as DynamoDB's time to live wants it.
--
-- An item that brings the attribute keeps it, be it null. Else the time is `seconds` after the attribute `base`
-- (seconds since the epoch), or, without `base`, after now, so that every write puts it off. An
-- item without `base` gets none. A time in milliseconds, which would never expire, is refused.
-- @function dynamo.extension.ttl
-- DynamoDB deletes an expired item within days. With `hide_expired`, who reads the attribute
-- is not given such an item: there is none.
-- @tparam table settings attribute, seconds, base (an attribute), clock (os.time), hide_expired
--   (false)
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
-- @usage extensions = { dynamo.extension.ttl { attribute = "expires", seconds = 86400 } }
local core = require "dynamo.core"
local settings = require "dynamo.table.extension.checks"

local CHECKS = {
  attribute = settings.attribute,
  base = settings.attribute,
  clock = settings.callable,
  hide_expired = settings.boolean,
  seconds = settings.positive,
}
local WHAT =
  { required = { "attribute", "seconds" }, defaults = { clock = os.time, hide_expired = false } }

local MIN_MILLISECONDS = 1e11 -- seconds: the year 5138; milliseconds: 1973

-- Returns a time in seconds; or nil, what is wrong with it.
local function seconds_of(value, place)
  local order = core.compare(value, MIN_MILLISECONDS)
  if not order then
    return nil,
      ("%s must be a number of seconds since the epoch, not a %s"):format(place, type(value))
  elseif order >= 0 then
    return nil, place .. " looks like milliseconds; time to live is in seconds since the epoch"
  end
  return value
end

-- Returns a number without what follows its decimal point.
local function whole_part(value)
  return core.number(core.digits(value):match "^%-?%d+")
end

-- Returns nil, or what is wrong with a time that the request's expression sets.
local function expression_problem(update, attribute)
  for _, action in ipairs(update and update.set or {}) do
    local path, operand = action.path, action.operand
    if #path == 1 and path[1] == attribute and operand.kind == "value" then
      local _, problem = seconds_of(operand.value, attribute)
      return problem
    end
  end
end

-- Returns whether the request's expression sets the attribute, which then stands.
local function is_written(update, attribute)
  if not update then return false end
  for _, clause in ipairs { "set", "remove", "add" } do
    for _, action in ipairs(update[clause]) do
      if action.path[1] == attribute then return true end
    end
  end
  return false
end

return function(given, ...)
  local own = settings.check("ttl", given, CHECKS, WHAT, ...)

  -- Returns when the item expires, nil for never; or nil, what is wrong.
  local function expiry(item)
    if not own.base then return core.add(math.floor(own.clock()), own.seconds) end
    local base = item[own.base]
    if base == nil or base == core.null then return nil end
    local start, problem = seconds_of(base, "Item." .. own.base)
    if not start then return nil, problem end
    return core.add(whole_part(start), own.seconds)
  end

  -- Returns when the item is to expire, nil for what the write says itself; or nil, what is wrong.
  local function wanted(context)
    local item, update, name = context.item, context.update, own.attribute
    local problem = expression_problem(update, name)
    if problem then return nil, problem end
    if item[name] == nil and is_written(update, name) then return nil end
    if item[name] == nil then return expiry(item) end
    if item[name] == core.null then return nil end
    return nil, select(2, seconds_of(item[name], "Item." .. name))
  end

  local function before_write(context)
    if context.operation == "delete" then return nil end
    local expires, problem = wanted(context)
    if not expires then return nil, problem end
    context.item[own.attribute] = expires
    return { item = context.item }
  end

  local function after_read(context)
    local expires = seconds_of(context.item[own.attribute], own.attribute)
    if expires and expires <= own.clock() then return { hidden = true } end
  end

  return {
    name = "ttl",
    before_write = before_write,
    after_read = own.hide_expired and after_read or nil,
  }
end
