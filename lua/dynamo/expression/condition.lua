-- SPDX-License-Identifier: MIT
--- Conditions joined: all, any, negate; and projections.
-- A condition is what the comparisons of `dynamo.attr` give. It serves as a condition, a filter and
-- a key condition. From Lua 5.3 on, `a & b`, `a | b` and `~a` are all(a, b), any(a, b), negate(a).
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
local show = require "dynamo.expression.display"
local object = require "dynamo.expression.object"
local nodes = require "dynamo.expression.tree"
local given = require "dynamo.given"

local M = {}

local tree_of = object.tree

local function shown(self)
  return (show(tree_of(self)))
end

-- What other libraries have as methods of a condition.
local ELSEWHERE = {
  ["and"] = "dynamo.all(condition, condition)",
  also = "dynamo.all(condition, condition)",
  ["or"] = "dynamo.any(condition, condition)",
  ["not"] = "dynamo.negate(condition)",
  negate = "dynamo.negate(condition)",
  all = "dynamo.all(condition, condition)",
  any = "dynamo.any(condition, condition)",
}

local meta = { __tostring = shown }
local class = object.class("a condition", {}, meta, ELSEWHERE)

--- Returns the object of a condition's tree.
function M.new(tree)
  return object.new(tree, class)
end

--- What a boolean instead of a condition may have come from.
M.BOOLEAN_HINT = "; dynamo.attr(path) == value is Lua's own comparison: use "
  .. "dynamo.attr(path):eq(value)"

-- Returns the tree of a condition, or raises at the caller of `who`.
local function condition(value, who)
  local tree = tree_of(value)
  if tree and nodes.CONDITIONS[tree.kind] then return tree end
  local got = tree and "another expression" or type(value)
  if type(value) == "boolean" then
    got = got .. M.BOOLEAN_HINT .. " (a condition to be left out is nil)"
  end
  error(
    ("dynamo.%s: a condition such as dynamo.attr(path):eq(value) expected, got %s"):format(who, got),
    4
  )
end

-- Adds a condition to the parts of an AND or OR; one of that `kind` brings its parts.
local function add(parts, part, kind)
  for _, inner in ipairs(part.kind == kind and part or { part }) do
    parts[#parts + 1] = inner
  end
end

-- Returns the conditions as one of `kind`, which `make` makes; one alone as it is, nil if there is
-- none.
local function join(kind, make, who, ...)
  local parts, only = {}, nil
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if part ~= nil then
      add(parts, condition(part, who), kind)
      only = part
    end
  end
  if #parts > 1 then return M.new(make(parts)) end
  return only
end

--- Returns the condition that all of the given ones hold.
-- @param ... conditions; nil is skipped, so `flag and condition or nil` is an argument. A boolean is
--   refused: it may be what `attr == value` gave
-- @treturn ?table a condition; the only one as it is, nil if there is none
-- @usage dynamo.all(dynamo.attr("age"):ge(18), dynamo.attr("name"):exists())
function M.all(...)
  local joined = join("and", nodes.all, "all", ...)
  return joined
end

--- Returns the condition that at least one of the given ones holds.
-- @param ... conditions; nil is skipped
-- @treturn ?table a condition; the only one as it is, nil if there is none
function M.any(...)
  local joined = join("or", nodes.any, "any", ...)
  return joined
end

-- Returns the condition that `value`, a condition, does not hold; nil for nil.
local function negated(value, who)
  if value == nil then return nil end
  return M.new(nodes.negation((condition(value, who))))
end

--- Returns the condition that the given one does not hold.
-- @tparam ?table value a condition
-- @treturn ?table nil for nil
function M.negate(value, ...)
  given.no_more("dynamo.negate", ...)
  local not_value = negated(value, "negate")
  return not_value
end

function meta.__band(a, b)
  local joined = join("and", nodes.all, "all", a, b)
  return joined
end

function meta.__bor(a, b)
  local joined = join("or", nodes.any, "any", a, b)
  return joined
end

function meta.__bnot(a)
  local not_a = negated(a, "negate")
  return not_a
end

local projection_class = object.class("a projection", {}, { __tostring = shown })

--- Returns the projection of some attributes: what a read brings of each item.
-- @param ... paths: text such as "a.b[2]", or dynamo.path{...}
-- @treturn table for the option `projection`
-- @usage users:get(key, { projection = dynamo.projection("name", "address.city") })
-- @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
function M.projection(...)
  local tree = nodes.projection()
  for i = 1, select("#", ...) do
    local path, message = object.path((select(i, ...)))
    if not path then error("dynamo.projection: " .. message, 2) end
    tree[i] = path
  end
  if not tree[1] then error("dynamo.projection: at least one path expected", 2) end
  return object.new(tree, projection_class)
end

return M
