-- SPDX-License-Identifier: MIT
--- The fluent builder of updates, which needs no tokens. As every builder here it changes in place:
-- each method returns the builder itself, `:copy()` another one.
-- @usage
-- dynamo.update():set("profile.name", "Ann"):increment("visits"):remove("tmp")
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
local core = require "dynamo.core"
local show = require "dynamo.expression.display"
local object = require "dynamo.expression.object"
local operands = require "dynamo.expression.operand"
local nodes = require "dynamo.expression.tree"
local update_expression = require "dynamo.expression.update_expression"
local given = require "dynamo.given"
local tables = require "dynamo.tables"
local values = require "dynamo.value"

local M = {}

local no_more = given.no_more
local tree_of = object.tree
local NONE = tables.NONE

local builder = {}

local function copy_list(list)
  local fresh = {}
  for i, element in ipairs(list) do
    fresh[i] = element
  end
  return fresh
end

local function copy_tree(tree)
  local fresh = nodes.update()
  fresh.ensure = tree.ensure and copy_list(tree.ensure)
  for _, clause in ipairs(nodes.CLAUSES) do
    fresh[clause] = copy_list(tree[clause])
  end
  return fresh
end

-- Returns the tree of a builder, to be changed: a copy of one that was given away.
local function own_tree(self)
  local tree = tree_of(self)
  if not object.is_given(self) then return tree end
  tree = copy_tree(tree)
  object.replace(self, tree)
  return tree
end

-- Raises, at `level` (3: the caller of the method `who`), unless `self` is a builder of updates.
local function check_self(self, who, level)
  local tree = tree_of(self)
  if tree and tree.kind == "update" then return end
  error(("use %s(...), with a colon"):format(who), level or 3)
end

-- Returns the path that an argument says, or raises at the caller of the method `who`.
local function path_of(self, place, who)
  check_self(self, who, 4)
  local path, message = object.path(place)
  if path then return path end
  error(("dynamo.%s: %s"):format(who, message), 3)
end

-- Adds an action to a clause and returns the builder.
local function add(self, clause, path, operand)
  local actions = own_tree(self)[clause]
  actions[#actions + 1] = nodes.action(path, operand)
  return self
end

--- Sets an attribute, whether it is there or not.
-- @param path text such as "a.b[2]", or dynamo.path{...}; the same for every method
-- @param value a value, or an operand such as dynamo.attr("b") + 1
-- @treturn table the builder itself; the same for every method
function builder:set(path, value, ...)
  no_more("dynamo.update:set", ...)
  local target = path_of(self, path, "update:set")
  local operand = operands.check(value, operands.IN_SET, "update:set")
  return add(self, "set", target, operand)
end

--- Sets an attribute if it is not there.
-- @param path
-- @param value a value or an operand
function builder:set_if_absent(path, value, ...)
  no_more("dynamo.update:set_if_absent", ...)
  local target = path_of(self, path, "update:set_if_absent")
  local operand = operands.check(value, operands.IN_CALL, "update:set_if_absent")
  return add(self, "set", target, nodes.if_not_exists(target, operand))
end

--- Removes attributes, or elements of lists.
-- @param ... paths, at least one
function builder:remove(...)
  for i = 1, math.max(select("#", ...), 1) do
    add(self, "remove", path_of(self, (select(i, ...)), "update:remove"))
  end
  return self
end

--- Adds a number to an attribute (an absent one counts as 0) or elements to a set (an absent one
-- is made): the ADD clause, for attributes at the top of the item.
-- @param path
-- @param value a number or a set
function builder:add(path, value, ...)
  no_more("dynamo.update:add", ...)
  local target = path_of(self, path, "update:add")
  if core.kind(value) ~= "N" and not values.is_set(value) then
    error(
      ("dynamo.update:add: a number or a set expected, got %s; for lists there is append"):format(
        type(value)
      ),
      2
    )
  end
  return add(self, "add", target, nodes.value(value))
end

--- Deletes elements of a set; a set without any left is removed.
-- @param path
-- @tparam table set the elements: dynamo.set{...}
function builder:delete(path, set, ...)
  no_more("dynamo.update:delete", ...)
  local target = path_of(self, path, "update:delete")
  if not values.is_set(set) then
    error(
      (
        "dynamo.update:delete: a set such as dynamo.set{ element } expected, got %s; "
        .. "for attributes there is remove"
      ):format(type(set)),
      2
    )
  end
  return add(self, "delete", target, nodes.value(set))
end

-- Returns the operand that a first increment starts from, so that it gives `start`; or raises.
local function origin_of(start, by)
  local number, problem
  if core.kind(start) == "N" and core.kind(by) == "N" then
    number, problem = core.subtract(start, by)
  else
    problem = "with a start, start and by must be numbers"
  end
  if number then return nodes.value(number) end
  error("dynamo.update:increment: " .. problem, 3)
end

local ZERO = nodes.value(0)

--- Adds to a number, at any depth of the item: SET path = if_not_exists(path, 0) + by.
-- @param path
-- @param[opt=1] by a number, negative ones too, or an operand
-- @param[opt] start a number: what the first increment of an absent attribute gives, exactly
--   (without it, `by`)
function builder:increment(path, by, start, ...)
  no_more("dynamo.update:increment", ...)
  local target = path_of(self, path, "update:increment")
  if by == nil then by = 1 end
  local step = operands.term(by, "update:increment", 3)
  local origin = start == nil and ZERO or origin_of(start, by)
  return add(self, "set", target, nodes.arith("+", nodes.if_not_exists(target, origin), step))
end

local NO_ELEMENTS = nodes.value(operands.EMPTY_LIST)

local function list_append(first, second)
  return nodes.call("list_append", first, second)
end

--- Adds elements behind those of a list, and makes the list if it is not there.
-- @param path
-- @param list a sequence or an operand
function builder:append(path, list, ...)
  no_more("dynamo.update:append", ...)
  local target = path_of(self, path, "update:append")
  local operand = operands.list(list, "update:append", 3)
  return add(self, "set", target, list_append(nodes.if_not_exists(target, NO_ELEMENTS), operand))
end

--- Adds elements before those of a list, and makes the list if it is not there.
-- @param path
-- @param list a sequence or an operand
function builder:prepend(path, list, ...)
  no_more("dynamo.update:prepend", ...)
  local target = path_of(self, path, "update:prepend")
  local operand = operands.list(list, "update:prepend", 3)
  return add(self, "set", target, list_append(operand, nodes.if_not_exists(target, NO_ELEMENTS)))
end

--- Asks for a map to be there before this update: a request of its own makes it, empty, if it is
-- not. DynamoDB refuses to set `a.b` in an item without `a`.
-- @param path of the map; of several, the outer ones first
-- @usage dynamo.update():ensure("profile"):set("profile.name", "Ann")
function builder:ensure(path, ...)
  no_more("dynamo.update:ensure", ...)
  local target = path_of(self, path, "update:ensure")
  local tree = own_tree(self)
  local ensure = tree.ensure or {}
  ensure[#ensure + 1] = { path = target }
  tree.ensure = ensure
  return self
end

-- Returns the tree of what is to be merged, or raises at the caller of the method `who`.
local function tree_to_merge(other, who)
  local tree = tree_of(other)
  if tree and tree.kind == "update" then return tree end
  local records, problem = update_expression.records(other)
  if records then
    tree, problem = update_expression.tree(records)
  end
  if records and tree then return tree end
  error(("dynamo.%s: %s"):format(who, problem), 3)
end

-- Adds the actions of another tree, and what it ensures; `other` may be the builder's own.
local function append(tree, other)
  for _, clause in ipairs(nodes.CLAUSES) do
    local actions = copy_list(tree[clause])
    for _, action in ipairs(other[clause]) do
      actions[#actions + 1] = action
    end
    tree[clause] = actions
  end
  local ensure = copy_list(tree.ensure or NONE)
  for _, parent in ipairs(other.ensure or NONE) do
    ensure[#ensure + 1] = parent
  end
  tree.ensure = ensure[1] and ensure or nil
end

--- Adds an action of AWS's kind, its tokens bound.
-- @tparam table action of dynamo.SetAction, AddAction, RemoveAction, DeleteAction or UpdateAction
function builder:add_action(action, ...)
  no_more("dynamo.update:add_action", ...)
  check_self(self, "update:add_action")
  local tree = tree_to_merge({ action }, "update:add_action")
  if action == nil then error("dynamo.update:add_action: an action expected, got nil", 2) end
  append(own_tree(self), tree)
  return self
end

--- Adds the actions of another update behind these.
-- @tparam ?table other of dynamo.update or dynamo.UpdateExpression, an action or a list of actions;
--   nil adds none
function builder:merge(other, ...)
  no_more("dynamo.update:merge", ...)
  check_self(self, "update:merge")
  local tree = other ~= nil and tree_to_merge(other, "update:merge")
  if tree then append(own_tree(self), tree) end
  return self
end

--- Returns another builder with the same actions.
function builder:copy(...)
  no_more("dynamo.update:copy", ...)
  check_self(self, "update:copy")
  local copy = M.update()
  object.replace(copy, copy_tree(tree_of(self)))
  return copy
end

--- Returns the tree of the update as it is now; later actions do not change it.
-- @treturn table
function builder:tree(...)
  no_more("dynamo.update:tree", ...)
  check_self(self, "update:tree")
  return object.give(self)
end

local function shown(self)
  return (show(tree_of(self)))
end

-- What other libraries call the methods.
local ELSEWHERE = {
  put = ":set(path, value)",
  assign = ":set(path, value)",
  setifnotexists = ":set_if_absent",
  ifnotexists = ":set_if_absent(path, value)",
  unset = ":remove(path)",
  rm = ":remove(path)",
  inc = ":increment(path, by)",
  incr = ":increment(path, by)",
  plus = ":increment(path, by)",
  decrement = ":increment(path, -by)",
  decr = ":increment(path, -by)",
  minus = ":increment(path, -by)",
  push = ":append(path, list)",
  pushback = ":append(path, list)",
  listappend = ":append(path, list)",
  unshift = ":prepend(path, list)",
  condition = "the option condition of the verb",
  where = "the option condition of the verb",
  build = "not needed: a verb takes the builder itself",
}

local builder_class = object.class("an update", builder, { __tostring = shown }, ELSEWHERE)

-- Returns what is wrong with arguments to dynamo.update.
local function surplus_problem(first)
  if type(first) == "string" then
    return ("it takes no text; text goes to the verb itself: users:update(key, %q)"):format(first)
  end
  return ("it takes no argument, got a %s; give it to :merge(...), or to the verb itself"):format(
    type(first)
  )
end

--- Returns a builder of an update. Each method adds an action and returns the builder itself: a
-- builder accumulates. It may serve for many requests. A mistake raises at its line.
-- @treturn table has :set :set_if_absent :remove :add :delete :increment :append :prepend :ensure
--   :add_action :merge :copy
-- @usage
-- users:update({ userId = "123" }, dynamo.update():set("profile.name", "Ann"):increment("visits"))
function M.update(...)
  for i = 1, select("#", ...) do
    local argument = select(i, ...)
    if argument ~= nil then error("dynamo.update: " .. surplus_problem(argument), 2) end
  end
  return object.new_builder(nodes.update(), builder_class)
end

return M
