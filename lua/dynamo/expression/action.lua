-- SPDX-License-Identifier: MIT
--- The four update actions, as AWS's Enhanced Client models them: texts with tokens, and what the
-- tokens stand for.
-- An action is immutable. It has the fields type ("SET" "ADD" "REMOVE" "DELETE"), path, value, names
-- and values (copies), and `:tree()`; `tostring` gives its text. A mistake raises where the action
-- is made: unknown or missing fields, text that is no action, a token without a meaning, a meaning
-- without a token. Builders, as AWS has them, change in place.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
local convert = require "dynamo.expression.convert"
local fill = require "dynamo.expression.fill"
local object = require "dynamo.expression.object"
local parse = require "dynamo.expression.parse"
local nodes = require "dynamo.expression.tree"
local given = require "dynamo.given"
local nearest = require "dynamo.nearest"
local tables = require "dynamo.tables"

local M = {}

local no_more = given.no_more
local tree_of = object.tree

-- type -> the fields it takes; those that are true must be there.
local WITH_VALUE = { path = true, value = true, names = false, values = false }
local FIELDS = {
  SET = WITH_VALUE,
  ADD = WITH_VALUE,
  DELETE = WITH_VALUE,
  REMOVE = { path = true, names = false },
}
local LUA_TYPES = { path = "string", value = "string", names = "table", values = "table" }

-- ---- checks: each returns nil, or what is wrong --------------------------------------------

local function field_problem(allowed, name, value)
  if allowed[name] == nil then
    local known = tables.sorted_keys(allowed)
    local hint = nearest.hint(name, known)
    if hint == "" then hint = "; it takes " .. table.concat(known, ", ") end
    return ('unknown field "%s"%s'):format(nearest.word(name), hint)
  elseif type(value) ~= LUA_TYPES[name] then
    return ("%s must be a %s, not a %s"):format(name, LUA_TYPES[name], type(value))
  end
end

local function fields_problem(allowed, fields)
  for name, value in next, fields do
    local problem = field_problem(allowed, name, value)
    if problem then return problem end
  end
  for _, name in ipairs { "path", "value" } do
    if allowed[name] and fields[name] == nil then return ('missing field "%s"'):format(name) end
  end
end

-- Checks that the tokens of a map begin with `mark`.
local function map_problem(kind, mark, map)
  for token in next, map do
    if type(token) ~= "string" or token:sub(1, 1) ~= mark then
      return ('%s: a token begins with "%s", and "%s" does not'):format(kind, mark, tostring(token))
    end
  end
end

-- Checks that the text is one action, and that what has to be filled in is a token with a meaning.
local function text_problem(record)
  local text = convert.action_text(record)
  local template, message = fill.template("update", text)
  if not template then return message end
  local actions, used = 0, {}
  for _, clause in ipairs(nodes.CLAUSES) do
    actions = actions + #template.tree[clause]
  end
  if actions ~= 1 then return ('"%s" is more than one action'):format(text) end
  if template.placeholders > 0 then return "write a token such as :v, not ?" end
  local tree
  tree, message = parse.bind(template, record.names, record.values, nil, used)
  return not tree and message or parse.unused(record.names, record.values, used)
end

local function problem_of(record)
  return map_problem("names", "#", record.names)
    or map_problem("values", ":", record.values)
    or text_problem(record)
end

-- ---- the objects ---------------------------------------------------------------------------

local methods, meta = {}, {}

local copy = tables.copy

local READERS = {
  type = function(record)
    return record.type
  end,
  path = function(record)
    return record.path
  end,
  value = function(record)
    return record.value
  end,
  names = function(record)
    return copy(record.names)
  end,
  values = function(record)
    return copy(record.values)
  end,
}

function meta.__index(self, name)
  local reader = READERS[name]
  if reader then return reader(tree_of(self)) end
  local method = methods[name] or object.refuse("an action", READERS, name, 2)
  return method
end

function meta.__tostring(self)
  return convert.action_text(tree_of(self))
end

local class = object.class("an action", methods, meta)

--- Returns the action as the tree of an update.
-- @treturn table
function methods:tree(...)
  no_more("action:tree", ...)
  local record = tree_of(self)
  return parse.bind(
    fill.template("update", convert.action_text(record)),
    record.names,
    record.values
  )
end

-- Returns an action, or raises at the caller of `who`.
local function new(who, action_type, fields)
  local problem
  if type(fields) ~= "table" then
    problem = ("a table of fields expected, got %s"):format(type(fields))
  else
    problem = fields_problem(FIELDS[action_type], fields)
  end
  if problem then error(("dynamo.%s: %s"):format(who, problem), 3) end
  local names, values = copy(fields.names or {}), copy(fields.values or {})
  local record = nodes.written_action(action_type, fields.path, fields.value, names, values)
  problem = problem_of(record)
  if problem then error(("dynamo.%s: %s"):format(who, problem), 3) end
  return object.new(record, class)
end

-- ---- builders ------------------------------------------------------------------------------

-- A builder holds { kind = "action builder", type, who, fields }.
local builder = {}

-- Returns what a builder holds, or raises at the caller of the method `who`.
local function held_by(self, who)
  local held = tree_of(self)
  if held and held.kind == "action builder" then return held end
  error(("use %s(...), with a colon"):format(who), 3)
end

-- Defines the method `name` that sets a field.
local function sets(name, field)
  local who = "builder:" .. name
  builder[name] = function(self, value, ...)
    no_more(who, ...)
    local held = held_by(self, who)
    local problem = field_problem(FIELDS[held.type], field, value)
    if problem then error(("dynamo.%s.%s: %s"):format(held.who, who, problem), 2) end
    held.fields[field] = type(value) == "table" and copy(value) or value
    return self
  end
end

--- Set the path, the value (text with tokens), all names or all values; each returns the builder.
-- @function builder:path
sets("path", "path")
sets("value", "value")
sets("expression_names", "names")
sets("expression_values", "values")

-- Returns nil, or why a token cannot be put into `map`, the field `field`.
local function put_problem(held, field, mark, map, token, meaning)
  local problem = field_problem(FIELDS[held.type], field, map)
    or map_problem(field, mark, { [token == nil and "nil" or token] = true })
  if problem or meaning ~= nil then return problem end
  return ("%s stands for nil; dynamo.null is DynamoDB's NULL"):format(token)
end

-- Defines the method `name` that puts one token into a field.
local function puts(name, field, mark)
  local who = "builder:" .. name
  builder[name] = function(self, token, meaning, ...)
    no_more(who, ...)
    local held = held_by(self, who)
    local map = held.fields[field] or {}
    local problem = put_problem(held, field, mark, map, token, meaning)
    if problem then error(("dynamo.%s.%s: %s"):format(held.who, who, problem), 2) end
    map[token], held.fields[field] = meaning, map
    return self
  end
end

--- Put what one token stands for: put_expression_name("#n", name), put_expression_value(":v", value).
-- @function builder:put_expression_name
puts("put_expression_name", "names", "#")
puts("put_expression_value", "values", ":")

--- Returns the action, or raises what is wrong with it as SetAction { ... } does.
function builder:build(...)
  no_more("builder:build", ...)
  local held = held_by(self, "builder:build")
  local action = new(held.who, held.type, held.fields)
  return action
end

local builder_class = object.class("a builder of an action", builder)

local function new_builder(who, action_type, fields)
  local own = {}
  for name, value in next, fields do
    own[name] = type(value) == "table" and copy(value) or value
  end
  return object.new(
    { kind = "action builder", who = who, type = action_type, fields = own },
    builder_class
  )
end

--- Returns another builder with the same fields.
function builder:copy(...)
  no_more("builder:copy", ...)
  local held = held_by(self, "builder:copy")
  return new_builder(held.who, held.type, held.fields)
end

-- ---- the door ------------------------------------------------------------------------------

-- Returns what makes the actions of a type: by its fields when it is called, or by `.builder()`.
local function constructor(who, action_type)
  local function make(_, fields, ...)
    no_more("dynamo." .. who, ...)
    local action = new(who, action_type, fields)
    return action
  end
  local function builder_of(...)
    no_more(("dynamo.%s.builder"):format(who), ...)
    return new_builder(who, action_type, {})
  end
  return object.constructor("dynamo." .. who, make, { builder = builder_of })
end

--- Sets an attribute: SetAction { path =, value =, names =, values = }, or SetAction.builder().
-- @tparam table fields path and value: text with tokens (value as it stands behind "=");
--   names: "#n" -> attribute name; values: ":v" -> value
-- @treturn table an action
-- @usage dynamo.SetAction { path = "#a", value = ":v", names = { ["#a"] = "a" }, values = { [":v"] = 5 } }
M.SetAction = constructor("SetAction", "SET")

--- Adds to a number or a set: fields as of SetAction, the value being one token.
-- @tparam table fields
-- @treturn table an action
M.AddAction = constructor("AddAction", "ADD")

--- Removes an attribute: RemoveAction { path =, names = }.
-- @tparam table fields
-- @treturn table an action
M.RemoveAction = constructor("RemoveAction", "REMOVE")

--- Deletes elements of a set: fields as of SetAction, the value being one token.
-- @tparam table fields
-- @treturn table an action
M.DeleteAction = constructor("DeleteAction", "DELETE")

--- Makes the action that `fields.type` says, "SET" "ADD" "REMOVE" or "DELETE"; else as the others.
-- @tparam table fields
-- @treturn table an action
function M.UpdateAction(fields, ...)
  no_more("dynamo.UpdateAction", ...)
  local word = type(fields) == "table" and fields.type
  if not FIELDS[word] then
    error(
      ('dynamo.UpdateAction: type must be one of SET ADD REMOVE DELETE, not "%s"'):format(
        tostring(word or nil)
      ),
      2
    )
  end
  local rest = copy(fields)
  rest.type = nil
  local action = new("UpdateAction", word, rest)
  return action
end

return M
