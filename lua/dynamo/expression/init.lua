-- SPDX-License-Identifier: MIT
-- Expressions in whatever form the user gave them, prepared for a request. The forms are
--   text             "SET a = :a, #n = ?", with names, values and arguments
--   { text, ... }    the same with its own: { "SET a = ?", 5 } or { "SET a = :a", [":a"] = 5 }
--   an object        of dynamo.update, UpdateExpression, an action, dynamo.attr, dynamo.projection
--   { action, ... }  a list of actions, for an update
local errors = require "dynamo.error"
local alike = require "dynamo.expression.alike"
local conditions = require "dynamo.expression.condition"
local fill = require "dynamo.expression.fill"
local object = require "dynamo.expression.object"
local parse = require "dynamo.expression.parse"
local prepared = require "dynamo.expression.prepared"
local nodes = require "dynamo.expression.tree"
local update_expression = require "dynamo.expression.update_expression"
local nearest = require "dynamo.nearest"

local M = {}

local tree_of = object.tree

-- kind of expression -> kinds of an object's tree that are one.
local TREES = {
  update = { update = true, actions = true, action = true },
  condition = nodes.CONDITIONS,
  projection = { projection = true },
}

-- Those that become another tree: their paths and values are text.
local WRITTEN = { actions = true, action = true }

-- What to give instead.
local WANTED = {
  update = "text or an update such as dynamo.update():set(path, value)",
  condition = "text or a condition such as dynamo.attr(path):eq(value)",
  projection = "text or a projection such as dynamo.projection(path, path)",
}

local function refuse(kind, got)
  return nil, ("%s: %s expected, got %s"):format(kind, WANTED[kind], got)
end

local function count_of(arguments)
  return arguments and (arguments.n or #arguments) or 0
end

-- Returns the tree of an update as it was given, an error if there is nothing in it: sent as it is
-- it would make an item of a key alone.
local function something(update, message, err)
  if not update then return nil, message, err end
  if update.ensure or not nodes.is_empty(update) then return update end
  local problem = "expression: there is no action in it; add one, such as :set(path, value)"
  return nil, problem, errors.validation("nothing_to_set", "expression", problem)
end

-- Returns what is prepared of a tree, and its values; what is in place of a tree as it is.
local function of_tree(kind, tree, message, err)
  if not tree then return nil, message, err end
  local own, values = alike.of(kind, tree)
  if not own then
    own = prepared.of_tree(kind, tree, true)
    values = own.values
  end
  local problem = prepared.problem(own)
  if problem then return nil, problem end
  return own, values
end

-- Returns what an object says, and its values; or nil, message. That of an update is kept with it.
local function of_object(kind, given, arguments)
  local tree = tree_of(given)
  if not TREES[kind][tree.kind] then return refuse(kind, "another expression") end
  if count_of(arguments) > 0 then return nil, kind .. ": only text has a ? for a value" end
  if kind ~= "update" then return of_tree(kind, tree) end
  local kept, kept_values = object.kept(given)
  if kept then return kept, kept_values end
  local own, values, err = of_tree(kind, something(given:tree()))
  if own then object.keep(given, own, values) end
  return own, values, err
end

-- ---- { text, values... } -------------------------------------------------------------------

-- Sorts what a list holds besides its text into own { names, values, arguments }; or returns nil,
-- what is wrong with a key.
local function own_of(list)
  local own = { names = {}, values = {}, arguments = { n = 0 } }
  for key, value in next, list do
    local mark = type(key) == "string" and key:sub(1, 1)
    if type(key) == "number" then
      own.arguments[key - 1] = value
      own.arguments.n = math.max(own.arguments.n, key - 1)
    elseif mark == "#" or mark == ":" then
      own[mark == "#" and "names" or "values"][key] = value
    elseif key ~= "n" then
      return nil, ('"%s" is no token; those begin with "#" or ":"'):format(nearest.word(key))
    end
  end
  own.arguments.n = math.max(own.arguments.n, (rawget(list, "n") or 1) - 1)
  own.arguments[0] = nil
  return own
end

local function joined(map, own)
  local both = {}
  for key, value in next, map or {} do
    both[key] = value
  end
  for key, value in next, own do
    both[key] = value
  end
  return both
end

-- Notes in `used` the tokens of a text that are not its own.
local function note_used(used, seen, own)
  for token in next, seen do
    if own.names[token] == nil and own.values[token] == nil then used[token] = true end
  end
end

-- Returns what a text with tokens of its own says, and its values; or nil, message, path.
local function of_owner(kind, text, own, names, values, used)
  local seen = {}
  local found, filled, path =
    fill.text(kind, text, joined(names, own.names), joined(values, own.values), own.arguments, seen)
  if not found then return nil, filled, path end
  local message = parse.unused(own.names, own.values, seen)
  if message then return nil, ("%s: %s"):format(kind, message) end
  if used then note_used(used, seen, own) end
  return found, filled
end

-- Returns what { text, ... } says, and its values; or nil, message, path. Its own tokens go before
-- those given for the whole request, and must be used in its text.
local function of_list(kind, list, names, values, arguments, used)
  local text = rawget(list, 1)
  if type(text) ~= "string" then return refuse(kind, "a table without text at [1]") end
  local own, problem = own_of(list)
  if not own then return nil, ("%s: %s"):format(kind, problem) end
  if own.arguments.n == 0 then
    own.arguments = arguments
  elseif count_of(arguments) > 0 then
    return nil, kind .. ": values beside the text and behind it; give them in one place"
  end
  if next(own.names) == nil and next(own.values) == nil then
    return fill.text(kind, text, names, values, own.arguments, used)
  end
  return of_owner(kind, text, own, names, values, used)
end

-- ---- { action, ... } -----------------------------------------------------------------------

-- Returns what a list of objects says, and its values; or nil, message.
local function of_objects(kind, list, arguments)
  if kind == "condition" then
    return refuse(kind, "a list; dynamo.all(...) or dynamo.any(...) joins conditions")
  elseif kind ~= "update" then
    return refuse(kind, "a list of expressions")
  end
  if count_of(arguments) > 0 then return nil, "update: only text has a ? for a value" end
  local records, problem = update_expression.records(list)
  if not records then return nil, "update: " .. problem end
  return of_tree(kind, something(update_expression.tree(records)))
end

-- ---- by kind -------------------------------------------------------------------------------

--- Returns an expression in a form that requests fill in.
-- @tparam string kind "update" "condition" "projection"; the paths of a projection must not clash
-- @param given text, { text, values... } or an object
-- @tparam ?table names "#n" -> attribute name, for text
-- @tparam ?table values ":v" -> value, for text
-- @tparam ?table arguments the values of the ? in the text, { n = count, ... }
-- @tparam ?table used the tokens of names and values that occur are set to true in it
-- @treturn[1] table see dynamo.expression.prepared
-- @treturn[1] table its values: token -> value
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] ?string path "names.#n", "values.:v" or "arguments[2]"; or an error table, of actions
--   whose tokens conflict and of an update without any
function M.prepare(kind, given, names, values, arguments, used)
  if type(given) == "string" then
    return fill.text(kind, given, names, values, arguments, used)
  elseif tree_of(given) then
    return of_object(kind, given, arguments)
  elseif type(given) == "table" and tree_of(rawget(given, 1)) then
    return of_objects(kind, given, arguments)
  elseif type(given) == "table" then
    return of_list(kind, given, names, values, arguments, used)
  end
  local hint = type(given) == "boolean" and conditions.BOOLEAN_HINT or ""
  return refuse(kind, type(given) .. hint)
end

-- Returns the function that gives the tree of one kind of expression: of an object its own.
local function reader(kind)
  return function(given, ...)
    local own, filled, path = M.prepare(kind, given, ...)
    if not own then return nil, filled, path end
    local tree = tree_of(given)
    if tree and not WRITTEN[tree.kind] then return tree end
    return prepared.tree(own, filled)
  end
end

--- Returns the tree of an update; or nil, message, path, as `prepare`.
-- @function update
-- @param given
-- @tparam ?table names
-- @tparam ?table values
-- @tparam ?table arguments
-- @tparam ?table used
M.update = reader "update"

--- Returns the tree of a condition or filter; as `update`.
-- @function condition
M.condition = reader "condition"

--- Returns the tree of a projection; as `update`.
-- @function projection
M.projection = reader "projection"

--- Returns the tree of a key condition, a condition that a query can look up; as `update`.
function M.key_condition(given, names, values, arguments, used)
  local tree, message, path = M.condition(given, names, values, arguments, used)
  if not tree then return nil, message, path end
  message = select(2, parse.key_condition(tree))
  if message then return nil, message end
  return tree
end

return M
