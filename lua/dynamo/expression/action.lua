-- SPDX-License-Identifier: MIT
--- The four update actions, as AWS's Enhanced Client models them: texts with tokens, and what the
-- tokens stand for.
-- An action is immutable. It has the fields type ("SET" "ADD" "REMOVE" "DELETE"), path, value, names
-- and values (copies), and `:tree()`; `tostring` gives its text. A mistake raises where the action
-- is made: unknown or missing fields, text that is no action, a token without a meaning, a meaning
-- without a token.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
local convert = require "dynamo.expression.convert"
local nearest = require "dynamo.nearest"
local object = require "dynamo.expression.object"
local parse = require "dynamo.expression.parse"

local M = {}

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
    local known = nearest.names(allowed)
    local hint = nearest.hint(name, known)
    if hint == "" then hint = "; it takes " .. table.concat(known, ", ") end
    return ('unknown field "%s"%s'):format(tostring(name), hint)
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
      return ('%s: a token begins with "%s", and "%s" does not')
        :format(kind, mark, tostring(token))
    end
  end
end

-- Checks that the text is one action, and that what has to be filled in is a token with a meaning.
local function text_problem(record)
  local text = convert.action_text(record)
  local template, message = parse.update(text)
  if not template then return message end
  local actions, used = 0, {}
  for _, clause in ipairs { "set", "remove", "delete", "add" } do
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

local function copy(map)
  local fresh = {}
  for key, value in next, map do fresh[key] = value end
  return fresh
end

local READERS = {
  type = function(record) return record.type end,
  path = function(record) return record.path end,
  value = function(record) return record.value end,
  names = function(record) return copy(record.names) end,
  values = function(record) return copy(record.values) end,
}

function meta.__index(self, name)
  local reader = READERS[name]
  if reader then return reader(tree_of(self)) end
  local method = methods[name] or object.refuse("an action", READERS, name, 2)
  return method
end

function meta.__tostring(self) return convert.action_text(tree_of(self)) end

local class = object.class("an action", methods, meta)

--- Returns the action as the tree of an update.
-- @treturn table
function methods:tree()
  local record = tree_of(self)
  return parse.bind(parse.update(convert.action_text(record)), record.names, record.values)
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
  local record = {
    kind = "action", type = action_type, path = fields.path, value = fields.value,
    names = copy(fields.names or {}), values = copy(fields.values or {}),
  }
  problem = problem_of(record)
  if problem then error(("dynamo.%s: %s"):format(who, problem), 3) end
  return object.new(record, class)
end

--- Sets an attribute: SetAction { path =, value =, names =, values = }.
-- @tparam table fields path and value: text with tokens (value as it stands behind "=");
--   names: "#n" -> attribute name; values: ":v" -> value
-- @treturn table an action
-- @usage dynamo.SetAction { path = "#a", value = ":v", names = { ["#a"] = "a" }, values = { [":v"] = 5 } }
function M.SetAction(fields)
  local action = new("SetAction", "SET", fields)
  return action
end

--- Adds to a number or a set: fields as of SetAction, the value being one token.
-- @tparam table fields
-- @treturn table an action
function M.AddAction(fields)
  local action = new("AddAction", "ADD", fields)
  return action
end

--- Removes an attribute: RemoveAction { path =, names = }.
-- @tparam table fields
-- @treturn table an action
function M.RemoveAction(fields)
  local action = new("RemoveAction", "REMOVE", fields)
  return action
end

--- Deletes elements of a set: fields as of SetAction, the value being one token.
-- @tparam table fields
-- @treturn table an action
function M.DeleteAction(fields)
  local action = new("DeleteAction", "DELETE", fields)
  return action
end

--- Makes the action that `fields.type` says, "SET" "ADD" "REMOVE" or "DELETE"; else as the others.
-- @tparam table fields
-- @treturn table an action
function M.UpdateAction(fields)
  local given = type(fields) == "table" and fields.type
  if not FIELDS[given] then
    error(('dynamo.UpdateAction: type must be one of SET ADD REMOVE DELETE, not "%s"')
      :format(tostring(given or nil)), 2)
  end
  local rest = copy(fields)
  rest.type = nil
  local action = new("UpdateAction", given, rest)
  return action
end

return M
