-- SPDX-License-Identifier: MIT
-- Nodes of an expression's tree (see dynamo.expression), for what the verbs and the extensions
-- say themselves. A name is one attribute of the item, whatever characters it holds.
local M = {}

--- Returns the path of a top-level attribute.
function M.path(name)
  return { kind = "path", name }
end

function M.value(value)
  return { kind = "value", value = value }
end

--- Returns the test of one attribute: attribute_exists, attribute_not_exists.
function M.test(name, attribute)
  return { kind = "test", name = name, M.path(attribute) }
end

function M.compare(op, left, right)
  return { kind = "compare", op = op, left = left, right = right }
end

--- Returns the condition that any of two holds.
function M.either(one, other)
  return { kind = "or", one, other }
end

--- Returns the condition that all of a list hold; nil for an empty list, the one for one.
function M.all(conditions)
  if not conditions[2] then return conditions[1] end
  local node = { kind = "and" }
  for i, condition in ipairs(conditions) do
    node[i] = condition
  end
  return node
end

--- Returns `path`, or `value` where there is nothing at the path.
function M.if_not_exists(path, value)
  return { kind = "call", name = "if_not_exists", path, M.value(value) }
end

--- Returns the update that sets one attribute to an operand.
function M.set(attribute, operand)
  local update = M.update()
  update.set[1] = { path = M.path(attribute), operand = operand }
  return update
end

--- Returns an update without actions.
function M.update()
  return { kind = "update", set = {}, remove = {}, delete = {}, add = {} }
end

return M
