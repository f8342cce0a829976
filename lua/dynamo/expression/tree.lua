-- SPDX-License-Identifier: MIT
-- The nodes of expressions' trees: what each kind holds, and the only functions that make one. A tree
-- is immutable once it is handed on. A node is { kind = ... } with
--
--   operands
--     path         1..n: attribute names (literal: dots are part of them) and list indexes from 0;
--                  in a text's tree also { token = "#n" } for a name that is not known yet
--     value        value: what an item may hold
--     size         1: a path
--     call         name, 1, 2: a function of an update and its operands
--     arith        op ("+" "-"), left, right: operands
--   holes, in a text's tree
--     placeholder  n: the nth ?
--     token        name: ":v"
--     list         items: nodes of values, a hole among them
--     map          names, items: as list, each with its name
--   conditions
--     compare      op ("=" "<>" "<" "<=" ">" ">="), left, right: operands
--     between      subject, low, high: operands
--     in           subject, list: operands
--     test         name, 1, 2: a function that is true or false, its path and its operand, if any
--     and, or      1..n: conditions, two at least
--     not          1: a condition
--   whole expressions
--     update       set, remove, delete, add: lists of actions (see `action`); ensure: nil, or a list
--                  of { path } that are to be there before
--     projection   1..n: paths
--   what objects hold until they are an update
--     action       an action as text (see dynamo.expression.action)
--     actions      1..n: such actions
local M = {}

-- ---- the words -----------------------------------------------------------------------------

--- The clauses of an update, in the order sent.
M.CLAUSES = { "set", "remove", "delete", "add" }

--- Clause -> its keyword.
M.KEYWORDS = { set = "SET", remove = "REMOVE", delete = "DELETE", add = "ADD" }

--- Clause -> what stands between path and operand; none for REMOVE, which has no operand.
M.SEPARATORS = { set = " = ", delete = " ", add = " " }

--- The comparators.
M.COMPARATORS = {
  ["="] = true,
  ["<>"] = true,
  ["<"] = true,
  ["<="] = true,
  [">"] = true,
  [">="] = true,
}

--- Function -> what its arguments are: a path, a value, or either and the functions that are
-- `operand`. `of` is where it belongs, `is` what it is there.
M.FUNCTIONS = {
  if_not_exists = { of = "update", is = "operand", "path", "operand" },
  list_append = { of = "update", is = "operand", "operand", "operand" },
  size = { of = "condition", is = "operand", "path" },
  attribute_exists = { of = "condition", is = "test", "path" },
  attribute_not_exists = { of = "condition", is = "test", "path" },
  attribute_type = { of = "condition", is = "test", "path", "value" },
  begins_with = { of = "condition", is = "test", "path", "operand" },
  contains = { of = "condition", is = "test", "path", "operand" },
}

--- The kinds that are conditions.
M.CONDITIONS = {
  compare = true,
  between = true,
  ["in"] = true,
  test = true,
  ["and"] = true,
  ["or"] = true,
  ["not"] = true,
}

-- ---- operands ------------------------------------------------------------------------------

--- Returns the path of these segments, or of none yet.
function M.path(...)
  return { kind = "path", ... }
end

function M.value(value)
  return { kind = "value", value = value }
end

function M.size(path)
  return { kind = "size", path }
end

function M.call(name, first, second)
  return { kind = "call", name = name, first, second }
end

--- Returns what is at `path`, or `default`, an operand, where there is nothing.
function M.if_not_exists(path, default)
  return M.call("if_not_exists", path, default)
end

function M.arith(op, left, right)
  return { kind = "arith", op = op, left = left, right = right }
end

-- ---- holes ---------------------------------------------------------------------------------

function M.placeholder(n)
  return { kind = "placeholder", n = n }
end

function M.token(name)
  return { kind = "token", name = name }
end

function M.list(items)
  return { kind = "list", items = items }
end

function M.map(names, items)
  return { kind = "map", names = names, items = items }
end

-- ---- conditions ----------------------------------------------------------------------------

function M.compare(op, left, right)
  return { kind = "compare", op = op, left = left, right = right }
end

function M.between(subject, low, high)
  return { kind = "between", subject = subject, low = low, high = high }
end

function M.one_of(subject, list)
  return { kind = "in", subject = subject, list = list }
end

function M.test(name, path, operand)
  return { kind = "test", name = name, path, operand }
end

-- Returns some conditions as one of `kind`; nil for none, one alone as it is.
local function joined(kind, conditions)
  if not conditions[2] then return conditions[1] end
  local node = { kind = kind }
  for i = 1, #conditions do
    node[i] = conditions[i]
  end
  return node
end

--- Returns the condition that all of a list hold; nil for an empty list, the one for one.
function M.all(conditions)
  return joined("and", conditions)
end

--- Returns the condition that one at least of a list holds; as `all`.
function M.any(conditions)
  return joined("or", conditions)
end

function M.negation(condition)
  return { kind = "not", condition }
end

-- ---- whole expressions ---------------------------------------------------------------------

--- Returns an update without actions.
function M.update()
  return { kind = "update", set = {}, remove = {}, delete = {}, add = {} }
end

--- Returns the update that sets one attribute at the top of the item to an operand.
function M.set(attribute, operand)
  local update = M.update()
  update.set[1] = M.action(M.path(attribute), operand)
  return update
end

--- Returns an action of a clause.
-- @tparam table path
-- @tparam ?table operand nil for REMOVE
-- @tparam ?string source who wants it, for messages; nil is the request
function M.action(path, operand, source)
  return { path = path, operand = operand, source = source }
end

--- Returns whether an update does nothing.
function M.is_empty(update)
  return not (update.set[1] or update.remove[1] or update.delete[1] or update.add[1])
end

--- Returns the projection of no path yet.
function M.projection()
  return { kind = "projection" }
end

-- ---- what objects hold ---------------------------------------------------------------------

--- Returns an action as text.
-- @tparam string keyword of its clause
-- @tparam string path text with tokens, as all of it
-- @tparam ?string value
-- @tparam table names "#n" -> attribute name
-- @tparam table values ":v" -> value
function M.written_action(keyword, path, value, names, values)
  return {
    kind = "action",
    type = keyword,
    path = path,
    value = value,
    names = names,
    values = values,
  }
end

--- Returns the list of some written actions, or of none yet.
function M.actions(...)
  return { kind = "actions", ... }
end

return M
