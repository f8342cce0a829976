-- SPDX-License-Identifier: MIT
-- Whether a condition keeps its update from being done twice: once the update is done, the
-- condition is false. Proven from the trees alone, for the conditions that people guard writes with
-- (a version, a state, "not there yet", "older than this"); what is not proven does not hold.
--
-- A path with a list's index guards nothing: REMOVE shortens lists and SET makes them longer, so
-- that afterwards another element may be there. What a path without one leads to changes only by an
-- action on that very path: DynamoDB refuses an update that writes a place and what it lies in.
local compare = require "dynamo.compare"
local core = require "dynamo.core"
local paths = require "dynamo.expression.path"

local M = {}

-- ---- values --------------------------------------------------------------------------------

local identity = compare.identity

local function are_equal(a, b)
  local known = identity(a)
  return known ~= nil and known == identity(b)
end

-- Whether two values are known to differ: of tables, null and numbers that no item holds nobody knows.
local function are_different(a, b)
  local one, other = identity(a), identity(b)
  return one ~= nil and other ~= nil and one ~= other
end

local function is_nonzero(value)
  return core.kind(value) == "N" and are_different(value, 0)
end

-- ---- what an update does to a path ----------------------------------------------------------

-- Returns the action of a clause upon that very path, or nil.
local function action_on(clause, path)
  for _, action in ipairs(clause) do
    if paths.equal(action.path, path) then return action end
  end
end

-- Returns the node of the constant an update sets a path to; nil for none.
local function constant_of(update, path)
  local action = action_on(update.set, path)
  return action and action.operand.kind == "value" and action.operand or nil
end

-- Whether `operand` is the path itself, where something is stored.
local function is_itself(operand, path)
  if operand.kind == "call" and operand.name == "if_not_exists" then operand = operand[1] end
  return operand.kind == "path" and paths.equal(operand, path)
end

-- Returns what an update adds to the number at a path, or takes from it, and the function that says
-- what is there then; nil for neither.
local function step_at(update, path)
  local added, action = action_on(update.add, path), action_on(update.set, path)
  if added then return added.operand.value, core.add end
  local operand = action and action.operand
  if
    operand
    and operand.kind == "arith"
    and is_itself(operand.left, path)
    and operand.right.kind == "value"
  then
    return operand.right.value, operand.op == "+" and core.add or core.subtract
  end
end

-- Whether an update makes another number of `number` at a path. Where that would have more digits
-- than a number holds, it is not known.
local function moves(update, path, number)
  local step, apply = step_at(update, path)
  return is_nonzero(step) and apply(number, step) ~= nil
end

-- ---- conditions ----------------------------------------------------------------------------

-- kind of condition -> function(condition, update, was_true): whether it is false after the update.
-- `was_true`: it was true before, or the update would not have been done. Of the parts of an "or"
-- that is not known.
local false_after = {}

local function is_false_after(condition, update, was_true)
  local rule = false_after[condition.kind]
  return rule ~= nil and rule(condition, update, was_true)
end

false_after["and"] = function(condition, update, was_true)
  for _, part in ipairs(condition) do
    if is_false_after(part, update, was_true) then return true end
  end
  return false
end

false_after["or"] = function(condition, update)
  for _, part in ipairs(condition) do
    if not is_false_after(part, update, false) then return false end
  end
  return true
end

function false_after.test(test, update)
  local path = test[1]
  if paths.has_index(path) then return false end
  if test.name == "attribute_exists" then return action_on(update.remove, path) ~= nil end
  return test.name == "attribute_not_exists"
    and (action_on(update.set, path) or action_on(update.add, path)) ~= nil
end

-- operator -> whether `path operator constant` is false after the update. Of the orders only that
-- of a value and itself is known here.
local COMPARISONS = {}

COMPARISONS["="] = function(path, constant, update, was_true)
  local new = constant_of(update, path)
  if new then return are_different(new.value, constant) end
  return action_on(update.remove, path) ~= nil
    or was_true and core.kind(constant) == "N" and moves(update, path, constant)
end

COMPARISONS["<>"] = function(path, constant, update)
  local new = constant_of(update, path)
  return new ~= nil and are_equal(new.value, constant)
end
COMPARISONS["<"], COMPARISONS[">"] = COMPARISONS["<>"], COMPARISONS["<>"]

function false_after.compare(test, update, was_true)
  local path, constant = test.left, test.right
  if path.kind == "value" then
    path, constant = constant, path
  end
  local rule = COMPARISONS[test.op]
  return rule ~= nil
    and path.kind == "path"
    and constant.kind == "value"
    and not paths.has_index(path)
    and rule(path, constant.value, update, was_true)
end

--- Whether `condition` is false for the item that `update` leaves behind, so that the same request
-- cannot be carried out a second time.
-- @tparam table condition a tree
-- @tparam table update a tree
-- @treturn boolean false also for what is not known
function M.holds(condition, update)
  return is_false_after(condition, update, true)
end

return M
