-- SPDX-License-Identifier: MIT
--- UpdateExpression: several actions as one update, immutable.
local convert = require "dynamo.expression.convert"
local object = require "dynamo.expression.object"
local parse = require "dynamo.expression.parse"

local M = {}

local tree_of = object.tree

-- An UpdateExpression holds { kind = "actions", record, ... }, the records of its actions.
local methods, meta = {}, {}

function meta.__tostring(self) return convert.text(tree_of(self)) end

local class = object.class("an update expression", methods, meta)

-- Returns the records of an UpdateExpression, or raises at the caller of the method `who`.
local function records_of(given, who)
  local records = tree_of(given)
  if records and records.kind == "actions" then return records end
  error(("dynamo.%s: a dynamo.UpdateExpression expected, got %s")
    :format(who, records and "another expression" or type(given)), 3)
end

-- Adds the record of an action to a list, or raises at the caller of the caller of `who`.
local function add(records, action, who)
  local record = tree_of(action)
  if not record or record.kind ~= "action" then
    error(("dynamo.%s: an action such as dynamo.SetAction{...} expected, got %s")
      :format(who, record and "another expression" or type(action)), 4)
  end
  records[#records + 1] = record
end

-- Returns an UpdateExpression of a list of actions, or raises at the caller of `who`.
local function of_actions(actions, who)
  if type(actions) ~= "table" or tree_of(actions) then
    error(("dynamo.%s: a list of actions expected, got %s")
      :format(who, type(actions) == "table" and "an expression" or type(actions)), 3)
  end
  local records = { kind = "actions" }
  for i = 1, #actions do add(records, actions[i], who) end
  return object.new(records, class)
end

local function copy(records)
  local fresh = { kind = "actions" }
  for i, record in ipairs(records) do fresh[i] = record end
  return fresh
end

-- Adds one action to a copy of the records; raises at the caller of `who`.
local function with(records, action, who)
  local fresh = copy(records)
  add(fresh, action, who)
  return object.new(fresh, class)
end

--- Returns an UpdateExpression with one more action.
-- @tparam table action of SetAction, AddAction, RemoveAction, DeleteAction or UpdateAction
-- @treturn table
function methods:add_action(action)
  local records = records_of(self, "UpdateExpression:add_action")
  local expression = with(records, action, "UpdateExpression:add_action")
  return expression
end

--- Returns an UpdateExpression of other actions instead of these.
-- @tparam table actions a list
-- @treturn table
function methods:actions(actions)
  records_of(self, "UpdateExpression:actions")
  local expression = of_actions(actions, "UpdateExpression:actions")
  return expression
end

--- Returns an UpdateExpression of the actions of both, these first.
-- @tparam ?table other an UpdateExpression; nil adds none
-- @treturn table
function methods:merge(other)
  local records = copy(records_of(self, "UpdateExpression:merge"))
  if other == nil then return self end
  for _, record in ipairs(records_of(other, "UpdateExpression:merge")) do
    records[#records + 1] = record
  end
  return object.new(records, class)
end

--- Returns the text with its tokens: each clause once, SET REMOVE DELETE ADD. Equal tokens that
-- stand for the same become one.
-- @treturn[1] string text, "" without actions
-- @treturn[1] table names "#n" -> attribute name
-- @treturn[1] table values ":v" -> value
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", code conflicting_tokens
function methods:convert()
  return convert.convert(records_of(self, "UpdateExpression:convert"))
end

--- Returns the tree of the update.
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err as `convert`
function methods:tree()
  local text, names, values = convert.convert(records_of(self, "UpdateExpression:tree"))
  if not text then return nil, names, values end
  if text == "" then return { kind = "update", set = {}, remove = {}, delete = {}, add = {} } end
  return parse.bind(parse.update(text), names, values)
end

--- Makes an UpdateExpression: UpdateExpression { action, ... }. `tostring` gives its text.
-- @tparam table actions a list of SetAction, AddAction, RemoveAction, DeleteAction, UpdateAction
-- @treturn table immutable; has :add_action :actions :merge :convert :tree
-- @usage dynamo.UpdateExpression { dynamo.RemoveAction { path = "tmp" } }
function M.UpdateExpression(actions)
  local expression = of_actions(actions, "UpdateExpression")
  return expression
end

return M
