-- SPDX-License-Identifier: MIT
-- What makes a condition a key condition of a query.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
local path = require "dynamo.expression.path"

local M = {}

local MAX_TESTS = 8 -- a GSI's key has up to four partition and four sort attributes

local REFUSED = {
  ["or"] = "OR",
  ["not"] = "NOT",
  ["in"] = "IN",
  ["<>"] = "<>",
}

-- Adds the tests of a condition, out of its ANDs, to a list.
local function flatten(node, list)
  if node.kind ~= "and" then
    list[#list + 1] = node
    return list
  end
  for _, child in ipairs(node) do
    flatten(child, list)
  end
  return list
end

-- Returns the two sides of a comparison, the path first.
local function sides(node)
  if node.right.kind == "path" then return node.right, node.left end
  return node.left, node.right
end

-- Returns the operand that a test is about and those it is compared with; or nil, the word for
-- what no key condition may hold.
local function parts(node)
  local refused = REFUSED[node.kind] or REFUSED[node.op]
  if refused then return nil, refused end
  if node.kind == "compare" then
    local subject, value = sides(node)
    return subject, { value }
  elseif node.kind == "between" then
    return node.subject, { node.low, node.high }
  elseif node.name == "begins_with" then
    return node[1], { node[2] }
  end
  return nil, node.name
end

-- Returns the attribute a test is about; or nil, what is wrong with the test.
local function attribute_of(node)
  local subject, values = parts(node)
  if not subject then return nil, values .. " cannot be used in it" end
  if subject.kind ~= "path" then
    return nil, ("each test is about a key attribute, not about a %s"):format(subject.kind)
  elseif #subject > 1 then
    return nil, path.show(subject) .. " is no key attribute: those are at the top of the item"
  end
  for _, value in ipairs(values) do
    if value.kind ~= "value" then
      return nil, ("%s can only be compared with a value"):format(path.show(subject))
    end
  end
  return subject[1]
end

-- Returns nil, or what is wrong with the tests as a whole.
local function problem_of(tests)
  local seen, equal, ranges = {}, 0, 0
  for _, node in ipairs(tests) do
    local name, problem = attribute_of(node)
    if not name then return problem end
    if seen[name] then return ("one test for each attribute, and %s has two"):format(name) end
    seen[name] = true
    if node.op == "=" then
      equal = equal + 1
    else
      ranges = ranges + 1
    end
  end
  if equal == 0 then return "the partition key must be tested with =" end
  if ranges > 1 then return "only one test, of the sort key, can be other than =" end
  if #tests > MAX_TESTS then return ("more than %d tests"):format(MAX_TESTS) end
end

--- Tells whether a condition can be a key condition: an equality for each partition key attribute,
-- and perhaps tests of the sort key, of which one may be a range.
-- @tparam table tree a bound condition
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function M.check(tree)
  local problem = problem_of(flatten(tree, {}))
  if problem then return nil, "key condition: " .. problem end
  return true
end

return M
