-- SPDX-License-Identifier: MIT
--- UpdateExpression: several actions as one update. As every builder here it changes in place: each
-- method returns the UpdateExpression itself, `:copy()` another one.
local convert = require "dynamo.expression.convert"
local fill = require "dynamo.expression.fill"
local object = require "dynamo.expression.object"
local parse = require "dynamo.expression.parse"
local nodes = require "dynamo.expression.tree"
local given = require "dynamo.given"

local M = {}

local no_more = given.no_more
local tree_of = object.tree

-- An UpdateExpression holds the records of its actions.
local methods, meta = {}, {}

function meta.__tostring(self)
  return convert.text(tree_of(self))
end

local class = object.class("an update expression", methods, meta)

-- Returns the records of an UpdateExpression, or raises at the caller of the method `who`.
local function records_of(self, who)
  local records = tree_of(self)
  if records and records.kind == "actions" then return records end
  error(("use %s(...), with a colon"):format(who), 3)
end

local function got(value)
  return tree_of(value) and "another expression" or type(value)
end

--- Returns the records of what stands for actions: an UpdateExpression, an action or a list of
-- actions; or nil, what is wrong with it.
function M.records(actions)
  local tree = tree_of(actions)
  if tree and tree.kind == "actions" then return tree end
  if tree and tree.kind == "action" then return nodes.actions(tree) end
  if tree or type(actions) ~= "table" then
    return nil, ("a list of actions expected, got %s"):format(got(actions))
  end
  local records, problem = nodes.actions(), given.list_problem(actions)
  if problem then return nil, problem end
  for i, action in ipairs(actions) do
    records[i] = tree_of(action)
    if not records[i] or records[i].kind ~= "action" then
      return nil,
        ("[%d]: an action such as dynamo.SetAction{...} expected, got %s"):format(i, got(action))
    end
  end
  return records
end

-- As M.records, but raises at the caller of the method `who`.
local function checked_records(actions, who)
  local records, problem = M.records(actions)
  if records then return records end
  error(("dynamo.%s: %s"):format(who, problem), 3)
end

-- Adds records behind others; `more` may be the same list.
local function append(records, more)
  for i = 1, #more do
    records[#records + 1] = more[i]
  end
end

-- Returns a copy of the records, with `more` behind them.
local function joined(records, more)
  local all = nodes.actions()
  append(all, records)
  append(all, more)
  return all
end

-- Returns an UpdateExpression of a copy of the records.
local function new(records)
  return object.new(joined(records, {}), class)
end

--- Adds one action.
-- @tparam table action of SetAction, AddAction, RemoveAction, DeleteAction or UpdateAction
-- @treturn table the UpdateExpression itself; the same for actions and merge
function methods:add_action(action, ...)
  local who = "UpdateExpression:add_action"
  no_more(who, ...)
  local records, more = records_of(self, who), checked_records({ action }, who)
  if not more[1] then error(("dynamo.%s: an action expected, got nil"):format(who), 2) end
  object.replace(self, joined(records, more))
  return self
end

--- Takes other actions instead of these.
-- @tparam table actions a list
function methods:actions(actions, ...)
  local who = "UpdateExpression:actions"
  no_more(who, ...)
  records_of(self, who)
  object.replace(self, tree_of(new(checked_records(actions, who))))
  return self
end

--- Adds the actions of another, behind these.
-- @tparam ?table other an UpdateExpression, an action or a list of actions; nil adds none
function methods:merge(other, ...)
  local who = "UpdateExpression:merge"
  no_more(who, ...)
  local records = records_of(self, who)
  local tree = tree_of(other)
  if tree and tree.kind == "update" then
    error(
      "dynamo.UpdateExpression:merge: a dynamo.update() has no tokens to merge here; "
        .. "dynamo.update():merge(expression) takes both",
      2
    )
  end
  if other ~= nil then object.replace(self, joined(records, checked_records(other, who))) end
  return self
end

--- Returns another UpdateExpression of the same actions.
function methods:copy(...)
  no_more("UpdateExpression:copy", ...)
  return new((records_of(self, "UpdateExpression:copy")))
end

--- Returns what was built, as AWS's builder does: a copy, which later actions do not change.
function methods:build(...)
  no_more("UpdateExpression:build", ...)
  return new((records_of(self, "UpdateExpression:build")))
end

--- Returns the text with its tokens: each clause once, SET REMOVE DELETE ADD. Equal tokens that
-- stand for the same become one.
-- @treturn[1] string text, "" without actions
-- @treturn[1] table names "#n" -> attribute name
-- @treturn[1] table values ":v" -> value
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err kind "validation", code conflicting_tokens
function methods:convert(...)
  no_more("UpdateExpression:convert", ...)
  return convert.convert(records_of(self, "UpdateExpression:convert"))
end

--- Returns the tree of the update that records are.
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table err as `convert`
function M.tree(records)
  local text, names, values = convert.convert(records)
  if not text then return nil, names, values end
  if text == "" then return nodes.update() end
  return parse.bind(fill.template("update", text), names, values)
end

--- Returns the tree of the update; or nil, message, err as `convert`.
function methods:tree(...)
  no_more("UpdateExpression:tree", ...)
  return M.tree((records_of(self, "UpdateExpression:tree")))
end

local function make(_, actions, ...)
  no_more("dynamo.UpdateExpression", ...)
  local tree = tree_of(actions)
  if tree then
    error("dynamo.UpdateExpression: a list of actions expected, got an expression", 2)
  end
  return new((checked_records(actions, "UpdateExpression")))
end

local function builder(...)
  no_more("dynamo.UpdateExpression.builder", ...)
  return new {}
end

--- Makes an UpdateExpression: UpdateExpression { action, ... }, or, in AWS's words,
-- UpdateExpression.builder():add_action(action):build(). `tostring` gives its text.
-- @tparam table actions a list of SetAction, AddAction, RemoveAction, DeleteAction, UpdateAction
-- @treturn table has :add_action :actions :merge :copy :convert :tree :build
-- @usage dynamo.UpdateExpression { dynamo.RemoveAction { path = "tmp" } }
M.UpdateExpression = object.constructor("dynamo.UpdateExpression", make, { builder = builder })

return M
