-- SPDX-License-Identifier: MIT
-- What preparing any request takes: a look at its key, and its expressions, which are read from what
-- the user gave, kept in its ask, and put into its members.
local core = require "dynamo.core"
local errors = require "dynamo.error"
local expression = require "dynamo.expression"
local aliases = require "dynamo.expression.aliases"
local fill = require "dynamo.expression.fill"
local joined = require "dynamo.expression.joined"
local parse = require "dynamo.expression.parse"
local prepared = require "dynamo.expression.prepared"
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {}

-- ---- keys ----------------------------------------------------------------------------------

-- Bytes a partition and a sort key value may have.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
local MAX_BYTES = { 2048, 1024 }

-- Returns the error of a key attribute, `bytes` long if it is text, that cannot be one.
local function attribute_error(path, value, bytes, index)
  local problem = "must be a string, a number or dynamo.binary: it is a key attribute"
  if value == nil then
    problem = "is missing; it is a key attribute"
  elseif bytes == 0 then
    problem = "must not be empty: it is a key attribute"
  elseif bytes then
    problem = ("is %d bytes long; this key attribute may have %d"):format(bytes, MAX_BYTES[index])
  end
  return errors.validation("key", path, path .. " " .. problem)
end

-- Returns the bytes of a text or binary, nil for what is neither.
local function bytes_of(value)
  if type(value) == "string" then return #value end
  return core.kind(value) == "B" and #tostring(value) or nil
end

--- Returns nil, or a validation error: a key attribute is missing from `item` or cannot be one.
-- @tparam table names
-- @tparam table item
-- @tparam string argument "Key" or "Item", which the path begins with
function M.missing(names, item, argument)
  for i = 1, #names do
    local value = rawget(item, names[i])
    local bytes = bytes_of(value)
    if not (bytes and bytes > 0 and bytes <= MAX_BYTES[i]) and core.kind(value) ~= "N" then
      return attribute_error(argument .. "." .. names[i], value, bytes, i)
    end
  end
end

--- Returns the key's part of an item.
function M.key_of(item, names)
  local key = {}
  for i = 1, #names do
    key[names[i]] = rawget(item, names[i])
  end
  return key
end

--- As missing(), and nothing else may be in a key.
function M.mismatch(names, key)
  local problem = M.missing(names, key, "Key")
  if problem then return problem end
  for name in next, key do
    if name ~= names[1] and name ~= names[2] then
      local path = "Key." .. nearest.word(name)
      return errors.validation(
        "key",
        path,
        ("%s is not a key attribute; the key is %s"):format(path, table.concat(names, ", "))
      )
    end
  end
end

-- ---- expressions ---------------------------------------------------------------------------

local NONE = tables.NONE
local KINDS = { "update", "condition", "projection" }
-- Kind -> the field of the ask that has the values of its expression, the member of the request, and
-- what the user calls it.
local VALUES =
  { update = "update_values", condition = "condition_values", projection = "projection_values" }
local MEMBERS = {
  update = "UpdateExpression",
  condition = "ConditionExpression",
  projection = "ProjectionExpression",
}
local WORDS = { update = "expression", condition = "condition", projection = "projection" }

-- ---- in an ask -----------------------------------------------------------------------------

--- Puts a prepared expression and its values into an ask.
function M.set(ask, kind, own, values)
  ask[kind], ask[VALUES[kind]] = own, values
end

--- As set, of a tree.
function M.set_tree(ask, kind, tree)
  local own = prepared.of_tree(kind, tree)
  M.set(ask, kind, own, own.values)
end

--- Returns the tree of an ask's expression; nil for none.
function M.tree(ask, kind)
  local own = ask[kind]
  return own and prepared.tree(own, ask[VALUES[kind]])
end

-- ---- reading -------------------------------------------------------------------------------

-- Returns a message that begins with the user's word for the expression, not with its kind.
local function in_own_words(kind, message)
  local rest = message:match("^" .. kind .. "(:.*)$")
  return rest and WORDS[kind] .. rest or message
end

-- Returns what is wrong with an expression that could not be prepared: an error if a value is, which
-- data may cause, else a text.
local function problem_of(ask, kind, message, path)
  if type(path) == "table" then return path end -- the error of conflicting actions
  if not ask.options.update then message = in_own_words(kind, message) end
  return path and errors.validation("expression", path, message) or message
end

--- Reads the expressions of a request into its ask; returns nil, or what is wrong: an error if a value
-- is, which data may cause; a text if the code is.
-- @tparam table ask
-- @param own_expression the verb's own, nil for none
function M.read(ask, own_expression)
  local options, own_kind = ask.options, ask.verb.expression or "update"
  local names, values = options.names, options.values
  local used = (names or values) and {} or nil
  for i = 1, #KINDS do
    local kind, given, arguments = KINDS[i], own_expression, ask.arguments
    if kind ~= own_kind then
      given, arguments = options[kind], nil
    end
    if given ~= nil then
      local prepare = type(given) == "string" and fill.text or expression.prepare -- straight for text
      local own, own_values, path = prepare(kind, given, names, values, arguments, used)
      if not own then return problem_of(ask, kind, own_values, path) end
      ask[kind], ask[VALUES[kind]] = own, own_values
    end
    if kind == own_kind and options == NONE then return nil end -- the others are options
  end
  return used and (parse.unused(names, values, used)) or nil
end

-- ---- writing -------------------------------------------------------------------------------

-- Returns the error of an expression whose text is beyond the limits, in the user's words.
local function limit_problem(ask, own, text)
  local _, _, err = prepared.check(own, text)
  local word = ask.item and own.kind == "update" and "Item" or WORDS[own.kind]
  err.path, err.message = word, word .. err.message:sub(#own.kind + 1)
  return err
end

-- Puts one of several expressions into its member; returns nil, or an error.
local function add(ask, kind, space)
  local own = ask[kind]
  if not own then return nil end
  local text = prepared.text_in(own, ask[VALUES[kind]], space)
  if not prepared.check(own, text) then return limit_problem(ask, own, text) end
  ask.params[MEMBERS[kind]] = text
end

local function store_all(ask)
  local space = aliases.new()
  local problem = add(ask, "update", space)
    or add(ask, "condition", space)
    or add(ask, "projection", space)
  if problem then return problem end
  space:store(ask.params)
  ask.places = space.places
end

-- Puts an update and a condition into their members as they were joined; returns whether that did.
local function store_joined(ask, update, condition)
  local join, params = joined.of(update, condition), ask.params
  local values, are_apart = joined.values(join, ask.update_values, ask.condition_values)
  if not are_apart or not join.fits then return false end
  params.UpdateExpression, params.ConditionExpression = join.text, join.other
  params.ExpressionAttributeNames, params.ExpressionAttributeValues = join.names, values
  ask.places = join.places
  return true
end

-- Puts several expressions into their members; returns nil, or an error.
local function store_several(ask)
  local update, condition = ask.update, ask.condition
  local are_kept = update and condition and update.joins and condition.joins
  if are_kept and not ask.projection and store_joined(ask, update, condition) then return nil end
  return store_all(ask)
end

--- Puts an ask's expressions and their tokens into its parameters; returns nil, or an error. The one
-- expression of a request is as it was prepared.
function M.store(ask)
  local update, condition, projection = ask.update, ask.condition, ask.projection
  local own, params = update or condition or projection, ask.params
  if not own then return nil end
  if condition and params.ReturnValuesOnConditionCheckFailure == nil then
    params.ReturnValuesOnConditionCheckFailure = "ALL_OLD"
  end
  if own ~= condition and condition or own ~= projection and projection then
    return store_several(ask)
  end
  if not own.fits then return limit_problem(ask, own, own.text) end
  params[MEMBERS[own.kind]] = own.text
  params.ExpressionAttributeNames = own.names
  if own.value_count > 0 then params.ExpressionAttributeValues = ask[VALUES[own.kind]] end
end

--- Returns value token -> the path whose value it is, of the expressions that were stored; nil for
-- none.
function M.places(ask)
  local own = ask.update or ask.condition or ask.projection
  return ask.places or own and own.places
end

--- Returns the ask of another request for the same verb, with the options of `ask` and without its
-- expressions, for nothing that is returned.
function M.beside(ask)
  local params, own = tables.copy(ask.params), tables.copy(ask)
  params.ReturnValues, params.UpdateExpression, params.ConditionExpression = nil, nil, nil
  params.ExpressionAttributeNames, params.ExpressionAttributeValues = nil, nil
  own.params, own.info, own.item, own.places = params, nil, nil, nil
  for _, kind in ipairs(KINDS) do
    M.set(own, kind, nil, nil)
  end
  return setmetatable(own, getmetatable(ask))
end

return M
