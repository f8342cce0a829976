-- SPDX-License-Identifier: MIT
-- A key condition as the range of keys that it means.
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
local keys = require "dynamo.embedded.keys"
local refusal = require "dynamo.service_refusal"

local M = {}

local SORT_OPS = { ["="] = true, ["<"] = true, ["<="] = true, [">"] = true, [">="] = true }
local MIRRORED = { ["<"] = ">", ["<="] = ">=", [">"] = "<", [">="] = "<=", ["="] = "=" }

local function unsupported(text)
  refusal.validation("Invalid KeyConditionExpression: %s", text)
end

-- Returns a comparison of an attribute with a value: name, comparison, value.
local function of_compare(node)
  local left, right, op = node.left, node.right, node.op
  if left.kind == "value" and right.kind == "path" then
    left, right, op = right, left, MIRRORED[op]
  end
  if not SORT_OPS[op or ""] then
    unsupported(("Invalid operator used in KeyConditionExpression: %s"):format(node.op))
  end
  if left.kind ~= "path" or right.kind ~= "value" then
    unsupported "Invalid operator used in KeyConditionExpression: size"
  end
  return { path = left, comparison = op, first = right.value }
end

local PARTS = { compare = of_compare }

function PARTS.between(node)
  return {
    path = node.subject,
    comparison = "BETWEEN",
    first = node.low.value,
    last = node.high.value,
  }
end

function PARTS.test(node)
  if node.name ~= "begins_with" then
    unsupported(("Invalid operator used in KeyConditionExpression: %s"):format(node.name))
  end
  return { path = node[1], comparison = "begins_with", first = node[2].value }
end

-- Returns the comparisons of a tree, a list.
local function parts_of(tree)
  local nodes, parts = tree.kind == "and" and tree or { tree }, {}
  for i, node in ipairs(nodes) do
    local part = PARTS[node.kind]
    if not part then
      unsupported(("Invalid operator used in KeyConditionExpression: %s"):format(node.kind:upper()))
    end
    parts[i] = part(node)
    if parts[i].path.kind ~= "path" or not parts[i].first then
      unsupported "Invalid operand used in KeyConditionExpression"
    elseif parts[i].path[2] ~= nil then
      unsupported "KeyConditionExpressions cannot contain nested operations"
    end
  end
  return parts
end

-- Takes the comparison of an attribute out of a list; returns it, or nil.
local function take(parts, attribute)
  for i, part in ipairs(parts) do
    if attribute and part.path[1] == attribute.name then return table.remove(parts, i) end
  end
end

-- Refuses a value of another type than the key's.
local function check_type(part, attribute)
  for _, value in ipairs { part.first, part.last } do
    if value[attribute.type] == nil then
      refusal.validation(
        "One or more parameter values were invalid: Condition parameter type does not match schema "
          .. "type"
      )
    end
  end
end

--- Returns the range that a key condition means in a table or an index.
-- @tparam table tree of dynamo.expression.strict
-- @tparam table key { partition, sort } of the record of a table, or of an index
-- @treturn string lower
-- @treturn string upper
function M.of(tree, key)
  local parts = parts_of(tree)
  local partition = take(parts, key.partition)
  if not partition then
    refusal.validation("Query condition missed key schema element: %s", key.partition.name)
  elseif partition.comparison ~= "=" then
    refusal.validation "Query key condition not supported"
  end
  local sort = take(parts, key.sort)
  if parts[1] and key.sort and not sort then
    refusal.validation("Query condition missed key schema element: %s", key.sort.name)
  elseif parts[1] then
    refusal.validation "Query key condition not supported"
  end
  check_type(partition, key.partition)
  if not sort then return keys.range(partition.first) end
  check_type(sort, key.sort)
  return keys.range(partition.first, sort.comparison, sort.first, sort.last)
end

return M
